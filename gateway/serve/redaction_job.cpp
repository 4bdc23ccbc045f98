#include "gateway/serve/redaction_job.h"

#include <fcntl.h>

#include <filesystem>
#include <map>
#include <thread>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/redact/word_lists.h"
#include "gateway/serve/redaction_assignment.h"
#include "gateway/serve/redaction_report.h"
#include "gateway/serve/target_atlas.h"
#include "gateway/serve/visible_text.h"
#include "storage/journal/entry.h"

namespace frostgate::serve {
namespace {

// A worker that says nothing for this long is stuck: it reports progress every few seconds.
constexpr auto kWorkerSilence = std::chrono::minutes(5);
// A worker that follows a session looks for more this often.
constexpr auto kJournalTick = std::chrono::milliseconds(100);
constexpr auto kEndTick = std::chrono::milliseconds(500);
constexpr auto kLiveTick = std::chrono::milliseconds(250);
constexpr std::size_t kMaxLiveBytes = std::size_t{64} << 20;
// Between its end of the channel and its own.
constexpr auto kLastMoments = std::chrono::seconds(1);
constexpr auto kStartPatience = std::chrono::seconds(30);
constexpr auto kRenewEvery = std::chrono::seconds(10);
constexpr std::size_t kMaxReportBytes = std::size_t{64} << 20;

}  // namespace

Result<void> RedactionJob::run(std::stop_token stop) {
  const catalog::Recording row = TRY(catalog::Recordings(*core_.catalog).find(recording_));
  journal_directory_ = row.journal_directory;
  film_ = TRY(FilmIntake::open(core_, recording_, job_.lease));
  if (row.ended) {
    catalog::RecordingChange change;
    change.status = catalog::RecordingStatus::redacting;
    change.progress = 0;
    TRY(catalog::Recordings(*core_.catalog).update(recording_, change));
  }
  if (!row.ended) live_.emplace(core_.live, recording_);
  auto ends = TRY(ipc::make_pair());
  Result<ChildProcess> started = ChildProcess::start({"redact-worker"}, ends.second);
  if (!started) core_.worker_health.note(started.error().within("a redaction worker could not be started"));
  ChildProcess worker = TRY(std::move(started));
  ends.second.reset();
  ipc::Channel channel(std::move(ends.first));
  const Result<void> assigned = start_worker(channel, row);
  Result<Outcome> outcome = assigned ? converse(channel, stop) : Result<Outcome>(assigned.error());
  if (!outcome) {
    // How it went by itself, before we end it.
    auto exit = outcome.error().kind == ErrorKind::cancelled ? std::nullopt : worker.wait(kLastMoments);
    if (exit && exit->killed) killed_at_ = stored_;
    if (!exit) {
      worker.terminate();
      exit = worker.wait(std::chrono::seconds(10));
    }
    return outcome.error().within(exit ? "worker, " + exit->description : "worker");
  }
  const auto exit = worker.wait(std::chrono::seconds(10));
  if (exit) outcome.value().cpu_seconds = exit->cpu_seconds;
  turn_.release();
  live_.reset();
  return publish(outcome.value(), stop);
}

Result<void> RedactionJob::start_worker(ipc::Channel& channel, const catalog::Recording& row) {
  RedactionAssignment assignment = TRY(redaction_assignment(core_, row));
  nlohmann::json& start = assignment.start;
  const auto ready = channel.receive(kStartPatience);
  const bool there = ready && ready.value() && ready.value()->type() == "ready";
  const Result<void> started = there ? Result<void>() : Error{ErrorKind::unavailable, "a redaction worker did not say that it is ready" + (ready ? std::string() : ": " + ready.error().message)};
  core_.worker_health.note(started);
  TRY(started);
  // The worker opens no file.
  const Descriptor atlas = open_atlas(core_.config, row.target);
  std::vector<Descriptor> word_lists;
  if (start["detectors"]["profile"] == "strict") word_lists = redact::open_word_lists(start["languages"].get<std::vector<std::string>>());
  Descriptor pictures;
  if (!assignment.picture_pixels.empty()) pictures = TRY(ipc::to_memory_file(assignment.picture_pixels));
  start["atlas"] = atlas.valid();
  start["pictures"] = pictures.valid();
  std::vector<int> descriptors;
  if (atlas.valid()) descriptors.push_back(atlas.fd());
  if (pictures.valid()) descriptors.push_back(pictures.fd());
  for (const Descriptor& list : word_lists) descriptors.push_back(list.fd());
  return channel.send(start, descriptors);
}

Result<RedactionJob::Outcome> RedactionJob::converse(ipc::Channel& channel, std::stop_token stop) {
  auto heard = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    TRY(keep_lease());
    // It says nothing while it waits for us, but it may die.
    const bool waits = pending_ != Pending::nothing;
    std::optional<ipc::Message> message = TRY(channel.receive(waits ? kJournalTick : std::chrono::milliseconds(500)));
    const auto now = std::chrono::steady_clock::now();
    if (waits || message) heard = now;
    if (now - heard > kWorkerSilence) return Error{ErrorKind::timeout, "the worker has said nothing for 5 minutes"};
    if (message && waits) return Error{ErrorKind::corrupt, "it spoke while it was to wait"};
    if (message) {
      std::optional<Outcome> outcome = TRY(hear(channel, *message));
      if (outcome) return std::move(*outcome);
    }
    TRY(answer_pending(channel));
  }
  return Error{ErrorKind::cancelled, "serve is shutting down"};
}

