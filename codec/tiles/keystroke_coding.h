// Keystrokes as bytes, for the journal's keystroke stream. FORMAT.md in this folder is the layout. Values only.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "codec/base/keystroke.h"
#include "codec/base/result.h"

namespace frostgate::codec {

// The time is the journal entry's.
std::array<std::byte, 5> encode_keystroke(const Keystroke& keystroke);

// The bytes are hostile: whatever is not exactly one keystroke is ErrorKind::corrupt.
Result<Keystroke> decode_keystroke(SessionTime at, std::span<const std::byte> bytes);

}  // namespace frostgate::codec
