#include "gateway/relay/screens/dialog.h"

#include <algorithm>

#include "codec/base/secret.h"
#include "gateway/relay/keymap.h"

namespace frostgate::relay::screens {
namespace {

constexpr std::uint32_t kBackSpace = 0xff08, kTab = 0xff09, kReturn = 0xff0d, kEscape = 0xff1b, kLeft = 0xff51, kUp = 0xff52,
                        kRight = 0xff53, kDown = 0xff54, kPageUp = 0xff55, kPageDown = 0xff56, kKeypadEnter = 0xff8d,
                        kShiftLeft = 0xffe1, kShiftRight = 0xffe2, kShiftTab = 0xfe20;
constexpr std::size_t kMaxTyped = 256;  // bytes
constexpr int kPageLines = 8;
constexpr int kHandTremor = 8;  // pixels that a mouse may move before it counts as moved

void append_utf8(std::string& text, char32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
  } else {
    text += {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
             static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
  }
}

void remove_last(std::string& text) {
  while (!text.empty() && (text.back() & 0xc0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

bool contains(const Rect& rect, Point point) { return rect.contains({point.x, point.y, 1, 1}); }

}  // namespace

DialogState::DialogState(Dialog what) : dialog(std::move(what)) {
  // So that what is typed is never copied by growing.
  for (Field& field : dialog.fields) field.text.reserve(kMaxTyped + 4);
  // Who types on while an approval comes must not press the button that leaves: it is pressed by the mouse, or once it was gone to.
  if (dialog.mood == Mood::waiting) focus = places();
  // What has been filled in already need not be typed again.
  while (focus + 1 < dialog.fields.size() && !dialog.fields[focus].text.empty()) ++focus;
}

DialogState::~DialogState() {
  for (Field& field : dialog.fields) wipe_memory(field.text.data(), field.text.capacity());
}

std::optional<std::size_t> DialogState::key(const KeysymStroke& stroke) {
  if (stroke.keysym == kShiftLeft || stroke.keysym == kShiftRight) shift_ = stroke.down;
  if (!stroke.down) return std::nullopt;
  if (dialog.any_input_answers) return 0;
  const bool nowhere = focus >= places();
  const bool on_button = !nowhere && focus >= button_focus(0);
  switch (stroke.keysym) {
    case kReturn:
    case kKeypadEnter:
      if (nowhere) return std::nullopt;
      // In a field that is not the last, Return goes on to the next.
      if (focus + 1 < dialog.fields.size()) return ++focus, std::nullopt;
      return on_button ? focus - button_focus(0) : 0;
    case kEscape:
      if (dialog.buttons.size() > 1) return dialog.buttons.size() - 1;
      return std::nullopt;
    case kShiftTab:
    case kTab:
      if (nowhere) focus = 0;
      else focus = (focus + (shift_ || stroke.keysym == kShiftTab ? places() - 1 : 1)) % places();
      return std::nullopt;
    case kUp: return dialog.choices.empty() ? scroll(-layout_.line_height) : choose(-1), std::nullopt;
    case kDown: return dialog.choices.empty() ? scroll(layout_.line_height) : choose(1), std::nullopt;
    case kPageUp: return dialog.choices.empty() ? scroll(-layout_.line_height * kPageLines) : choose(-kPageLines), std::nullopt;
    case kPageDown: return dialog.choices.empty() ? scroll(layout_.line_height * kPageLines) : choose(kPageLines), std::nullopt;
    case kLeft:
      if (on_button && focus > button_focus(0)) --focus;
      return std::nullopt;
    case kRight:
      if (on_button && focus + 1 < places()) ++focus;
      return std::nullopt;
    case kBackSpace:
      if (focus < dialog.fields.size()) remove_last(dialog.fields[focus].text);
      return std::nullopt;
    case ' ':
      if (on_button) return focus - button_focus(0);
      [[fallthrough]];
    default: type(unicode_of_keysym(stroke.keysym)); return std::nullopt;
  }
}

std::optional<std::size_t> DialogState::pointer(const PointerEvent& event) {
  const Layout& layout = layout_;
  const bool pressed = (event.buttons & ~last_buttons_ & pointer_button::kLeft) != 0;
  last_buttons_ = event.buttons;
  if (event.wheel != 0) dialog.choices.empty() ? scroll(event.wheel < 0 ? 3 * layout.line_height : -3 * layout.line_height) : choose(event.wheel < 0 ? 1 : -1);
  if (dialog.any_input_answers) {
    if (!last_position_) last_position_ = event.position;
    const int moved = std::max(std::abs(event.position.x - last_position_->x), std::abs(event.position.y - last_position_->y));
    return pressed || moved > kHandTremor ? std::optional<std::size_t>(0) : std::nullopt;
  }
  if (!pressed) return std::nullopt;
  for (std::size_t i = 0; i < layout.fields.size(); ++i)
    if (contains(layout.fields[i], event.position)) focus = i;
  for (std::size_t i = 0; i < layout.choices.size(); ++i) {
    if (!contains(layout.choices[i], event.position)) continue;
    focus = dialog.fields.size();
    choice = i;
  }
  for (std::size_t i = 0; i < layout.buttons.size(); ++i)
    if (contains(layout.buttons[i], event.position)) return i;
  return std::nullopt;
}

void DialogState::type(char32_t character) {
  if (character < 0x20 || focus >= dialog.fields.size() || dialog.fields[focus].text.size() >= kMaxTyped) return;
  append_utf8(dialog.fields[focus].text, character);
}

void DialogState::choose(std::ptrdiff_t steps) {
  const auto last = static_cast<std::ptrdiff_t>(dialog.choices.size()) - 1;
  choice = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(choice) + steps, 0, last));
  focus = dialog.fields.size();
  const std::size_t shown = std::max<std::size_t>(layout_.choices_shown, 1);
  if (choice < first_choice) first_choice = choice;
  if (choice >= first_choice + shown) first_choice = choice + 1 - shown;
}

void DialogState::scroll(int pixels) { scrolled = std::clamp(scrolled + pixels, 0, std::max(layout_.text_overflow, 0)); }

}  // namespace frostgate::relay::screens
