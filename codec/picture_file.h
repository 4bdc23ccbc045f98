// A single picture as a PNG file's bytes (RFC 2083), without loss.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/result.h"

namespace frostgate::codec {

// The same picture gives the same bytes. ErrorKind::unsupported when this FFmpeg has no PNG encoder, invalid for no pixels.
Result<std::vector<std::byte>> encode_png(const FrameView& picture);

// Opaque, whatever the file says of transparency. The bytes are hostile: ErrorKind::invalid for what is no PNG file, or one that is
// larger than `most` in a direction, corrupt for one that breaks off.
Result<Frame> decode_png(std::span<const std::byte> file, Size most);

}  // namespace frostgate::codec
