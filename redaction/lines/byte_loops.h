// The loops over rows of pixels that finding lines spends its time in, as plain loops over bytes that the compiler makes
// wide instructions of, or, where none does, by SSE2's. `count` is in bytes, `pixels` in pixels of four bytes; nothing may overlap but equal pointers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "redaction/lines/colour.h"

namespace frostgate::redaction {

// out[i] = |a[i] - b[i]|
void differences(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, std::size_t count);
// out[i] = max(|a[i] - b[i]|, |a[i] - c[i]|)
void largest_differences(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c, std::uint8_t* out, std::size_t count);
// out[i] = max(out[i], a[i])
void largest(const std::uint8_t* a, std::uint8_t* out, std::size_t count);
// sums[i] += a[i]
void add_up(const std::uint8_t* a, std::uint16_t* sums, std::size_t count);
// flags[i] is 1 where one of the three colours of pixel i is more than `limit`, and 0 elsewhere; `room` holds four bytes a
// pixel.
void exceeding(const std::uint8_t* values, std::uint8_t limit, std::uint8_t* room, std::uint8_t* flags, std::size_t pixels);
// The same as bits, the first pixel lowest, into words that are 0.
void bits_exceeding(const std::uint8_t* values, std::uint8_t limit, std::uint64_t* bits, std::size_t pixels);

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
