// Text in the encoding of Windows' protocols and files.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace frostgate {

// UTF-16LE without byte order mark or terminator; nullopt when `utf8` is not UTF-8.
std::optional<std::vector<std::byte>> to_utf16(std::string_view utf8);

}  // namespace frostgate
