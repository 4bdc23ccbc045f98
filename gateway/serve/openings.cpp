#include "gateway/serve/openings.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/base/process.h"
#include "gateway/ipc/segment_message.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/core.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/worker_report.h"
#include "storage/catalog/originals.h"
#include "storage/custody/shares.h"

namespace frostgate::serve {
namespace {

constexpr std::size_t kMostOpenings = 8;
constexpr auto kOpeningKept = std::chrono::hours(1);
constexpr auto kLookEvery = std::chrono::seconds(2);
constexpr std::size_t kMostOpenedBytes = std::size_t{256} << 20;

Microseconds kept_for(Microseconds at_most) { return std::clamp<Microseconds>(at_most, Microseconds(0), kOpeningKept); }

Result<void> hand_over(ipc::Channel& channel, const catalog::ApprovalRequest& request, const std::vector<Secret>& shares) {
  nlohmann::json start{{"type", "start"}, {"recording", request.recording}, {"from_us", request.from.count()}, {"to_us", request.to.count()},
                       {"reason", request.reason}, {"shares", shares.size()}};
  if (!request.area.empty()) start["area"] = {request.area.x, request.area.y, request.area.width, request.area.height};
  TRY(channel.send(start));
  for (const Secret& share : shares) {
    const Descriptor file = TRY(ipc::to_memory_file(share.bytes()));
    const int fd = file.fd();
    TRY(channel.send({{"type", "share"}}, {&fd, 1}));
  }
  return {};
}

// What it may ask for, and for whom, is not its to say.
void fill_in(ipc::Message& question, const catalog::ApprovalRequest& request, std::size_t shares) {
  question.body = {{"type", "original.open"}, {"id", request.recording}, {"reason", request.reason},
                   {"from_us", request.from.count()}, {"to_us", request.to.count()}, {"custodians", shares}};
  if (!request.area.empty()) question.body["area"] = {request.area.x, request.area.y, request.area.width, request.area.height};
}

}  // namespace

const char* to_string(OpeningState state) {
  switch (state) {
    case OpeningState::collecting: return "collecting";
    case OpeningState::making: return "making";
    case OpeningState::open: return "open";
  }
  return "";
}

OpenedFilm::~OpenedFilm() {
  for (Segment& segment : segments) wipe_memory(segment.bytes.data(), segment.bytes.size());
}

Openings::Openings(Core& core) : core_(core) {}

Openings::~Openings() {
  {
    const std::lock_guard lock(mutex_);
    for (Job& job : jobs_) job.thread.request_stop();
  }
  for (Job& job : jobs_) {
    if (job.thread.joinable()) job.thread.join();
  }
}

Openings::Job* Openings::job(const std::string& request) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& one) { return !one.closed && one.request.id == request; });
  return found == jobs_.end() ? nullptr : &*found;
}

// Those whose threads have come to their end.
void Openings::reap() {
  std::list<Job> over;
  const std::lock_guard lock(mutex_);
  for (auto at = jobs_.begin(); at != jobs_.end();) {
    const auto next = std::next(at);
    if (at->over) over.splice(over.end(), jobs_, at);
    at = next;
  }
}

Result<Opening> Openings::give(const catalog::ApprovalRequest& request, Secret share, const std::string& by, UtcTime now) {
  if (by == request.requester) return Error{ErrorKind::denied, "who watches an original gives no share of it"};
  if (request.state != catalog::ApprovalState::approved) return Error{ErrorKind::exists, "nobody has agreed to this request, or it is over"};
  reap();
  const std::lock_guard lock(mutex_);
  Job* found = job(request.id);
  if (found) {
    TRY(take(*found, std::move(share), by, now));
    return found->shown;
  }
  if (jobs_.size() >= kMostOpenings) return Error{ErrorKind::unavailable, "too many originals are open at this moment"};
  std::list<Job> fresh(1);
  Job& made = fresh.front();
  made.request = request;
  if (request.from == request.to) made.request.to = TRY(catalog::Recordings(*core_.catalog).find(request.recording)).film_duration;
  made.shown.request = request.id;
  made.shown.recording = request.recording;
  made.shown.user = request.requester;
  const Microseconds kept = kept_for(request.expires - now);
  made.shown.until = now + kept;
  made.end = Clock::now() + kept;
  TRY(take(made, std::move(share), by, now));
  jobs_.splice(jobs_.begin(), fresh);
  made.thread = std::jthread([this, &made](std::stop_token stop) { run(stop, made); });
  return made.shown;
}

Result<void> Openings::take(Job& job, Secret share, const std::string& by, UtcTime now) {
  if (job.shown.state != OpeningState::collecting || job.wanted) return Error{ErrorKind::exists, "this original is open already"};
  const catalog::SealedOriginal sealed = TRY(catalog::Originals(*core_.catalog).find(job.request.recording));
  std::vector<Secret> alone;
  alone.push_back(share.clone());
  const int number = TRY(storage::share_numbers(job.request.recording, alone)).front();
  if (static_cast<std::size_t>(number) > sealed.shares.size()) return Error{ErrorKind::invalid, "there is no custodian " + std::to_string(number)};
  if (std::ranges::find(job.shown.given, number, &GivenShare::number) != job.shown.given.end()) return Error{ErrorKind::exists, "the share of custodian " + std::to_string(number) + " is here already"};
  job.shares.push_back(std::move(share));
  const auto together = storage::share_numbers(job.request.recording, job.shares);
  Result<void> noted = together ? audit(core_, catalog::LedgerEvent::key, job.request.recording, by,
                                        {{"request", "original.share"}, {"custodian", number}, {"subject", sealed.shares[static_cast<std::size_t>(number - 1)].subject}, {"approval", job.request.id}}, now)
                                : Result<void>(together.error());
  if (!noted) {
    job.shares.pop_back();
    return noted;
  }
  job.shown.given.push_back({number, by, now});
  job.shown.failure.clear();
  log::info(job.request.recording, "{} has given the share of custodian {} for {}", by, number, job.request.id);
  announce(core_, job.request);
  return {};
}

