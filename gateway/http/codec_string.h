// What a browser must know of a film's coding before its first byte (RFC 6381 3.3).
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace frostgate::http {

// Of an init segment: "video/mp4; codecs=\"avc1.64001f\""; without the codec when there is no H.264 configuration in it
// (ISO/IEC 14496-15 5.3.3.1, box avcC).
std::string mime_of(std::span<const std::byte> init);

}  // namespace frostgate::http
