#include "gateway/serve/redaction_job.h"

#include <fcntl.h>

#include <algorithm>

#include "gateway/base/log.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/segments.h"
#include "storage/catalog/targets.h"
#include "storage/crypto/hex.h"
#include "storage/journal/journal_reader.h"

namespace frostgate::serve {
namespace {

// A worker that says nothing for this long is stuck: it reports progress every few seconds.
constexpr auto kSilence = std::chrono::minutes(5);
constexpr auto kStartPatience = std::chrono::seconds(30);
constexpr auto kRenewEvery = std::chrono::seconds(10);
constexpr std::size_t kMaxSegmentBytes = std::size_t{1} << 30;
constexpr std::size_t kMaxReportBytes = std::size_t{64} << 20;

nlohmann::json regions_of(const policy::Policy& policy, const std::string& rule) {
  nlohmann::json out = nlohmann::json::array();
  for (const policy::RegionRule& region : policy.regions_of(rule)) {
    out.push_back({{"name", region.name}, {"percent", region.percent}, {"x", region.rect.x}, {"y", region.rect.y},
                   {"width", region.rect.width}, {"height", region.rect.height}});
  }
  return out;
}

// Of the policy that governed the session, which need not be today's.
Result<nlohmann::json> regions_of(Core& core, const catalog::Recording& row) {
  if (row.policy_digest == core.policy->digest()) return regions_of(*core.policy, row.rule);
  const catalog::Policy kept = TRY(catalog::Policies(*core.catalog).find(row.policy_digest));
  return regions_of(TRY(policy::Policy::parse(kept.text, "policy " + row.policy_digest)), row.rule);
}

}  // namespace

Result<void> RedactionJob::run(std::stop_token stop) {
  const catalog::Recording row = TRY(catalog::Recordings(*core_.catalog).find(recording_));
  journal_directory_ = row.journal_directory;
  generation_ = TRY(catalog::Segments(*core_.catalog).next_generation(recording_));
  const auto wrapped = TRY(catalog::Keys(*core_.catalog).find(recording_, catalog::KeyKind::film));
  film_key_ = TRY(core_.kek->unwrap(wrapped, key_context(recording_, "film")));
  catalog::RecordingChange change;
  change.status = catalog::RecordingStatus::redacting;
  change.progress = 0;
  TRY(catalog::Recordings(*core_.catalog).update(recording_, change));

  auto ends = TRY(ipc::make_pair());
  ChildProcess worker = TRY(ChildProcess::start({"redact-worker"}, ends.second));
  ends.second.reset();
  ipc::Channel channel(std::move(ends.first));
  const Result<void> assigned = start_worker(channel, row);
  Result<Outcome> outcome = assigned ? converse(channel, stop) : Result<Outcome>(assigned.error());
  if (!outcome) {
    worker.terminate();
    const auto exit = worker.wait(std::chrono::seconds(10));
    return outcome.error().within(exit ? "worker, " + exit->description : "worker");
  }
  const auto exit = worker.wait(std::chrono::seconds(10));
  if (exit) outcome.value().cpu_seconds = exit->cpu_seconds;
  return publish(row, outcome.value());
}

Result<void> RedactionJob::start_worker(ipc::Channel& channel, const catalog::Recording& row) {
  const auto wrapped = TRY(catalog::Keys(*core_.catalog).find(recording_, catalog::KeyKind::journal));
  const Secret journal_key = TRY(core_.kek->unwrap(wrapped, key_context(recording_, "journal")));
  nlohmann::json known = nlohmann::json::array();
  if (const auto target = catalog::Targets(*core_.catalog).find(row.target); target) {
    if (!target.value().wrapped_credential.empty()) {
      const Secret credential = TRY(core_.kek->unwrap(target.value().wrapped_credential,
                                                      "credential of target " + row.target));
      known.push_back(std::string(credential.text()));
    }
  }
  nlohmann::json regions = TRY(regions_of(core_, row));
  const Microseconds length = row.ended ? *row.ended - row.started : Microseconds();
  auto ready = TRY(channel.receive(kStartPatience));
  if (!ready || ready->type() != "ready") return Error{ErrorKind::timeout, "it did not start"};
  return channel.send({{"type", "start"},
                       {"recording", recording_},
                       {"length_us", length.count()},
                       {"journal_key", storage::to_hex(journal_key.bytes())},
                       {"known_secrets", std::move(known)},
                       {"profile", core_.config.redaction.profile},
                       {"languages", core_.config.redaction.languages},
                       {"regions", std::move(regions)}});
}

Result<RedactionJob::Outcome> RedactionJob::converse(ipc::Channel& channel, std::stop_token stop) {
  auto renewed = std::chrono::steady_clock::now(), heard = renewed;
  while (!stop.stop_requested()) {
    const auto now = std::chrono::steady_clock::now();
    if (now - renewed > kRenewEvery) {
      TRY(catalog::Jobs(*core_.catalog).renew(job_.lease, utc_now(), kLeaseDuration));
      renewed = now;
    }
    std::optional<ipc::Message> message = TRY(channel.receive(std::chrono::milliseconds(500)));
    if (!message) {
      if (now - heard > kSilence) return Error{ErrorKind::timeout, "the worker has said nothing for 5 minutes"};
      continue;
    }
    heard = now;
    const std::string type = message->type();
    if (type == "journal_file") {
      TRY(send_journal_file(channel, *message));
    } else if (type == "segment") {
      TRY(store_segment(channel, *message));
    } else if (type == "progress") {
      catalog::RecordingChange change;
      change.progress = TRY(message->real("done", 0, 1));
      TRY(catalog::Recordings(*core_.catalog).update(recording_, change));
    } else if (type == "done") {
      return outcome_of(*message);
    } else if (type == "failed") {
      return Error{ErrorKind::corrupt, TRY(message->text("reason"))};
    } else {
      return Error{ErrorKind::corrupt, "it sent a message of unknown type"};
    }
  }
  return Error{ErrorKind::cancelled, "serve is shutting down"};
}

Result<void> RedactionJob::send_journal_file(ipc::Channel& channel, const ipc::Message& message) {
  const auto index = static_cast<int>(TRY(message.number("index", 0, 1 << 20)));
  const auto path = std::filesystem::path(journal_directory_) / storage::journal_file_name(index);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) return channel.send({{"type", "journal_file"}, {"present", false}});
  const int fd = file.fd();
  return channel.send({{"type", "journal_file"}, {"present", true}}, {&fd, 1});
}

