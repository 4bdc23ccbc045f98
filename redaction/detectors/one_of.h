// Whether a word stands in a short list.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace frostgate::redaction {

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace frostgate::redaction