Result<std::optional<RedactionJob::Outcome>> RedactionJob::hear(ipc::Channel& channel, const ipc::Message& message) {
  const std::string type = message.type();
  if (type == "journal_file") {
    TRY(send_journal_file(channel, message));
  } else if (type == "segment") {
    TRY(film_->store(message));
    ++stored_;
    TRY(channel.send({{"type", "stored"}}));
  } else if (type == "thumbnail") {
    TRY(film_->store_thumbnail(message));
    TRY(channel.send({{"type", "stored"}}));
  } else if (type == "generation") {
    TRY(film_->begin_generation());
    TRY(channel.send({{"type", "generation"}}));
  } else if (type == "turn") {
    turn_.yield();
    pending_ = Pending::turn;
  } else if (type == "live") {
    TRY(show_live(message));
    TRY(answer(channel, "live"));
  } else if (type == "wait") {
    read_file_ = static_cast<int>(TRY(message.number("index", 0, 1 << 20)));
    read_bytes_ = static_cast<std::uintmax_t>(TRY(message.number("bytes", 0, std::int64_t{1} << 40)));
    turn_.release();
    pending_ = Pending::more;
    asked_ = std::chrono::steady_clock::now();
  } else if (type == "progress") {
    catalog::RecordingChange change;
    change.progress = TRY(message.real("done", 0, 1));
    TRY(catalog::Recordings(*core_.catalog).update(recording_, change));
  } else if (type == "done") {
    Outcome outcome = TRY(outcome_of(message));
    return std::optional(std::move(outcome));
  } else if (type == "failed") {
    return Error{ErrorKind::corrupt, TRY(message.text("reason"))};
  } else {
    return Error{ErrorKind::corrupt, "it sent a message of unknown type"};
  }
  return std::optional<Outcome>();
}

Result<void> RedactionJob::answer_pending(ipc::Channel& channel) {
  if (pending_ == Pending::nothing) return {};
  // Who watches does not wait for other recordings.
  const bool watched = live_ && live_->watched();
  const char* type = "turn";
  if (pending_ == Pending::more) {
    const auto now = std::chrono::steady_clock::now();
    bool grown = journal_has_grown(), over = false;
    if (!grown && now - end_looked_for_ >= kEndTick) {
      end_looked_for_ = now;
      over = TRY(session_is_over());
      grown = journal_has_grown();  // what was written before the end must be seen before it
    }
    const bool tick = watched && now - asked_ >= kLiveTick;
    if (!over && !grown && !tick) return {};
    type = grown ? "more" : over ? "over" : "quiet";
  }
  if (!watched && !turn_.acquire(kJournalTick)) return {};
  pending_ = Pending::nothing;
  return answer(channel, type);
}

