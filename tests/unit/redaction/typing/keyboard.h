// Somebody who types.
#pragma once

#include <string>

#include "codec/base/keystroke.h"

namespace frostgate::redaction {

inline constexpr std::uint32_t kEnter = 0xff0d, kTabKey = 0xff09, kBackSpaceKey = 0xff08, kLeftKey = 0xff51, kHomeKey = 0xff50,
                               kEndKey = 0xff57, kDeleteKey = 0xffff, kControlKey = 0xffe3, kShiftKey = 0xffe1;

class Typist {
 public:
  explicit Typist(SessionTime at = {}, Microseconds pace = std::chrono::milliseconds(100)) : at_(at), pace_(pace) {}

  Typist& press(std::uint32_t keysym) {
    keystrokes_.push_back({at_, keysym, true});
    keystrokes_.push_back({at_ + pace_ / 2, keysym, false});
    at_ += pace_;
    return *this;
  }
  Typist& text(const std::string& latin) {
    for (const char c : latin) press(static_cast<unsigned char>(c));
    return *this;
  }
  Typist& control(char letter) {
    keystrokes_.push_back({at_, kControlKey, true});
    press(static_cast<unsigned char>(letter));
    keystrokes_.push_back({at_, kControlKey, false});
    return *this;
  }
  Typist& wait_until(SessionTime at) {
    at_ = at;
    return *this;
  }
  SessionTime now() const { return at_; }
  const Keystrokes& keystrokes() const { return keystrokes_; }

 private:
  SessionTime at_;
  Microseconds pace_;
  Keystrokes keystrokes_;
};

}  // namespace frostgate::redaction
