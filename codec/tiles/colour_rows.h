// Rows of pixels, as a Frame has them, and of colours, as tiles have them: blue, green, red. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace frostgate::codec {

// `count` pixels to as many colours: 3 * count bytes are written, and no other.
void pack_colours(const std::uint8_t* pixels, int count, std::byte* colours);

// `count` colours to as many pixels, whose fourth byte is 0.
void unpack_colours(const std::byte* colours, int count, std::uint8_t* pixels);

// Colours of which each is the difference to the one before it in the row, the first to black.
void add_up_colours(const std::byte* differences, int count, std::uint8_t* pixels);

}  // namespace frostgate::codec
