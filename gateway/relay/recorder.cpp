#include "gateway/relay/recorder.h"

#include <poll.h>

#include <algorithm>

#include "codec/tiles/event_coding.h"

namespace frostgate::relay {
namespace {

// A pointer that only moves is noted this often; its film is no smoother.
constexpr auto kPointerInterval = std::chrono::milliseconds(50);
constexpr std::size_t kMaxPending = 4096;
// A burst is written before the second is over, so that it never needs much memory.
constexpr std::size_t kFlushBytes = 4 << 20;

}  // namespace

Recorder::Recorder(Surface& surface, InputSink& next, storage::JournalWriter journal, SessionStarted started,
                   RecorderSettings settings, std::function<void(const Error&)> on_failure)
    : next_(next),
      journal_(std::move(journal)),
      settings_(settings),
      on_failure_(std::move(on_failure)),
      reader_(surface) {
  pending_.push_back({SessionTime{}, std::move(started)});
  wake_.raise();
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Recorder::~Recorder() {
  thread_.request_stop();
  wake_.raise();
}

void Recorder::key(const KeyEvent& event) {
  if (event.down) {
    const std::lock_guard lock(mutex_);
    if (pending_.empty() && keys_ == 0) wake_.raise();
    ++keys_;
  }
  next_.key(event);
}

void Recorder::pointer(const PointerEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    const SessionTime at = now();
    PointerMoved moved{event.position, event.buttons};
    if (pending_.empty() && keys_ == 0) wake_.raise();
    auto* last = pending_.empty() ? nullptr : std::get_if<PointerMoved>(&pending_.back().body);
    if (last && last->buttons == moved.buttons && at - pending_.back().at < kPointerInterval) {
      *last = moved;
    } else if (pending_.size() < kMaxPending || moved.buttons != (last ? last->buttons : 0)) {
      pending_.push_back({at, moved});
    }
  }
  next_.pointer(event);
}

void Recorder::lock_keys(const LockKeys& state) { next_.lock_keys(state); }

void Recorder::request_size(Size size) { next_.request_size(size); }

void Recorder::run(std::stop_token stop) {
  if (const Result<void> recorded = record_until(stop); !recorded) {
    failure_ = recorded.error();
    on_failure_(recorded.error());
  }
}

Result<void> Recorder::record_until(std::stop_token stop) {
  const auto interval = Microseconds(std::chrono::seconds(1)) / settings_.states_per_second;
  std::optional<SessionTime> last_state, flush_due;
  bool damaged = false;
  while (!stop.stop_requested()) {
    std::optional<SessionTime> due = flush_due;
    if (damaged) due = std::min(due.value_or(SessionTime::max()), last_state ? *last_state + interval : SessionTime{});
    // While a state is waiting for its turn, the surface need not wake us for more.
    pollfd waiting[2] = {{wake_.descriptor(), POLLIN, 0}, {reader_.changed.descriptor(), POLLIN, 0}};
    const auto left = due ? std::chrono::ceil<std::chrono::milliseconds>(*due - now()).count() : -1;
    poll(waiting, damaged ? 1 : 2, due ? static_cast<int>(std::max<std::int64_t>(left, 0)) : -1);
    // Input on a still screen waits for the next flush, not for the next state; until then it may still be thinned.
    const bool input = wake_.lower();
    damaged = damaged || reader_.changed.lower();

    const SessionTime moment = now();
    const bool state_is_due = damaged && (!last_state || moment >= *last_state + interval);
    if (state_is_due || (flush_due && moment >= *flush_due)) TRY(record_input());
    if (state_is_due) {
      TRY(record_state(moment));
      last_state = moment;
      damaged = false;
    }
    if (!flush_due && (input || journal_.buffered_bytes() > 0)) flush_due = moment + settings_.flush_interval;
    if ((flush_due && moment >= *flush_due) || journal_.buffered_bytes() > kFlushBytes) {
      TRY(journal_.flush());
      flush_due.reset();
    }
  }
  return {};
}

Result<void> Recorder::record_state(SessionTime at) {
  Region damage;
  // Only the copy happens under the surface's lock; comparing and compressing do not hold up the back.
  const unsigned states = reader_.take([&](const Surface::Reader::Look& look) {
    if (look.resized) copy_ = Frame(look.frame.size());
    damage = look.damage;
    for (const Rect& rect : damage.rects()) copy_.copy_from(look.frame.view(), rect);
  });
  if (states == 0) return {};
  if (recorded_size_ != copy_.size()) {
    recorded_size_ = copy_.size();
    TRY(append(at, ScreenResized{copy_.size()}));
  }
  if (states > 1) TRY(append(at, StatesCoalesced{states - 1}));
  if (const auto state = encoder_.encode(copy_.view(), damage)) {
    TRY(journal_.append(storage::JournalEntryKind::state, in_order(at), *state));
  }
  return {};
}

Result<void> Recorder::record_input() {
  std::vector<Event> events;
  std::uint32_t keys = 0;
  {
    const std::lock_guard lock(mutex_);
    events.swap(pending_);
    std::swap(keys, keys_);
  }
  if (keys > 0) events.push_back({now(), KeysPressed{keys}});
  for (const Event& event : events) TRY(append(event.at, event.body));
  return {};
}

Result<void> Recorder::append(SessionTime at, const EventBody& body) {
  return journal_.append(storage::JournalEntryKind::event, in_order(at), codec::encode_event(body));
}

SessionTime Recorder::in_order(SessionTime at) {
  noted_until_ = std::max(noted_until_, at);
  return noted_until_;
}

Result<void> Recorder::finish(const std::string& reason) {
  thread_.request_stop();
  wake_.raise();
  thread_.join();
  if (failure_) return *failure_;
  TRY(record_input());
  TRY(record_state(now()));
  TRY(append(now(), SessionEnded{reason}));
  return journal_.finish();
}

}  // namespace frostgate::relay
