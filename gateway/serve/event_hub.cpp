#include "gateway/serve/event_hub.h"

#include <algorithm>

namespace frostgate::serve {
namespace {

constexpr std::size_t kKept = 512;

}  // namespace

const char* to_string(EventKind kind) {
  switch (kind) {
    case EventKind::session: return "session";
    case EventKind::recording: return "recording";
    case EventKind::request: return "request";
    case EventKind::alert: return "alert";
  }
  return "";
}

void EventHub::post(Event event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
  if (events_.size() > kKept) events_.pop_front();
  ++last_;
}

std::uint64_t EventHub::last() {
  const std::lock_guard lock(mutex_);
  return last_;
}

EventHub::News EventHub::after(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  News out;
  out.last = last_;
  const std::uint64_t fresh = last_ - std::min(number, last_);
  out.missed = fresh > events_.size();
  const auto wanted = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(fresh, events_.size()));
  out.events.assign(events_.end() - wanted, events_.end());
  return out;
}

}  // namespace frostgate::serve
