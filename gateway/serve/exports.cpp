#include "gateway/serve/exports.h"

#include <algorithm>
#include <array>

#include "gateway/base/log.h"
#include "gateway/base/process.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/core.h"
#include "gateway/serve/disk_space.h"
#include "gateway/serve/worker_report.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::serve {
namespace {

constexpr int kAtOnce = 2;
constexpr std::size_t kOfOneUser = 5, kInAll = 50;
constexpr auto kBundleKept = std::chrono::hours(1);
constexpr const char* kBundle = "bundle";

// Of what the control socket answers, the part that making one bundle takes.
bool is_for_exports(const std::string& type) {
  return type == "export.begin" || type == "export.sign" || type == "recordings.segments" || type == "recordings.segment";
}

// What its worker sees of the film was noted as a whole before, and is no more than that.
Result<AdminReply> segment_of(Core& core, const Export& subject, ipc::Message& request) {
  AdminReply reply = TRY(carry_out(core, request, utc_now()));
  const SessionTime from(reply.body.at("from_us").get<std::int64_t>()), to(reply.body.at("to_us").get<std::int64_t>());
  const bool pictures = to > from;
  if (pictures && (to <= subject.from || from >= subject.to)) return Error{ErrorKind::denied, "this segment is outside the span of the export"};
  return reply;
}

}  // namespace

const char* to_string(ExportState state) {
  switch (state) {
    case ExportState::queued: return "queued";
    case ExportState::running: return "running";
    case ExportState::done: return "done";
    case ExportState::failed: return "failed";
  }
  return "";
}

Exports::Exports(Core& core) : core_(core) {
  std::error_code ignored;
  std::filesystem::remove_all(core_.config.data_dir / "exports", ignored);
}

Exports::~Exports() {
  {
    const std::lock_guard lock(mutex_);
    for (Job& job : jobs_) job.thread.request_stop();
  }
  for (Job& job : jobs_) job.thread.join();
}

std::filesystem::path Exports::path_of(const std::string& id) const { return core_.config.data_dir / "exports" / id; }

Exports::Job* Exports::job(const std::string& id, const std::string& user) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& one) { return !one.removed && one.subject.id == id && one.subject.user == user; });
  return found == jobs_.end() ? nullptr : &*found;
}

Result<Export> Exports::begin(Export wish, UtcTime now) {
  TRY(room_beside_sessions(core_.config, core_.sessions.count()));
  std::array<std::byte, 6> noise{};
  TRY(storage::random_bytes(noise));
  wish.id = "e-" + storage::to_hex(noise);
  wish.created = now;
  reap();
  const std::lock_guard lock(mutex_);
  const auto own = std::count_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return !job.removed && job.subject.user == wish.user; });
  if (static_cast<std::size_t>(own) >= kOfOneUser || jobs_.size() >= kInAll) {
    return Error{ErrorKind::unavailable, "there are too many exports; remove one that you do not need any more"};
  }
  Job& job = jobs_.emplace_front();
  job.subject = wish;
  job.thread = std::jthread([this, &job](std::stop_token stop) { run(stop, job); });
  return wish;
}

std::vector<Export> Exports::of(const std::string& user) {
  const std::lock_guard lock(mutex_);
  std::vector<Export> out;
  for (const Job& job : jobs_) {
    if (!job.removed && job.subject.user == user) out.push_back(job.subject);
  }
  return out;
}

std::vector<Export> Exports::all() {
  const std::lock_guard lock(mutex_);
  std::vector<Export> out;
  for (const Job& job : jobs_) {
    if (!job.removed) out.push_back(job.subject);
  }
  return out;
}

Result<Export> Exports::find(const std::string& id, const std::string& user) {
  const std::lock_guard lock(mutex_);
  if (const Job* found = job(id, user)) return found->subject;
  return Error{ErrorKind::not_found, "you have no export " + id};
}

