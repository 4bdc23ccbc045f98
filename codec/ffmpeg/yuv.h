// BGRX to the planes of 4:2:0, BT.709, limited range (ITU-R BT.709-6 3.3 to 3.5).
#pragma once

#include <cstdint>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

inline Size padded_to_even(Size size) { return {(size.width + 1) & ~1, (size.height + 1) & ~1}; }

// A writable yuv420p picture with all of its luma at `black`: 16 in limited range, 0 in full.
Result<Picture> black_picture(Size size, std::uint8_t black = 16);

// Converts `rect` of `source`, grown to even sides. `to` has source's size padded to even; the padding repeats the last column and row.
void convert(FrameView source, const Rect& rect, AVFrame& to);

}  // namespace frostgate::codec::ffmpeg
