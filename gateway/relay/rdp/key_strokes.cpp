#include "gateway/relay/rdp/key_strokes.h"

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
    press(event, strokes);
  } else if (const auto key = keys_down_.find(event.keysym); key != keys_down_.end()) {
    add(key->second, false, strokes);
    keys_down_.erase(key);
  }
  return strokes;
}

void KeyStrokes::press(const KeyEvent& event, std::vector<Stroke>& strokes) {
  const auto key = stroke_of(event.keysym, layout_);
  const char32_t character = unicode_of_keysym(event.keysym);
  if (!key) {
    // Nothing on the target's keyboard makes it: the character itself, pressed and released.
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
    return;
  }
  keys_down_[event.keysym] = key->scancode;
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
