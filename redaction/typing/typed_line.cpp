#include "redaction/typing/typed_line.h"

#include <algorithm>
#include <utility>

namespace frostgate::redaction {
namespace {

// X11's keysymdef.h.
constexpr std::uint32_t kBackSpace = 0xff08, kTab = 0xff09, kReturn = 0xff0d, kEscape = 0xff1b, kKeypadEnter = 0xff8d,
                        kBackTab = 0xfe20, kDelete = 0xffff, kKeypadDelete = 0xff9f, kHome = 0xff50, kLeft = 0xff51,
                        kUp = 0xff52, kRight = 0xff53, kDown = 0xff54, kEnd = 0xff57, kKeypadHome = 0xff95,
                        kKeypadLeft = 0xff96, kKeypadUp = 0xff97, kKeypadRight = 0xff98, kKeypadDown = 0xff99,
                        kKeypadEnd = 0xff9c, kControlLeft = 0xffe3, kControlRight = 0xffe4, kMetaLeft = 0xffe7,
                        kSuperRight = 0xffec;
// No line is longer; a longer one is taken in pieces.
constexpr std::size_t kLongestLine = 1024;
constexpr auto kForgottenAfter = std::chrono::seconds(5);

// 0: the key makes no character.
char32_t character_of(std::uint32_t keysym) {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return keysym;
  if (keysym >= 0xffaa && keysym <= 0xffb9) return keysym - 0xff80;  // the keypad's signs and digits
  if (keysym == 0x20ac) return keysym;                               // EuroSign
  return keysym >= 0x01000100 && keysym <= 0x0110ffff ? keysym - 0x01000000 : 0;
}

// Place in `held_` of a key that makes no text of what is typed with it.
std::optional<std::size_t> chord_key(std::uint32_t keysym) {
  if (keysym == kControlLeft || keysym == kControlRight) return keysym - kControlLeft;
  if (keysym >= kMetaLeft && keysym <= kSuperRight) return 2 + keysym - kMetaLeft;
  return std::nullopt;
}

bool ends_line(std::uint32_t keysym) {
  switch (keysym) {
    case kReturn: case kKeypadEnter: case kTab: case kBackTab: case kEscape:
    case kUp: case kDown: case kKeypadUp: case kKeypadDown: return true;
    default: return false;
  }
}

}  // namespace

std::optional<TypedText> TypedLine::key(const Keystroke& keystroke) {
  if (const auto place = chord_key(keystroke.keysym)) {
    held_[*place] = keystroke.down ? std::optional(keystroke.at) : std::nullopt;
    return std::nullopt;
  }
  if (!keystroke.down) return std::nullopt;
  if (ends_line(keystroke.keysym)) return end(keystroke.at);
  if (chord(keystroke.at)) return control(keystroke.keysym, keystroke.at);
  if (edit(keystroke.keysym)) return std::nullopt;
  const char32_t character = character_of(keystroke.keysym);
  if (character == 0) return std::nullopt;
  std::optional<TypedText> full;
  if (text_.characters.size() >= kLongestLine) full = end(keystroke.at);
  insert(character, keystroke.at);
  return full;
}

std::optional<TypedText> TypedLine::end(SessionTime at) {
  cursor_ = 0;
  if (text_.characters.empty()) return std::nullopt;
  text_.to = at;
  return std::exchange(text_, {});
}

// Control as a terminal and readline take it. Alt and Super make no text; what they do else is not known.
std::optional<TypedText> TypedLine::control(std::uint32_t keysym, SessionTime at) {
  switch (keysym | 0x20) {
    case 'c': case 'd': case 'g': case 'j': case 'm': case 'u': case 'z': return end(at);
    case 'a': edit(kHome); break;
    case 'b': edit(kLeft); break;
    case 'e': edit(kEnd); break;
    case 'f': edit(kRight); break;
    case 'h': edit(kBackSpace); break;
    case 'k': text_.characters.resize(cursor_); break;
    case 'w': erase_word(); break;
    default: break;
  }
  return std::nullopt;
}

bool TypedLine::edit(std::uint32_t keysym) {
  auto& characters = text_.characters;
  const auto at = [&] { return characters.begin() + static_cast<std::ptrdiff_t>(cursor_); };
  switch (keysym) {
    case kBackSpace:
      if (cursor_ > 0) --cursor_, characters.erase(at());
      return true;
    case kDelete: case kKeypadDelete:
      if (cursor_ < characters.size()) characters.erase(at());
      return true;
    case kLeft: case kKeypadLeft: cursor_ -= cursor_ > 0; return true;
    case kRight: case kKeypadRight: cursor_ += cursor_ < characters.size(); return true;
    case kHome: case kKeypadHome: cursor_ = 0; return true;
    case kEnd: case kKeypadEnd: cursor_ = characters.size(); return true;
    default: return false;
  }
}

void TypedLine::insert(char32_t character, SessionTime at) {
  if (text_.characters.empty()) text_.from = at;
  text_.to = at;
  text_.characters.insert(text_.characters.begin() + static_cast<std::ptrdiff_t>(cursor_), character);
  ++cursor_;
}

void TypedLine::erase_word() {
  while (cursor_ > 0 && text_.characters[cursor_ - 1] == U' ') edit(kBackSpace);
  while (cursor_ > 0 && text_.characters[cursor_ - 1] != U' ') edit(kBackSpace);
}

bool TypedLine::chord(SessionTime at) const {
  return std::any_of(held_.begin(), held_.end(), [&](const auto& since) { return since && at - *since < kForgottenAfter; });
}

}  // namespace frostgate::redaction
