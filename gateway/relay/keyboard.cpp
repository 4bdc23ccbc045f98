#include "gateway/relay/keyboard.h"

namespace frostgate::relay {
namespace {
constexpr std::uint64_t kNoScancode = std::uint64_t{1} << 32;
constexpr std::uint16_t kPause = kExtended1Key | 0x1d, kControlLeft = 0x1d, kCapsLock = 0x3a, kNumLock = 0x45;
constexpr std::uint32_t kControlLeftKeysym = 0xffe3, kShiftLeft = 0xffe1, kShiftRight = 0xffe2;
constexpr std::size_t kMaxKeysDown = 256;  // no keyboard has more
}  // namespace

std::vector<KeysymStroke> Keyboard::translate(const KeyEvent& event) {
  // RDP sends Pause as E1 1D followed by 45, which alone would be Num Lock (MS-RDPBCGR 2.2.8.1.1.3.1.1.1).
  if (event.scancode == kPause) in_pause_ = true;
  if (event.scancode == kNumLock && in_pause_) {
    in_pause_ = false;
    return {};
  }
  if (event.down && event.keysym == 0 && event.scancode == kCapsLock) caps_ = !caps_;
  if (event.down && event.keysym == 0 && event.scancode == kNumLock) num_ = !num_;

  const bool by_scancode = event.keysym == 0 && event.scancode != 0;
  const std::uint32_t made = keysym_for(event);
  const std::uint64_t key = by_scancode ? event.scancode : kNoScancode + made;
  const auto held = down_.find(key);
  if (!event.down) {
    if (held == down_.end()) return {};
    const std::uint32_t keysym = held->second;
    down_.erase(held);
    return {{keysym, false}};
  }
  if (held != down_.end()) return {{held->second, true}};  // the key repeats
  if (made == 0 || down_.size() >= kMaxKeysDown) return {};
  std::vector<KeysymStroke> strokes;
  // Windows makes AltGr of Control and Alt: the Control that comes with it would turn the character into a command.
  if (made == kLevel3Shift && down_.erase(kControlLeft) > 0) strokes.push_back({kControlLeftKeysym, false});
  down_.emplace(key, made);
  strokes.push_back({made, true});
  return strokes;
}

void Keyboard::lock_keys(const LockKeys& state) {
  caps_ = state.caps;
  num_ = state.num;
}

std::uint32_t Keyboard::keysym_for(const KeyEvent& event) {
  if (event.keysym != 0) return event.keysym;
  return event.scancode != 0 ? keysym_for_scancode(event.scancode) : keysym_for_unicode(event.unicode);
}

std::uint32_t Keyboard::keysym_for_scancode(std::uint16_t scancode) {
  const Modifiers modifiers{.shift = holds(kShiftLeft) || holds(kShiftRight),
                            .altgr = holds(kLevel3Shift),
                            .caps = caps_,
                            .num = num_};
  return keysym_of(scancode, modifiers, layout_);
}

std::uint32_t Keyboard::keysym_for_unicode(std::uint16_t unit) {
  if (unit >= 0xd800 && unit <= 0xdbff) {
    high_surrogate_ = unit;
    return 0;
  }
  if (unit < 0xdc00 || unit > 0xdfff) return keysym_of_unicode(unit);
  if (high_surrogate_ == 0) return 0;
  return keysym_of_unicode(0x10000 + ((high_surrogate_ - 0xd800) << 10) + (unit - 0xdc00));
}

bool Keyboard::holds(std::uint32_t keysym) const {
  for (const auto& [key, made] : down_)
    if (made == keysym) return true;
  return false;
}

}  // namespace frostgate::relay
