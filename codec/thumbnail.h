// A small picture of what may be seen, as a JPEG file's bytes.
#pragma once

#include <cstddef>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/base/result.h"

namespace frostgate::codec {

inline constexpr int kThumbnailWidth = 320;

struct Thumbnail {
  Size size;  // of the same shape as the frame, kThumbnailWidth wide at most
  std::vector<std::byte> jpeg;
};

// The same frame gives the same bytes. `unsupported` when this FFmpeg has no JPEG encoder.
Result<Thumbnail> make_thumbnail(const ClearedFrame& frame);

}  // namespace frostgate::codec