Result<Opening> Openings::begin(const catalog::ApprovalRequest& request) {
  const catalog::SealedOriginal sealed = TRY(catalog::Originals(*core_.catalog).find(request.recording));
  const std::lock_guard lock(mutex_);
  Job* found = job(request.id);
  const std::size_t given = found ? found->shares.size() : 0;
  if (found && (found->wanted || found->shown.state != OpeningState::collecting)) return Error{ErrorKind::exists, "this original is open already"};
  if (static_cast<int>(given) < sealed.threshold) {
    return Error{ErrorKind::denied, "it takes the shares of " + std::to_string(sealed.threshold) + " custodians; " + std::to_string(given) + " were given"};
  }
  found->wanted = true;
  found->shown.state = OpeningState::making;
  found->shown.progress = 0;
  found->shown.failure.clear();
  changed_.notify_all();
  return found->shown;
}

void Openings::close(const std::string& request) {
  const std::lock_guard lock(mutex_);
  if (Job* found = job(request)) {
    found->closed = true;
    found->thread.request_stop();
  }
}

std::optional<Opening> Openings::find(const std::string& request) {
  const std::lock_guard lock(mutex_);
  if (const Job* found = job(request)) return found->shown;
  return std::nullopt;
}

Result<std::shared_ptr<const OpenedFilm>> Openings::film(const std::string& request) {
  const std::lock_guard lock(mutex_);
  const Job* found = job(request);
  if (!found || !found->film) return Error{ErrorKind::exists, "this original is not open"};
  return found->film;
}

// Whether the approval that it goes by was not taken back.
bool Openings::stands(const Job& job) {
  const std::string id = job.film ? job.film->approval : job.request.id;
  const auto now = core_.approvals->find(id, utc_now());
  // A catalog that is busy says nothing.
  if (!now) return now.error().kind != ErrorKind::not_found;
  return now.value().state == catalog::ApprovalState::approved || (job.film && now.value().state == catalog::ApprovalState::used);
}

void Openings::run(std::stop_token stop, Job& job) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested() && Clock::now() < job.end) {
    if (job.wanted) {
      lock.unlock();
      open(stop, job);
      lock.lock();
      continue;
    }
    lock.unlock();
    const bool standing = stands(job);
    lock.lock();
    if (!standing && !job.wanted) break;
    changed_.wait_for(lock, stop, kLookEvery, [&job] { return job.wanted; });
  }
  job.shares.clear();
  job.film.reset();
  job.closed = job.over = true;
  lock.unlock();
  log::info(job.request.recording, "what {} has opened is wiped", job.request.id);
  announce(core_, job.request);
}

void Openings::open(std::stop_token stop, Job& job) {
  std::vector<Secret> shares;
  {
    const std::lock_guard lock(mutex_);
    shares = std::move(job.shares);
    job.shares.clear();
  }
  auto made = make(stop, job, std::move(shares));
  {
    const std::lock_guard lock(mutex_);
    job.wanted = false;
    if (made) {
      job.film = std::move(made).value();
      job.shown.state = OpeningState::open;
      job.shown.progress = 1;
      const Microseconds kept = kept_for(job.request.validity);
      job.shown.until = utc_now() + kept;
      job.end = Clock::now() + kept;
    } else {
      log::warning(job.request.recording, "the original was not opened for {}: {}", job.request.id, made.error().message);
      job.shown.state = OpeningState::collecting;
      job.shown.given.clear();
      job.shown.failure = made.error().message;
    }
  }
  announce(core_, job.request);
}

Result<std::shared_ptr<OpenedFilm>> Openings::make(std::stop_token stop, Job& job, std::vector<Secret> shares) {
  const catalog::ApprovalRequest& request = job.request;
  auto ends = TRY(ipc::make_pair());
  ChildProcess worker = TRY(ChildProcess::start({"original-worker"}, ends.second));
  ends.second.reset();
  ipc::Channel channel(std::move(ends.first));
  TRY(hand_over(channel, request, shares));
  const std::size_t custodians = shares.size();
  shares.clear();
  auto out = std::make_shared<OpenedFilm>();
  std::size_t bytes = 0;
  const auto progress = [&](double done) {
    const std::lock_guard lock(mutex_);
    job.shown.progress = done;
  };
  const Result<void> heard = hear_worker(channel, stop, progress, [&](ipc::Message& message) -> Result<void> {
    const std::string type = message.type();
    if (type == "segment") {
      out->segments.push_back(TRY(ipc::read_segment(message, kMostOpenedBytes)));
      bytes += out->segments.back().bytes.size();
      if (bytes > kMostOpenedBytes) return Error{ErrorKind::unavailable, "this span of film is too large: ask for a shorter one"};
      return {};
    }
    if (type != "original.open" || !out->approval.empty()) return Error{ErrorKind::corrupt, "the worker asked for " + type};
    fill_in(message, request, custodians);
    Result<AdminReply> reply = administer(core_, message, utc_now(), request.requester);
    if (reply) out->approval = reply.value().body.at("approval").get<std::string>();
    return answer(channel, type, std::move(reply));
  });
  TRY(heard);
  // Nothing is shown without an approval that was used up for it.
  if (out->approval.empty() || out->segments.empty()) return Error{ErrorKind::corrupt, "the worker has made no film"};
  return out;
}

}  // namespace frostgate::serve
