// How long a video file says that it is, by the frame of its container: of one that was cut this lies behind its end. Hostile bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "codec/ffmpeg/byte_source.h"

namespace frostgate::codec::ffmpeg {

// In bytes, at least: of ISO files (MP4, QuickTime; ISO/IEC 14496-12 4.2), Matroska and WebM (RFC 9559 4.5, RFC 8794 6) and AVI; nothing of others, and of
// those that do not say (recordings that were not ended). `source` can seek, and stands at its beginning afterwards.
std::optional<std::int64_t> stated_end(ByteSource& source);

}  // namespace frostgate::codec::ffmpeg
