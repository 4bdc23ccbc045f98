#include "gateway/relay/recorder.h"

#include <poll.h>

#include <algorithm>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/keystroke_coding.h"
#include "gateway/relay/recording_pace.h"

namespace frostgate::relay {
namespace {

// A pointer that only moves is noted this often; its film is no smoother.
constexpr auto kPointerInterval = std::chrono::milliseconds(50);
constexpr std::size_t kMaxPending = 4096;
// In a second nobody types so much; a client that does is held back.
constexpr std::size_t kMaxKeystrokes = 16384, kMaxCopied = 64;
// A burst is written before the second is over, so that it never needs much memory.
constexpr std::size_t kFlushBytes = 4 << 20;
// So long a screen is still until the room for its next state is given back.
constexpr auto kLongEnough = std::chrono::seconds(2);

}  // namespace

Recorder::Recorder(Surface& surface, InputSink& next, RecorderJournals journals, SessionStarted started,
                   RecorderSettings settings, std::function<void(const Error&)> on_failure)
    : next_(next),
      journals_(std::move(journals)),
      settings_(settings),
      on_failure_(std::move(on_failure)),
      reader_(surface, Surface::View::target, [this](const Frame& frame, const Region& damage) { former_.add(frame.view(), damage); }),
      keyboard_(settings.keyboard_layout) {
  pending_.push_back({settings_.already, std::move(started)});
  wake_.raise();
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Recorder::~Recorder() {
  thread_.request_stop();
  wake_.raise();
}

void Recorder::key(const KeyEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    if (noting_ && keystrokes_.size() >= kMaxKeystrokes) return;
    // Also of what is not noted: which modifiers are down afterwards.
    const std::vector<KeysymStroke> strokes = keyboard_.translate(event);
    if (noting_) {
      wake_for_input();
      if (event.down) ++keys_;
      const SessionTime at = now();
      for (const KeysymStroke& stroke : strokes) keystrokes_.push_back({at, stroke.keysym, stroke.down});
    }
  }
  next_.key(event);
}

void Recorder::note(EventBody event) {
  const std::lock_guard lock(mutex_);
  // A target that is reached anew says how lossy what follows is, one that goes on that it is from now on, and who looks on is not what they see.
  const bool always = std::holds_alternative<SessionStarted>(event) || std::holds_alternative<PixelsLossy>(event) || std::holds_alternative<GuestSeen>(event);
  if (dead_ || (!noting_ && !always)) return;
  wake_for_input();
  pending_.push_back({now(), std::move(event)});
}

void Recorder::note_copied(const std::string& text) {
  std::string_view line(text);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.empty() || line.size() > kLongestCopied || line.find('\n') != line.npos) return;
  const std::lock_guard lock(mutex_);
  if (!noting_ || copied_.size() >= kMaxCopied) return;
  wake_for_input();
  copied_.push_back({now(), storage::JournalEntryKind::copied, Secret::from_text(line)});
}

void Recorder::note_secret(const Secret& secret) {
  if (secret.empty() || secret.text().size() > kLongestCopied) return;
  const std::lock_guard lock(mutex_);
  if (dead_) return;
  wake_for_input();
  copied_.push_back({now(), storage::JournalEntryKind::secret, secret.clone()});
}

void Recorder::wake_for_input() {
  if (pending_.empty() && keys_ == 0 && keystrokes_.empty() && copied_.empty()) wake_.raise();
}

void Recorder::pointer(const PointerEvent& event) {
  if (const std::lock_guard lock(mutex_); noting_) {
    const SessionTime at = now();
    PointerMoved moved{event.position, event.buttons};
    wake_for_input();
    auto* last = pending_.empty() ? nullptr : std::get_if<PointerMoved>(&pending_.back().body);
    if (last && last->buttons == moved.buttons && at - pending_.back().at < kPointerInterval) {
      *last = moved;
    } else if (pending_.size() < kMaxPending || moved.buttons != (last ? last->buttons : 0)) {
      pending_.push_back({at, moved});
    }
  }
  next_.pointer(event);
}

void Recorder::lock_keys(const LockKeys& state) {
  {
    const std::lock_guard lock(mutex_);
    keyboard_.lock_keys(state);
  }
  next_.lock_keys(state);
}

