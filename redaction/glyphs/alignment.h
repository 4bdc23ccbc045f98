// Which characters of an engine's reading stand where which glyphs of the line are. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "redaction/glyphs/glyph.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

// What the atlas knows of a place in the line; an empty label where it knows nothing.
struct Place {
  int left = 0;
  int right = 0;
  Label label;
};

// `places` places and `characters` characters say the same. One of the two counts is 1, unless nothing was found.
struct Pairing {
  std::size_t place = 0;
  std::size_t places = 0;
  std::size_t character = 0;
  std::size_t characters = 0;
  bool in_order = false;  // and the neighbours on both sides are paired too
};

// The cheapest pairing in reading order. `characters` have no spaces and the same columns as the places; their boxes
// may be off by half a character. On a grid a place is one character, else several may touch or one be in two pieces.
std::vector<Pairing> align(std::span<const Place> places, std::span<const Character> characters, bool grid, int height);

}  // namespace frostgate::redaction