Result<void> Exports::remove(const std::string& id, const std::string& user) {
  const std::lock_guard lock(mutex_);
  Job* found = job(id, user);
  if (!found) return Error{ErrorKind::not_found, "you have no export " + id};
  found->removed = true;
  found->thread.request_stop();
  return {};
}

Result<std::filesystem::path> Exports::folder(const std::string& id, const std::string& user) {
  const Export found = TRY(find(id, user));
  if (found.state != ExportState::done) return Error{ErrorKind::exists, "the export " + id + " is not done"};
  return path_of(id) / kBundle;
}

// Those whose threads have come to their end.
void Exports::reap() {
  std::list<Job> over;
  const std::lock_guard lock(mutex_);
  for (auto at = jobs_.begin(); at != jobs_.end();) {
    const auto next = std::next(at);
    if (at->over) over.splice(over.end(), jobs_, at);
    at = next;
  }
}

bool Exports::wait_for_turn(std::stop_token stop, const Job& job) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return running_ < kAtOnce; }) || job.removed) return false;
  ++running_;
  return true;
}

void Exports::run(std::stop_token stop, Job& job) {
  if (wait_for_turn(stop, job)) {
    {
      const std::lock_guard lock(mutex_);
      job.subject.state = ExportState::running;
    }
    const Result<void> made = make(stop, job);
    if (!made && !stop.stop_requested()) log::warning(job.subject.recording, "export {} of {}: {}", job.subject.id, job.subject.user, made.error().message);
    std::unique_lock lock(mutex_);
    --running_;
    job.subject.state = made ? ExportState::done : ExportState::failed;
    if (made) job.subject.progress = 1;
    else job.subject.error = made.error().message;
    changed_.notify_all();
    changed_.wait_for(lock, stop, kBundleKept, [] { return false; });
  }
  std::error_code failure;
  std::filesystem::remove_all(path_of(job.subject.id), failure);
  if (failure) log::error(job.subject.recording, "{} could not be removed: {}", path_of(job.subject.id).string(), failure.message());
  const std::lock_guard lock(mutex_);
  job.removed = job.over = true;
}

Result<void> Exports::make(std::stop_token stop, Job& job) {
  const Export subject = job.subject;
  TRY(audit(core_, catalog::LedgerEvent::view, subject.recording, subject.user,
            {{"request", "export"}, {"from_us", subject.from.count()}, {"to_us", subject.to.count()}}, utc_now()));
  TRY(storage::real_file_system().make_directories(path_of(subject.id)));
  auto ends = TRY(ipc::make_pair());
  ChildProcess worker = TRY(ChildProcess::start({"export-worker"}, ends.second));
  ends.second.reset();
  ipc::Channel channel(std::move(ends.first));
  TRY(channel.send({{"type", "start"}, {"id", subject.id}, {"recording", subject.recording}, {"from_us", subject.from.count()}, {"to_us", subject.to.count()},
                    {"reason", subject.reason}, {"burn_in", subject.burn_in ? 1 : 0}, {"output", (path_of(subject.id) / kBundle).string()}}));
  const auto progress = [&](double done) {
    const std::lock_guard lock(mutex_);
    job.subject.progress = done;
  };
  return hear_worker(channel, stop, progress, [&](ipc::Message& message) -> Result<void> {
    const std::string type = message.type();
    if (!is_for_exports(type)) return Error{ErrorKind::corrupt, "the worker asked for " + type};
    // What it may ask for, and for whom, is not its to say.
    message.body["id"] = subject.recording;
    message.body["by"] = subject.user;
    message.body["reason"] = subject.reason;
    message.body["span_from_us"] = subject.from.count();
    message.body["span_to_us"] = subject.to.count();
    if (type == "recordings.segment") return answer(channel, type, segment_of(core_, subject, message));
    if (type == "recordings.segments") return answer(channel, type, carry_out(core_, message, utc_now()));
    return answer(channel, type, administer(core_, message, utc_now(), subject.user));
  });
}

}  // namespace frostgate::serve
