// Text as the bytes that a peer sends or a file holds.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace frostgate {

inline std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace frostgate
