// Events as bytes, for the journal. FORMAT.md in this folder is the layout. Values only.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "codec/base/event.h"
#include "codec/base/result.h"

namespace frostgate::codec {

// A text longer than this is cut when it is encoded (at a UTF-8 character), and refused when it is decoded.
inline constexpr std::size_t kMaxEventText = 1024;

std::vector<std::byte> encode_event(const EventBody& body);

// The bytes are hostile: whatever is not exactly one event of a known tag is ErrorKind::corrupt.
Result<EventBody> decode_event(std::span<const std::byte> bytes);

}  // namespace frostgate::codec
