// A single picture as a PNG file's bytes (RFC 2083), without loss.
#pragma once

#include <cstddef>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/result.h"

namespace frostgate::codec {

// The same picture gives the same bytes. ErrorKind::unsupported when this FFmpeg has no PNG encoder, invalid for no pixels.
Result<std::vector<std::byte>> encode_png(const FrameView& picture);

}  // namespace frostgate::codec