Result<void> RedactionJob::store_segment(ipc::Channel& channel, const ipc::Message& message) {
  if (message.descriptors.size() != 1) return Error{ErrorKind::corrupt, "a segment came without its bytes"};
  Segment segment;
  segment.kind = TRY(message.text("kind")) == "init" ? SegmentKind::init : SegmentKind::media;
  segment.part = static_cast<int>(TRY(message.number("part", 0, 1 << 20)));
  segment.index = static_cast<int>(TRY(message.number("index", 0, 1 << 20)));
  segment.start = Microseconds(TRY(message.number("start_us", 0, std::int64_t{1} << 50)));
  segment.duration = Microseconds(TRY(message.number("duration_us", 0, std::int64_t{1} << 50)));
  segment.size.width = static_cast<int>(TRY(message.number("width", 1, kMaxScreenSide)));
  segment.size.height = static_cast<int>(TRY(message.number("height", 1, kMaxScreenSide)));
  segment.frames = static_cast<std::uint32_t>(TRY(message.number("frames", 0, 1 << 30)));
  segment.bytes = TRY(ipc::from_memory_file(message.descriptors[0], kMaxSegmentBytes));

  const storage::SegmentAddress address{recording_, static_cast<int>(generation_), segment.part, segment.index, segment.kind};
  const storage::Receipt receipt = TRY(core_.vault->put(address, film_key_, segment));
  catalog::SegmentRow row;
  row.recording = recording_;
  row.generation = generation_;
  row.part = segment.part;
  row.index = segment.index;
  row.kind = segment.kind;
  row.start = segment.start;
  row.duration = segment.duration;
  row.size = segment.size;
  row.frames = segment.frames;
  row.object_key = receipt.object_key();
  row.sealed_size = static_cast<std::int64_t>(receipt.sealed_size());
  row.plain_size = static_cast<std::int64_t>(receipt.plain_size());
  row.sha256 = receipt.sha256();
  TRY(catalog::Segments(*core_.catalog).commit(row, job_.lease));
  film_end_ = std::max(film_end_, segment.start + segment.duration);
  film_size_.width = std::max(film_size_.width, segment.size.width);
  film_size_.height = std::max(film_size_.height, segment.size.height);
  return channel.send({{"type", "stored"}});
}

Result<RedactionJob::Outcome> RedactionJob::outcome_of(const ipc::Message& message) {
  const std::string status = TRY(message.text("status"));
  if (message.descriptors.size() != 1) return Error{ErrorKind::corrupt, "the report is missing"};
  const auto bytes = TRY(ipc::from_memory_file(message.descriptors[0], kMaxReportBytes));
  Outcome out;
  out.report_json.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (status == "clean") out.status = catalog::RecordingStatus::clean;
  else if (status == "degraded") out.status = catalog::RecordingStatus::degraded;
  else return Error{ErrorKind::corrupt, "the redaction ended with status \"" + status + "\""};
  return out;
}

Result<void> RedactionJob::publish(const catalog::Recording& row, const Outcome& outcome) {
  nlohmann::json report = nlohmann::json::parse(row.report_json, nullptr, false);
  if (!report.is_object()) report = nlohmann::json::object();
  nlohmann::json redaction = nlohmann::json::parse(outcome.report_json, nullptr, false);
  if (!redaction.is_object()) return Error{ErrorKind::corrupt, "the redaction report is no JSON object"};
  redaction["worker_cpu_seconds"] = outcome.cpu_seconds;
  report["redaction"] = std::move(redaction);

  // A session that ended before its first picture has no film, and nothing to publish.
  if (film_size_ != Size{}) TRY(catalog::Segments(*core_.catalog).publish(recording_, generation_, job_.lease));
  catalog::RecordingChange change;
  change.status = outcome.status;
  change.progress = 1;
  change.film_duration = film_end_;
  change.film_size = film_size_;
  change.report_json = report.dump();
  TRY(catalog::Recordings(*core_.catalog).update(recording_, change));
  TRY(catalog::Jobs(*core_.catalog).complete(job_.lease));
  log::info(recording_, "film is ready: {}, {:.1f} s long; the worker used {:.2f} s of CPU",
            catalog::to_string(outcome.status), std::chrono::duration<double>(film_end_).count(), outcome.cpu_seconds);
  return {};
}

}  // namespace frostgate::serve
