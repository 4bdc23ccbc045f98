// The loops over rows of pixels that finding lines spends its time in, as loops that the compiler makes wide instructions of.
// `count` is in bytes, `pixels` in pixels of four bytes, of which the fourth is never looked at; nothing may overlap but equal pointers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "redaction/lines/colour.h"

namespace frostgate::redaction {

// sums[i] += a[i]
void add_up(const std::uint8_t* a, std::uint16_t* sums, std::size_t count);
// flags[i] is 1 where pixel i is farther than `limit` from the colour (colour.h), and 0 elsewhere.
void flag_far(const std::uint8_t* row, Colour colour, int limit, std::uint8_t* flags, std::size_t pixels);
// How far each channel of a row is from the colour: farthest[i] = max(farthest[i], that), four bytes a pixel.
void raise_distances(const std::uint8_t* row, Colour colour, std::uint8_t* farthest, std::size_t pixels);

// Pixels that differ by more than `strong`, or `faint`, from the one before them or the one above: a bit each, the first pixel
// lowest, into words that are 0. The pixel before the first one is read.
struct EdgeBits {
  std::uint64_t* strong;
  std::uint64_t* faint;
};
void mark_edges(const std::uint8_t* row, const std::uint8_t* above, std::uint8_t strong, std::uint8_t faint, EdgeBits bits, std::size_t pixels);

// Pixels of a row that are ink, and those of them that have the same colour in another row.
struct InkCount {
  int ink = 0;
  int same = 0;
};
// Ink is what is farther than `limit` from the background (colour.h).
InkCount count_ink(const std::uint8_t* row, const std::uint8_t* other, Colour background, int limit, std::size_t pixels);

// Whether each pixel of a row is of that colour.
bool all_of_colour(const std::uint8_t* row, Colour colour, std::size_t pixels);

// Of the places whose flag is 1: how many, their sum, and the sum of their squares.
struct Moments {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
};
Moments moments(const std::uint8_t* flags, std::size_t count);

}  // namespace frostgate::redaction
