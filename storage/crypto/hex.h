// Bytes as lower-case hexadecimal text.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace frostgate::storage {

std::string to_hex(std::span<const std::byte> bytes);

}  // namespace frostgate::storage
