#include "gateway/serve/live_hub.h"

#include <utility>

namespace frostgate::serve {
namespace {

constexpr auto kGone = std::chrono::seconds(15);
constexpr std::size_t kMaxWatchers = 64;
// Half a minute. Whoever is slower misses pieces; each plays without the others.
constexpr std::size_t kMaxWaiting = 64;

}  // namespace

LiveHub::Source::Source(LiveHub& hub, std::string recording) : hub_(hub), recording_(std::move(recording)) {
  const std::lock_guard lock(hub_.mutex_);
  hub_.sources_[recording_] = nullptr;
}

LiveHub::Source::~Source() {
  const std::lock_guard lock(hub_.mutex_);
  hub_.sources_.erase(recording_);
  for (auto& [number, watcher] : hub_.watchers_) watcher.over = watcher.over || watcher.recording == recording_;
  hub_.changed_.notify_all();
}

bool LiveHub::Source::watched() {
  const std::lock_guard lock(hub_.mutex_);
  std::erase_if(hub_.watchers_, [now = Clock::now()](const auto& entry) { return now - entry.second.asked > kGone; });
  for (const auto& [number, watcher] : hub_.watchers_) {
    if (watcher.recording == recording_) return true;
  }
  hub_.sources_[recording_] = nullptr;  // what comes next begins anew
  return false;
}

void LiveHub::Source::show(LivePiece piece) {
  const std::lock_guard lock(hub_.mutex_);
  if (piece.init) hub_.sources_[recording_] = std::make_shared<const LivePiece>(piece);
  for (auto& [number, watcher] : hub_.watchers_) {
    if (watcher.recording != recording_) continue;
    watcher.waiting.push_back(piece);
    if (watcher.waiting.size() <= kMaxWaiting) continue;
    // Never the init piece, without which nothing plays.
    auto oldest = watcher.waiting.begin();
    while (oldest->init && std::next(oldest) != watcher.waiting.end()) ++oldest;
    watcher.waiting.erase(oldest);
  }
  hub_.changed_.notify_all();
}

bool LiveHub::followed(const std::string& recording) {
  const std::lock_guard lock(mutex_);
  return sources_.contains(recording);
}

Result<std::uint64_t> LiveHub::watch(const std::string& recording) {
  const std::lock_guard lock(mutex_);
  const auto source = sources_.find(recording);
  if (source == sources_.end()) {
    return Error{ErrorKind::unavailable, "session " + recording + " cannot be watched: it has ended, or no worker follows it "
                                         "(redaction.sessions in the configuration)"};
  }
  if (watchers_.size() >= kMaxWatchers) return Error{ErrorKind::unavailable, "too many watch already"};
  Watcher& watcher = watchers_[++last_watcher_];
  watcher.recording = recording;
  if (source->second) watcher.waiting.push_back(*source->second);
  return last_watcher_;
}

Result<LiveHub::Next> LiveHub::next(std::uint64_t number, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const auto something = [&] {
    const auto watcher = watchers_.find(number);
    return watcher == watchers_.end() || watcher->second.over || !watcher->second.waiting.empty();
  };
  if (const auto watcher = watchers_.find(number); watcher != watchers_.end()) watcher->second.asked = Clock::now();
  changed_.wait_for(lock, patience, something);
  const auto watcher = watchers_.find(number);
  if (watcher == watchers_.end()) return Error{ErrorKind::not_found, "nobody watches under this number any more"};
  watcher->second.asked = Clock::now();
  Next next;
  next.over = watcher->second.over;
  next.pieces.assign(watcher->second.waiting.begin(), watcher->second.waiting.end());
  watcher->second.waiting.clear();
  if (next.over) watchers_.erase(watcher);
  return next;
}

void LiveHub::leave(std::uint64_t watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(watcher);
}

}  // namespace frostgate::serve
