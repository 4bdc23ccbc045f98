#include "gateway/relay/screens/stage.h"

#include <algorithm>
#include <utility>

#include "gateway/relay/screens/painter.h"

namespace frostgate::relay::screens {
namespace {

constexpr std::size_t kMaxKeysDown = 256;
constexpr Size kSmallest{640, 480};
constexpr Size kLargest{3840, 2160};  // of a screen that we paint; a wall of monitors has black beside it

bool same_key(const KeyEvent& a, const KeyEvent& b) {
  return a.scancode == b.scancode && a.keysym == b.keysym && a.unicode == b.unicode;
}

}  // namespace

void Stage::set_client(Size size, std::uint32_t keyboard_layout) {
  const std::lock_guard lock(mutex_);
  if (size.acceptable()) {
    client_size_ = {std::clamp(size.width, kSmallest.width, kLargest.width),
                    std::clamp(size.height, kSmallest.height, kLargest.height)};
  }
  keyboard_ = std::make_unique<Keyboard>(keyboard_layout);
}

std::uint64_t Stage::raise(Dialog dialog) {
  let_go();
  ++showing_;
  answer_.reset();
  state_ = std::make_unique<DialogState>(std::move(dialog));
  behind_ = surface_.target();
  paint_now();
  answered_.notify_all();
  return showing_;
}

void Stage::paint_now() {
  const Size size = behind_.size().empty() ? client_size_ : behind_.size();
  Painting painting = paint(*state_, size, behind_);
  state_->painted(std::move(painting.layout));
  surface_.cover(std::move(painting.picture), arrow(size));
}

std::optional<Answer> Stage::ask(Dialog dialog, std::optional<Clock::time_point> until) {
  std::unique_lock lock(mutex_);
  if (closed_) return std::nullopt;
  const std::uint64_t mine = raise(std::move(dialog));
  const auto settled = [&] { return answer_.has_value() || closed_ || showing_ != mine; };
  if (until) answered_.wait_until(lock, *until, settled);
  else answered_.wait(lock, settled);
  if (showing_ != mine || !answer_) return std::nullopt;
  return std::exchange(answer_, std::nullopt);
}

std::uint64_t Stage::show(Dialog dialog) {
  const std::lock_guard lock(mutex_);
  return raise(std::move(dialog));
}

void Stage::reword(std::uint64_t number, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (number != showing_ || !state_ || state_->dialog.text == text) return;
  state_->dialog.text = text;
  paint_now();
}

std::optional<Answer> Stage::answer_within(std::uint64_t number, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  answered_.wait_for(lock, patience, [&] { return answer_.has_value() || closed_ || showing_ != number; });
  if (showing_ != number || !answer_) return std::nullopt;
  return std::exchange(answer_, std::nullopt);
}

void Stage::clear(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (number == showing_) uncover();
}

void Stage::uncover() {
  ++showing_;
  state_.reset();
  behind_ = Frame();
  if (!surface_.target().size().empty()) surface_.uncover();
  answered_.notify_all();
}

void Stage::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  answered_.notify_all();
}

void Stage::press(std::size_t button) {
  if (answer_) return;  // the one that asked has not woken yet
  if (state_->dialog.goes_when_answered) return uncover();
  answer_.emplace();
  answer_->button = button;
  answer_->choice = state_->choice;
  for (const Field& field : state_->dialog.fields) answer_->fields.push_back(Secret::from_text(field.text));
  answered_.notify_all();
}

void Stage::set_target(InputSink* target) {
  const std::lock_guard lock(mutex_);
  if (target == nullptr) let_go();
  target_ = target;
}

void Stage::lock_input(bool locked) {
  const std::lock_guard lock(mutex_);
  if (locked) let_go();
  locked_ = locked;
  if (!locked && target_ && missed_locks_) target_->lock_keys(*std::exchange(missed_locks_, std::nullopt));
}

bool Stage::locked() const {
  const std::lock_guard lock(mutex_);
  return locked_;
}

Stage::Clock::time_point Stage::last_input() const {
  const std::lock_guard lock(mutex_);
  return last_input_;
}

// A key or a button that went down on the target must come up there, whatever shows by then.
void Stage::let_go() {
  for (KeyEvent& event : down_) {
    event.down = false;
    if (target_) target_->key(event);
  }
  down_.clear();
  if (target_ && passed_.buttons != 0) target_->pointer({.position = passed_.position});
  kept_buttons_ |= std::exchange(passed_, {}).buttons;
}

void Stage::key(const KeyEvent& event) {
  const std::lock_guard lock(mutex_);
  last_input_ = Clock::now();
  if (state_) {
    std::optional<std::size_t> button;
    for (const KeysymStroke& stroke : keyboard_->translate(event))
      if (const auto pressed = state_->key(stroke); pressed && !button) button = pressed;
    if (button) press(*button);
    else if (event.down) paint_now();
    return;
  }
  // Also what it does not see now: which modifiers are down when a screen comes.
  keyboard_->translate(event);
  const auto held = std::find_if(down_.begin(), down_.end(), [&](const KeyEvent& other) { return same_key(other, event); });
  if (!event.down && held == down_.end()) return;  // it went down on a screen of ours, or while locked
  if (locked_ || !target_) return;
  if (!event.down) down_.erase(held);
  else if (held == down_.end() && down_.size() < kMaxKeysDown) down_.push_back(event);
  target_->key(event);
}

void Stage::pointer(const PointerEvent& event) {
  const std::lock_guard lock(mutex_);
  last_input_ = Clock::now();
  if (state_ || locked_) kept_buttons_ = event.buttons;
  if (state_) {
    const std::size_t focus = state_->focus, choice = state_->choice;
    const int scrolled = state_->scrolled;
    if (const auto button = state_->pointer(event)) press(*button);
    else if (focus != state_->focus || choice != state_->choice || scrolled != state_->scrolled) paint_now();
    return;
  }
  if (locked_ || !target_) return;
  kept_buttons_ &= event.buttons;
  PointerEvent passed = event;
  passed.buttons &= static_cast<std::uint8_t>(~kept_buttons_);
  passed_ = passed;
  target_->pointer(passed);
}

void Stage::lock_keys(const LockKeys& state) {
  const std::lock_guard lock(mutex_);
  keyboard_->lock_keys(state);
  if (locked_) missed_locks_ = state;
  else if (target_) target_->lock_keys(state);
}

void Stage::set_clipboard_gate(std::function<bool(const std::string*)> gate) {
  const std::lock_guard lock(mutex_);
  clipboard_gate_ = std::move(gate);
}

std::optional<bool> Stage::clipboard_offered() {
  const std::lock_guard lock(mutex_);
  if (state_ || !target_ || !clipboard_gate_) return std::nullopt;
  return !locked_ && clipboard_gate_(nullptr);
}

void Stage::clipboard(const std::string& text) {
  const std::lock_guard lock(mutex_);
  last_input_ = Clock::now();
  if (state_ || locked_ || !target_ || !clipboard_gate_ || !clipboard_gate_(&text)) return;
  target_->clipboard(text);
}

void Stage::request_screen(const ScreenWish& wish) {
  const std::lock_guard lock(mutex_);
  if (target_) target_->request_screen(wish);
}

}  // namespace frostgate::relay::screens
