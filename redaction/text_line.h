// A line of text as it was read off the screen. Values only.
#pragma once

#include <vector>

#include "codec/base/geometry.h"

namespace frostgate::redaction {

// Boxes are in screen pixels.
struct Character {
  char32_t code = 0;
  Rect box;
  float confidence = 0;  // 0 to 1

  friend bool operator==(const Character&, const Character&) = default;
};

// Spaces are characters too: U+0020 with the gap's box. Characters are in reading order.
struct TextLine {
  Rect box;
  std::vector<Character> characters;
  // The column at which the ground of the line ends (a border, another window), where a terminal would wrap; 0 when
  // it is not known.
  int panel_end = 0;
  // Whether it was read with enough confidence to decide by its text. A line that is not is covered.
  bool readable = false;
};

}  // namespace frostgate::redaction
