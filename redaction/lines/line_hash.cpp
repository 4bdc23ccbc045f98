#include "redaction/lines/line_hash.h"

#include <bit>

#include "redaction/lines/colour.h"

namespace frostgate::redaction {
namespace {

class SipHash {
 public:
  explicit SipHash(const std::array<std::uint64_t, 2>& key)
      : v0_(key[0] ^ 0x736f6d6570736575), v1_(key[1] ^ 0x646f72616e646f6d ^ 0xee),
        v2_(key[0] ^ 0x6c7967656e657261), v3_(key[1] ^ 0x7465646279746573) {}

  void add(std::uint64_t word) {
    v3_ ^= word;
    round();
    v0_ ^= word;
  }

  LineHash finish() {
    v2_ ^= 0xee;
    for (int i = 0; i < 3; ++i) round();
    const std::uint64_t low = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xdd;
    for (int i = 0; i < 3; ++i) round();
    return {low, v0_ ^ v1_ ^ v2_ ^ v3_};
  }

 private:
  void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace

// Two at a time: a hash waits for itself from word to word.
LineHash hash_line(FrameView frame, const Rect& box, const std::array<std::uint64_t, 2>& key) {
  SipHash hash(key), other({~key[0], key[1]});
  hash.add(static_cast<std::uint64_t>(box.width) << 32 | static_cast<std::uint32_t>(box.height));
  const auto pair = [](const std::uint8_t* pixels) {
    return colour_of(pixels) | static_cast<std::uint64_t>(colour_of(pixels + kBytesPerPixel)) << 32;
  };
  for (int y = box.y; y < box.bottom(); ++y) {
    const std::uint8_t* pixels = frame.at(box.x, y);
    int left = box.width;
    for (; left >= 4; left -= 4, pixels += 4 * kBytesPerPixel) {
      hash.add(pair(pixels));
      other.add(pair(pixels + 2 * kBytesPerPixel));
    }
    for (; left > 0; --left, pixels += kBytesPerPixel) hash.add(colour_of(pixels));
  }
  const LineHash rest = other.finish();
  hash.add(rest.low);
  hash.add(rest.high);
  return hash.finish();
}

}  // namespace frostgate::redaction
