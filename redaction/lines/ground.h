// What type stands on: the background of a piece of ink, and where another one begins. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Colours this close are one background.
inline constexpr int kSameBackground = 8;

// The most frequent colour in and right around `box`, or only around it where the box is high enough for its ink to be more
// than its paper; of at most some hundred samples. Of equals the smallest.
Colour modal_colour(FrameView frame, const Rect& box);

// Where another background stands for several columns (another window, a selection, a block cursor) the line ends.
std::vector<LineBox> split_backgrounds(FrameView frame, const LineBox& line);

// Tight around what really differs from the background, a row above and below included, without the edges of a selection or
// a field; empty for a solid block (a cursor, a bar), which has nothing but its own edge on it.
LineBox tight_on_ground(FrameView frame, const LineBox& line);

// Whether the pixels right around the line's box have its background's colour, exactly, as they have around faint or tiny
// type on paper, and not around a speck of a photo.
bool on_paper(FrameView frame, const LineBox& line);

// Whether enough of the box has the background's colour, and the row of ink runs level, so that a reading can be trusted:
// type on gradients and photos and slanted type read as something, but not as what they say.
bool trustworthy(FrameView frame, const LineBox& line);

// Whether the ink ends where the line's box does, above and below: a slice of larger type goes on there.
bool stands_alone(FrameView frame, const LineBox& line);

}  // namespace frostgate::redaction
