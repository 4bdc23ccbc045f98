#include "gateway/relay/rdp/key_strokes.h"

#include <utility>

#include "gateway/relay/keymap.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::uint16_t kLeftShift = 0x2A, kRightShift = 0x36, kControl = 0x1D, kAlt = 0x38;
constexpr std::uint16_t kRightControl = kExtendedKey | kControl, kAltGr = kExtendedKey | kAlt;

bool is_modifier(std::uint16_t scancode) {
  return scancode == kLeftShift || scancode == kRightShift || scancode == kControl || scancode == kAlt ||
         scancode == kRightControl || scancode == kAltGr;
}

}  // namespace

void KeyStrokes::add(std::uint16_t scancode, bool down, std::vector<Stroke>& strokes) {
  strokes.push_back({.down = down, .scancode = scancode});
  if (!is_modifier(scancode)) return;
  if (down) {
    held_.insert(scancode);
  } else {
    held_.erase(scancode);
  }
}

std::vector<Stroke> KeyStrokes::of(const KeyEvent& event) {
  std::vector<Stroke> strokes;
  if (event.scancode != 0) {
    add(event.scancode, event.down, strokes);
  } else if (event.unicode != 0) {
    strokes.push_back({.down = event.down, .unicode = event.unicode});
  } else if (event.down) {
    press(event.keysym, strokes);
  } else if (const auto key = keys_down_.find(event.keysym); key != keys_down_.end()) {
    add(key->second, false, strokes);
    keys_down_.erase(key);
  }
  return strokes;
}

void KeyStrokes::press(std::uint32_t keysym, std::vector<Stroke>& strokes) {
  const auto key = stroke_of(keysym, layout_);
  if (key && is_modifier(key->scancode)) return press_key(keysym, keysym, strokes);
  const std::uint32_t waiting = std::exchange(dead_key_, is_dead_key(keysym) && !key ? keysym : 0);
  if (waiting == 0) {
    if (dead_key_ == 0) press_key(keysym, keysym, strokes);
    return;
  }
  const char32_t character = unicode_of_keysym(keysym);
  // Twice, or with a blank, it is meant itself.
  const char32_t made = character == ' ' || keysym == waiting ? spacing_of(waiting) : composed(waiting, character);
  if (keysym == waiting) dead_key_ = 0;
  if (made != 0) return press_key(keysym_of_unicode(made), keysym, strokes);
  // No letter has it. What is no character, like Escape, takes it back.
  if (character != 0 || dead_key_ != 0) type(spacing_of(waiting), strokes);
  if (dead_key_ == 0) press_key(keysym, keysym, strokes);
}

// Pressed and released, by no key: nothing on the target's keyboard makes it.
void KeyStrokes::type(char32_t character, std::vector<Stroke>& strokes) {
  if (character == 0 || character > 0x10FFFF) return;
  std::vector<std::uint16_t> units;
  if (character < 0x10000) {
    units = {static_cast<std::uint16_t>(character)};
  } else {
    units = {static_cast<std::uint16_t>(0xD800 + ((character - 0x10000) >> 10)),
             static_cast<std::uint16_t>(0xDC00 + ((character - 0x10000) & 0x3FF))};
  }
  for (const auto unit : units) strokes.push_back({.down = true, .unicode = unit});
  for (const auto unit : units) strokes.push_back({.down = false, .unicode = unit});
}

void KeyStrokes::press_key(std::uint32_t keysym, std::uint32_t cause, std::vector<Stroke>& strokes) {
  const auto key = stroke_of(keysym, layout_);
  const char32_t character = unicode_of_keysym(keysym);
  if (!key) return type(character, strokes);
  keys_down_[cause] = key->scancode;
  const bool printable = character >= 0x20 && character != 0x7F && !is_modifier(key->scancode);
  const bool commanding = held(kControl) || held(kRightControl) || held(kAlt);
  if (!printable || commanding) return add(key->scancode, true, strokes);

  std::vector<std::uint16_t> toggled;
  for (const auto shift : {kLeftShift, kRightShift}) {
    if (held(shift) && !key->shift) toggled.push_back(shift);
  }
  if (key->shift && !held(kLeftShift) && !held(kRightShift)) toggled.push_back(kLeftShift);
  if (key->altgr != held(kAltGr)) toggled.push_back(kAltGr);
  for (const auto modifier : toggled) add(modifier, !held(modifier), strokes);
  add(key->scancode, true, strokes);
  for (const auto modifier : toggled) add(modifier, !held(modifier), strokes);
}

}  // namespace frostgate::relay::rdp
