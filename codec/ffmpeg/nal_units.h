// H.264 as a byte stream with start codes (ITU-T H.264 annex B), and as MP4 holds it, with lengths (ISO/IEC 14496-15).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

using NalUnits = std::vector<std::span<const std::uint8_t>>;

NalUnits split_byte_stream(std::span<const std::uint8_t> stream);
// The parameter sets of an avcC box, sequence first; nothing when it is damaged.
NalUnits split_configuration(std::span<const std::uint8_t> configuration);
// Whether pictures by this encoder can stand in one track with those of an MP4's stream.
bool same_parameter_sets(const AVCodecContext& encoder, const AVCodecParameters& stream);
// A packet's byte stream with a length of four bytes before each unit.
std::vector<std::uint8_t> with_lengths(const AVPacket& packet);

}  // namespace frostgate::codec::ffmpeg
