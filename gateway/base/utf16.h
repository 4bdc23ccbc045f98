// Text in the encoding of Windows' protocols and files.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate {

// UTF-16LE without byte order mark or terminator; nullopt when `utf8` is not UTF-8.
std::optional<std::vector<std::byte>> to_utf16(std::string_view utf8);

// UTF-8 of UTF-16LE; what is none becomes U+FFFD.
std::string from_utf16(std::span<const std::byte> text);

}  // namespace frostgate