Result<void> RedactionJob::answer(ipc::Channel& channel, const char* type) {
  return channel.send({{"type", type}, {"watched", live_ && live_->watched() ? 1 : 0}});
}

Result<void> RedactionJob::show_live(const ipc::Message& message) {
  if (message.descriptors.size() != 1) return Error{ErrorKind::corrupt, "a live piece came without its bytes"};
  LivePiece piece;
  piece.init = TRY(message.number("init", 0, 1)) == 1;
  piece.end = SessionTime(TRY(message.number("end_us", 0, std::int64_t{1} << 50)));
  piece.behind = Microseconds(TRY(message.number("behind_us", 0, std::int64_t{1} << 50)));
  std::vector<std::byte> bytes = TRY(ipc::from_memory_file(message.descriptors[0], kMaxLiveBytes));
  piece.bytes = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  if (!piece.init) core_.measures.live_lag(piece.behind);
  if (live_) live_->show(std::move(piece));
  return {};
}

void RedactionJob::measure(const catalog::Recording& row, const nlohmann::json& redaction) {
  if (row.ended) core_.measures.redaction_lag(std::max<Microseconds>(utc_now() - *row.ended, Microseconds(0)));
  for (const auto& [means, name] : {std::pair("cache", "cache"), std::pair("atlas", "atlas"), std::pair("tesseract", "reader"), std::pair("hidden", "hidden"), std::pair("unread", "unread")}) {
    const auto count = redaction.value(nlohmann::json::json_pointer(std::string("/lines/") + name), nlohmann::json());
    if (count.is_number_unsigned()) core_.measures.lines(means, count.get<std::uint64_t>());
  }
}

Result<void> RedactionJob::keep_lease() {
  const auto now = std::chrono::steady_clock::now();
  if (now - renewed_ < kRenewEvery) return {};
  TRY(catalog::Jobs(*core_.catalog).renew(job_.lease, utc_now(), kLeaseDuration));
  renewed_ = now;
  return {};
}

bool RedactionJob::journal_has_grown() const {
  const std::filesystem::path directory(journal_directory_);
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(directory / storage::journal_file_name(read_file_), failure);
  if (!failure && size > read_bytes_) return true;
  return std::filesystem::exists(directory / storage::journal_file_name(read_file_ + 1), failure);
}

Result<bool> RedactionJob::session_is_over() {
  const catalog::Recording row = TRY(catalog::Recordings(*core_.catalog).find(recording_));
  return row.ended.has_value();
}

Result<void> RedactionJob::send_journal_file(ipc::Channel& channel, const ipc::Message& message) {
  const auto index = static_cast<int>(TRY(message.number("index", 0, 1 << 20)));
  std::filesystem::path folder = journal_directory_;
  if (TRY(message.text("stream")) == "keystrokes") folder /= storage::kKeystrokeFolder;
  const auto path = folder / storage::journal_file_name(index);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) return channel.send({{"type", "journal_file"}, {"present", false}});
  const int fd = file.fd();
  return channel.send({{"type", "journal_file"}, {"present", true}}, {&fd, 1});
}

Result<RedactionJob::Outcome> RedactionJob::outcome_of(const ipc::Message& message) {
  const std::string status = TRY(message.text("status"));
  if (message.descriptors.size() != 3) return Error{ErrorKind::corrupt, "the report, the glyph atlas or the text is missing"};
  const auto bytes = TRY(ipc::from_memory_file(message.descriptors[0], kMaxReportBytes));
  Outcome out;
  out.atlas = TRY(ipc::from_memory_file(message.descriptors[1], kMaxAtlasBytes));
  const auto text = TRY(ipc::from_memory_file(message.descriptors[2], kMaxVisibleTextBytes));
  out.text = TRY(read_visible_text(text));
  out.report_json.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (status == "clean") out.status = catalog::RecordingStatus::clean;
  else if (status == "degraded") out.status = catalog::RecordingStatus::degraded;
  else return Error{ErrorKind::corrupt, "the redaction ended with status \"" + status + "\""};
  return out;
}

