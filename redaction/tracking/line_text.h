// What a line says, for telling it from others: without spaces, and the characters that OCR takes for each other made one. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// With where each character stands, on the screen.
struct Characters {
  std::u32string text;
  std::vector<Rect> boxes;
};

Characters characters_of(const LiveLine& line);

// Of the characters whose middle stands in the columns of `box`.
std::u32string text_in(const LiveLine& line, const Rect& box);

// Where the longest run ends that both have, and how long it is.
struct SharedRun {
  std::size_t length = 0;
  std::size_t end_a = 0;
  std::size_t end_b = 0;
};

SharedRun longest_shared_run(const std::u32string& a, const std::u32string& b);

// From so many characters on a shared run means something.
inline constexpr std::size_t kSharedCharacters = 4;

}  // namespace frostgate::redaction
