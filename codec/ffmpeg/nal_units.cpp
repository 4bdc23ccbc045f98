#include "codec/ffmpeg/nal_units.h"

#include <algorithm>

namespace frostgate::codec::ffmpeg {

NalUnits split_byte_stream(std::span<const std::uint8_t> stream) {
  NalUnits units;
  std::size_t begin = 0;
  bool inside = false;
  const auto close = [&](std::size_t end) {
    while (end > begin && stream[end - 1] == 0) --end;  // zeros belong to the next start code
    if (inside && end > begin) units.push_back(stream.subspan(begin, end - begin));
  };
  for (std::size_t i = 0; i + 3 <= stream.size(); ++i) {
    if (stream[i] != 0 || stream[i + 1] != 0 || stream[i + 2] != 1) continue;
    close(i);
    begin = i + 3;
    inside = true;
    i += 2;
  }
  close(stream.size());
  return units;
}

NalUnits split_configuration(std::span<const std::uint8_t> configuration) {
  constexpr std::size_t kHead = 5;
  NalUnits units;
  if (configuration.size() < kHead + 1 || configuration[0] != 1) return {};
  std::size_t at = kHead;
  for (const std::uint8_t mask : {0x1f, 0xff}) {
    if (at >= configuration.size()) return {};
    for (int left = configuration[at++] & mask; left > 0; --left) {
      if (at + 2 > configuration.size()) return {};
      const std::size_t size = static_cast<std::size_t>(configuration[at]) << 8 | configuration[at + 1];
      at += 2;
      if (size > configuration.size() - at) return {};
      units.push_back(configuration.subspan(at, size));
      at += size;
    }
  }
  return units;
}

bool same_parameter_sets(const AVCodecContext& encoder, const AVCodecParameters& stream) {
  const auto span_of = [](const std::uint8_t* data, int size) {
    return std::span<const std::uint8_t>(data, static_cast<std::size_t>(std::max(size, 0)));
  };
  // What the encoder says about itself (SEI, type 6) is no parameter set.
  NalUnits ours = split_byte_stream(span_of(encoder.extradata, encoder.extradata_size));
  std::erase_if(ours, [](std::span<const std::uint8_t> unit) { return (unit[0] & 0x1f) == 6; });
  const NalUnits theirs = split_configuration(span_of(stream.extradata, stream.extradata_size));
  return !ours.empty() && stream.codec_id == AV_CODEC_ID_H264 &&
         std::ranges::equal(ours, theirs, [](auto a, auto b) { return std::ranges::equal(a, b); });
}

std::vector<std::uint8_t> with_lengths(const AVPacket& packet) {
  std::vector<std::uint8_t> out;
  for (const auto unit : split_byte_stream({packet.data, static_cast<std::size_t>(packet.size)})) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(unit.size() >> shift & 0xff));
    out.insert(out.end(), unit.begin(), unit.end());
  }
  return out;
}

}  // namespace frostgate::codec::ffmpeg