Result<void> RedactionJob::publish(const Outcome& outcome, std::stop_token stop) {
  // The worker has read the end of the journal, perhaps before the relay was gone and the session's row says so.
  catalog::Recording row = TRY(catalog::Recordings(*core_.catalog).find(recording_));
  while (!row.ended) {
    if (stop.stop_requested()) return Error{ErrorKind::cancelled, "serve is shutting down"};
    std::this_thread::sleep_for(kJournalTick);
    TRY(keep_lease());
    row = TRY(catalog::Recordings(*core_.catalog).find(recording_));
  }
  nlohmann::json report = nlohmann::json::parse(row.report_json, nullptr, false);
  if (!report.is_object()) report = nlohmann::json::object();
  nlohmann::json redaction = nlohmann::json::parse(outcome.report_json, nullptr, false);
  if (!redaction.is_object()) return Error{ErrorKind::corrupt, "the redaction report is no JSON object"};
  redaction["worker_cpu_seconds"] = outcome.cpu_seconds;
  redaction["policy"] = {{"digest", row.policy_digest}, {"rule", row.rule}};
  redaction["attempts"] = job_.job.attempts;
  // It is signed with the report: nobody can take a film's words out of the searches unseen.
  const catalog::TextDigest text = catalog::text_digest(outcome.text);
  redaction["visible_text"] = {{"lines", text.lines}, {"sha256", text.sha256}};
  nlohmann::json reasons = redaction.contains("reasons") && redaction["reasons"].is_array() ? redaction["reasons"] : nlohmann::json::array();
  const std::string lacking = shortcoming(redaction, row.interrupted);
  if (!lacking.empty()) {
    log::warning(recording_, "{}: the film shows what was recorded until then", lacking);
    if (std::find(reasons.begin(), reasons.end(), "journal_damaged") == reasons.end()) reasons.push_back("journal_cut");
  }
  // The attempt before died: what made it die may still be in the recording.
  if (job_.job.attempts > 1) reasons.push_back("engine_restarted");
  const catalog::RecordingStatus status = reasons.empty() ? outcome.status : catalog::RecordingStatus::degraded;
  redaction["status"] = catalog::to_string(status);
  redaction["reasons"] = reasons;
  const std::map<std::string, std::int64_t> masks = masks_of(redaction);
  const std::vector<std::string> motion = motion_in(redaction);
  report["redaction"] = std::move(redaction);

  row.status = status;
  row.report_json = report.dump();
  TRY(film_->publish(row, utc_now()));
  catalog::RecordingChange change;
  change.status = status;
  change.progress = 1;
  change.film_duration = film_->end();
  change.film_size = film_->size();
  change.report_json = row.report_json;
  TRY(catalog::VisibleText(*core_.catalog).replace(recording_, outcome.text, job_.lease));
  TRY(catalog::Recordings(*core_.catalog).set_masks(recording_, masks));
  TRY(catalog::Recordings(*core_.catalog).update(recording_, change));
  TRY(catalog::Jobs(*core_.catalog).complete(job_.lease));
  measure(row, report["redaction"]);
  std::vector<std::string> ways;
  for (const nlohmann::json& reason : reasons) {
    const std::string way = reason.is_string() ? reason.get<std::string>() : reason.dump();
    log::warning(recording_, "redaction degraded: reason={}", way);
    core_.degradations.count(way);
    ways.push_back(way);
  }
  for (const std::string& way : motion) {
    log::info(recording_, "the film does not show all that moved: {}", way);
    core_.degradations.count(way);
  }
  alert_film(core_, row, ways, masks, utc_now());
  core_.events.post({EventKind::recording, recording_, catalog::to_string(status), row.user, row.target, row.tags});
  // The film is published; without the atlas the next one only takes longer.
  if (const Result<void> kept = keep_atlas(core_.config, row.target, outcome.atlas); !kept) log::warning(recording_, "{}", kept.error().message);
  log::info(recording_, "film is ready: {}, {:.1f} s long; the worker used {:.2f} s of CPU",
            catalog::to_string(status), std::chrono::duration<double>(film_->end()).count(), outcome.cpu_seconds);
  return {};
}

}  // namespace frostgate::serve