void Recorder::request_screen(const ScreenWish& wish) { next_.request_screen(wish); }

void Recorder::run(std::stop_token stop) {
  if (const Result<void> recorded = record_until(stop); !recorded) {
    failure_ = recorded.error();
    {
      const std::lock_guard lock(mutex_);
      noting_ = false;  // nobody writes it
      dead_ = true;
      pending_.clear();
      keystrokes_.clear();
      copied_.clear();
    }
    on_failure_(recorded.error());
  }
}

Result<void> Recorder::record_until(std::stop_token stop) {
  RecordingPace pace(Microseconds(std::chrono::seconds(1)) / settings_.states_per_second, settings_.flush_interval, settings_.settling, settings_.still_interval);
  while (!stop.stop_requested()) {
    std::optional<SessionTime> due = pace.next();
    if (goes_on_) due = std::min(due.value_or(SessionTime::max()), now() + std::chrono::ceil<SessionTime>(*goes_on_ - Clock::now()));
    // While a state is waiting for its turn, or none is taken, the surface need not wake us for more.
    pollfd waiting[2] = {{wake_.descriptor(), POLLIN, 0}, {reader_.changed.descriptor(), POLLIN, 0}};
    const auto left = due ? std::chrono::ceil<std::chrono::milliseconds>(*due - now()).count() : -1;
    poll(waiting, pace.change_waits() || silent_ ? 1 : 2, due ? static_cast<int>(std::max<std::int64_t>(left, 0)) : -1);
    const bool woken = wake_.lower();
    const bool taken = TRY(obey());
    const SessionTime moment = now();
    if (taken) pace.taken(moment);
    // Input on a still screen waits for the next flush, not for the next state; until then it may still be thinned.
    if (woken) pace.happened(moment);
    if (!silent_ && !pace.change_waits() && reader_.changed.lower()) pace.changed(moment);

    const bool state_is_due = !silent_ && pace.state_is_due(moment);
    if (state_is_due || pace.flush_is_due(moment)) TRY(record_input());
    if (state_is_due) {
      TRY(record_state(moment));
      pace.taken(moment);
    }
    const bool sign_is_due = pace.sign_is_due(moment);
    if (sign_is_due) TRY(append(moment, SessionGoesOn{}));
    if (sign_is_due && busy_until_ && moment >= *busy_until_ + kLongEnough) rest();
    if (sign_is_due || pace.flush_is_due(moment) || journals_.screen.buffered_bytes() > kFlushBytes) {
      TRY(flush());
      pace.flushed(moment);
    }
  }
  return {};
}

Result<void> Recorder::record_state(SessionTime at, bool again) {
  Size size;
  bool changed = false;
  // Only comparing and copying happen under the surface's lock; compressing does not hold up the back.
  const unsigned states = reader_.take([&](const Surface::Reader::Look& look) {
    size = look.frame.size();
    if (again) former_.restart({});  // a state that needs none before it
    changed = encoder_.look(look.frame.view(), former_);
  });
  if (states == 0) return {};
  busy_until_ = at;
  if (recorded_size_ != size) {
    recorded_size_ = size;
    TRY(append(at, ScreenResized{size}));
  }
  if (states > 1 && !again) TRY(append(at, StatesCoalesced{states - 1}));
  if (changed) TRY(journals_.screen.append(storage::JournalEntryKind::state, in_order(at), encoder_.pack()));
  return {};
}

void Recorder::rest() {
  busy_until_.reset();
  encoder_.give_back_room();
  reader_.read([this](const Frame&) { former_.give_back_room(); });
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
  return record_keystrokes();
}

Result<void> Recorder::record_keystrokes() {
  Keystrokes keystrokes;
  std::vector<CopiedText> copied;
  {
    const std::lock_guard lock(mutex_);
    keystrokes.swap(keystrokes_);
    copied.swap(copied_);
  }
  for (const auto& [at, kind, text] : copied)
    TRY(journals_.keystrokes.append(kind, keystrokes.empty() ? at : std::min(at, keystrokes.front().at), text.bytes()));
  for (const Keystroke& keystroke : keystrokes) {
    auto bytes = codec::encode_keystroke(keystroke);
    const Result<void> appended = journals_.keystrokes.append(storage::JournalEntryKind::keystroke, keystroke.at, bytes);
    wipe_memory(bytes.data(), bytes.size());
    TRY(appended);
  }
  return {};
}

