// One key going down or up, as it is noted in the keystroke stream of a journal: under a key of its own, which is
// destroyed once the recording has been redacted. So are short texts that went over the clipboard.
#pragma once

#include <cstddef>
#include <cstdint>

#include "codec/base/secret.h"
#include "codec/base/time.h"

namespace frostgate {

struct Keystroke {
  SessionTime at{};
  std::uint32_t keysym = 0;  // X11 keysym (RFC 6143 7.5.4), the user's keyboard layout applied; never 0
  bool down = false;
  friend bool operator==(const Keystroke&, const Keystroke&) = default;
};

using Keystrokes = SecretVector<Keystroke>;

inline constexpr std::size_t kLongestCopied = 256;  // bytes of such a text

}  // namespace frostgate