// Keystrokes first: a state that is on disk has all that was typed before it.
Result<void> Recorder::flush() {
  TRY(record_keystrokes());
  TRY(journals_.keystrokes.flush());
  return journals_.screen.flush();
}

Result<void> Recorder::append(SessionTime at, const EventBody& body) {
  return journals_.screen.append(storage::JournalEntryKind::event, in_order(at), codec::encode_event(body));
}

SessionTime Recorder::in_order(SessionTime at) {
  noted_until_ = std::max(noted_until_, at);
  return noted_until_;
}

void Recorder::suspend(RecordingPaused event, std::optional<std::chrono::seconds> longest, std::function<void(bool suspended)> told) {
  {
    const std::lock_guard lock(mutex_);
    if (dead_) return;
    suspend_ = Suspension{std::move(event), longest};
    told_ = std::move(told);
    go_on_.reset();
  }
  wake_.raise();
}

bool Recorder::go_on(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!told_ || dead_) return false;
    go_on_ = why;
  }
  wake_.raise();
  return true;
}

bool Recorder::suspended() const {
  const std::lock_guard lock(mutex_);
  return !noting_;
}

Result<bool> Recorder::obey() {
  std::optional<Suspension> suspend;
  std::optional<std::string> go_on;
  {
    const std::lock_guard lock(mutex_);
    suspend = std::exchange(suspend_, std::nullopt);
    go_on = std::exchange(go_on_, std::nullopt);
  }
  if (goes_on_ && Clock::now() >= *goes_on_ && !go_on) go_on = "the time for it was over";
  if (go_on) {
    const bool was_suspended = silent_;  // or it was taken back before it began
    if (was_suspended) TRY(note_again(*go_on));
    tell_again();
    return was_suspended;
  }
  if (!suspend || silent_) return false;
  silent_ = true;
  if (suspend->longest) goes_on_ = Clock::now() + *suspend->longest;
  TRY(stop_noting(std::move(suspend->event)));
  return true;
}

void Recorder::tell_again() {
  std::function<void(bool)> told;
  {
    const std::lock_guard lock(mutex_);
    told = std::exchange(told_, nullptr);
  }
  if (told) told(false);
}

// What is on screen and was typed until now belongs to the recording; nothing later is in it.
Result<void> Recorder::stop_noting(RecordingPaused event) {
  TRY(record_input());
  TRY(record_state(now()));
  {
    const std::lock_guard lock(mutex_);
    noting_ = false;
  }
  TRY(record_input());
  TRY(append(now(), std::move(event)));
  TRY(flush());
  std::function<void(bool)> told;
  {
    const std::lock_guard lock(mutex_);
    told = told_;
  }
  told(true);
  return {};
}

Result<void> Recorder::note_again(const std::string& why) {
  silent_ = false;
  goes_on_.reset();
  {
    const std::lock_guard lock(mutex_);
    noting_ = true;
  }
  TRY(append(now(), RecordingResumed{why}));
  reader_.look_again();
  TRY(record_state(now(), true));
  return flush();
}

Result<void> Recorder::record_rest(const std::string& why) {
  thread_.request_stop();
  wake_.raise();
  thread_.join();
  if (failure_) return *failure_;
  TRY(record_input());
  if (!silent_) return record_state(now());
  if (!goes_on_) return {};  // it was stopped, and stays so
  return append(now(), RecordingResumed{why});  // what is on screen by now came up while nothing was to be recorded
}

Result<void> Recorder::finish(const std::string& reason) {
  TRY(record_rest("the session ended"));
  TRY(append(now(), SessionEnded{reason}));
  TRY(journals_.keystrokes.finish());
  return journals_.screen.finish();
}

Result<void> Recorder::pause() {
  TRY(record_rest("the connection was lost"));
  TRY(journals_.keystrokes.pause());
  return journals_.screen.pause();
}

}  // namespace frostgate::relay
