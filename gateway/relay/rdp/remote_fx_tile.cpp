#include "gateway/relay/rdp/remote_fx_tile.h"

#include <algorithm>
#include <bit>

namespace frostgate::relay::rdp {
namespace {

// Bits from the highest of each byte on; beyond the end they are 0.
class Bits {
 public:
  explicit Bits(std::span<const std::byte> bytes) : bytes_(bytes) { fill(); }

  bool over() const { return have_ <= 0; }
  std::uint32_t take(int count) {  // up to 16
    if (count == 0) return 0;
    const auto value = static_cast<std::uint32_t>(window_ >> (64 - count));
    drop(count);
    return value;
  }
  // How many bits of that kind come before one of the other, which is dropped too.
  std::uint32_t take_run(bool ones) {
    std::uint32_t length = 0;
    while (!over()) {
      const std::uint64_t window = ones ? ~window_ : window_;
      const int same = std::min(window == 0 ? 64 : std::countl_zero(window), std::max(have_, 0));
      length += static_cast<std::uint32_t>(same);
      const bool ends = same < have_;
      drop(std::min(same + 1, have_));
      if (ends) break;
    }
    return length;
  }

 private:
  void drop(int count) {
    window_ = count >= 64 ? 0 : window_ << count;
    have_ -= count;
    if (have_ <= 32) fill();
  }
  void fill() {
    for (; have_ <= 56 && have_ >= 0 && next_ < bytes_.size(); have_ += 8) window_ |= std::to_integer<std::uint64_t>(bytes_[next_++]) << (56 - have_);
  }

  std::span<const std::byte> bytes_;
  std::size_t next_ = 0;
  std::uint64_t window_ = 0;  // the next bits, from the highest on
  int have_ = 0;              // of them; below 0: more were taken than there are
};

// A parameter that adapts itself (MS-RDPRFX 3.1.8.1.7.1): in eighths.
class Adaptive {
 public:
  int value() const { return eighths_ >> 3; }
  void change(int by) { eighths_ = std::clamp(eighths_ + by, 0, 80); }

 private:
  int eighths_ = 8;
};

// MS-RDPRFX 3.1.8.1.7.2.
std::uint32_t take_golomb_rice(Bits& bits, Adaptive& parameter) {
  const std::uint32_t prefix = bits.take_run(true);
  const int width = parameter.value();
  const std::uint32_t code = std::min<std::uint32_t>(prefix, 0xFFFF) << width | bits.take(width);
  if (prefix == 0) parameter.change(-2);
  else if (prefix > 1) parameter.change(static_cast<int>(std::min<std::uint32_t>(prefix, 80)));
  return code;
}

// MS-RDPRFX 3.1.8.1.7.3, RLGR1.
void decode_rlgr(std::span<const std::byte> coded, std::span<std::int16_t> to) {
  constexpr int kUpRun = 4, kDownRun = 6, kUpZero = 3, kDownValue = 3;
  std::ranges::fill(to, std::int16_t{0});
  Bits bits(coded);
  Adaptive run_length, magnitude;
  for (std::size_t at = 0; at < to.size() && !bits.over();) {
    if (run_length.value() > 0) {
      std::size_t run = 0;
      for (std::uint32_t zeros = bits.take_run(false); zeros > 0 && run < to.size(); --zeros) {
        run += std::size_t{1} << run_length.value();
        run_length.change(kUpRun);
      }
      if (bits.over()) return;  // zeros up to the end
      run += bits.take(run_length.value());
      const bool negative = bits.take(1) == 1;
      const auto value = static_cast<std::int32_t>(take_golomb_rice(bits, magnitude) + 1);
      run_length.change(-kDownRun);
      if (run >= to.size() - at) return;
      at += run;
      to[at++] = static_cast<std::int16_t>(negative ? -value : value);
    } else {
      const std::uint32_t code = take_golomb_rice(bits, magnitude);
      run_length.change(code == 0 ? kUpZero : -kDownValue);
      const auto half = static_cast<std::int32_t>((code + 1) / 2);
      to[at++] = static_cast<std::int16_t>((code & 1) != 0 ? -half : half);
    }
  }
}

std::int16_t word(std::int32_t value) { return static_cast<std::int16_t>(value); }

// The inverse wavelet transform of one line (MS-RDPRFX 3.1.8.1.2): `half` coefficients of each band become twice as many values.
void merge_line(const std::int16_t* low, const std::int16_t* high, std::int16_t* to, int half) {
  to[0] = word(low[0] - ((high[0] + high[0] + 1) >> 1));
  for (int n = 1; n < half; ++n) to[2 * n] = word(low[n] - ((high[n - 1] + high[n] + 1) >> 1));
  for (int n = 0; n + 1 < half; ++n) to[2 * n + 1] = word(high[n] * 2 + ((to[2 * n] + to[2 * n + 2]) >> 1));
  to[2 * half - 1] = word(high[half - 1] * 2 + to[2 * half - 2]);
}

// The same of `width` columns beside each other.
void merge_columns(const std::int16_t* low, const std::int16_t* high, std::int16_t* to, int half, int width) {
  for (int n = 0; n < half; ++n) {
    const std::int16_t *const l = low + n * width, *const h = high + n * width, *const before = n > 0 ? h - width : h;
    std::int16_t* const even = to + 2 * n * width;
    for (int x = 0; x < width; ++x) even[x] = word(l[x] - ((before[x] + h[x] + 1) >> 1));
  }
  for (int n = 0; n < half; ++n) {
    const std::int16_t *const h = high + n * width, *const even = to + 2 * n * width, *const after = n + 1 < half ? even + 2 * width : even;
    std::int16_t* const odd = to + (2 * n + 1) * width;
    for (int x = 0; x < width; ++x) odd[x] = word(h[x] * 2 + ((even[x] + after[x]) >> 1));
  }
}

// One level: the bands HL, LH, HH and LL of `side` x `side` behind each other become a picture of twice the side.
void transform_back(std::int16_t* bands, std::int16_t* halves, int side) {
  const int area = side * side, width = 2 * side;
  const std::int16_t *const hl = bands, *const lh = bands + area, *const hh = lh + area, *const ll = hh + area;
  for (int y = 0; y < side; ++y) {
    merge_line(ll + y * side, hl + y * side, halves + y * width, side);
    merge_line(lh + y * side, hh + y * side, halves + (side + y) * width, side);
  }
  merge_columns(halves, halves + side * width, bands, side, width);
}

std::uint32_t clamped(int value) { return static_cast<std::uint32_t>(std::clamp(value, 0, 255)); }

}  // namespace

void RemoteFxTile::decode(const Plane& plane, Coefficients& to) {
  // Where the bands are, and which number is theirs.
  struct Band {
    std::size_t at, size, number;
  };
  static constexpr Band kBands[] = {{0, 1024, 7},   {1024, 1024, 8}, {2048, 1024, 9}, {3072, 256, 4}, {3328, 256, 5},
                                    {3584, 256, 6}, {3840, 64, 1},   {3904, 64, 2},   {3968, 64, 3},  {4032, 64, 0}};
  decode_rlgr(plane.coded, to);
  // The coarsest band is told by what it differs from the value before.
  for (std::size_t i = kBands[9].at + 1; i < to.size(); ++i) to[i] = word(to[i] + to[i - 1]);
  for (const Band& band : kBands) {
    const int shift = std::clamp(plane.quantization[band.number] - 1, 0, 15);
    for (std::size_t i = band.at; i < band.at + band.size; ++i) to[i] = word(static_cast<std::int32_t>(static_cast<std::uint32_t>(to[i]) << shift));
  }
  transform_back(to.data() + 3840, half_.data(), 8);
  transform_back(to.data() + 3072, half_.data(), 16);
  transform_back(to.data(), half_.data(), 32);
}

void RemoteFxTile::decode(const std::array<Plane, 3>& planes) {
  for (std::size_t i = 0; i < planes.size(); ++i) decode(planes[i], planes_[i]);
  // MS-RDPRFX 3.1.8.1.3, the factors in 1/4096; the planes are in 1/32, and luma is around 128.
  constexpr int kOne = 4096, kRedOfCr = 5745, kGreenOfCb = 1408, kGreenOfCr = 2926, kBlueOfCb = 7250, kShift = 12 + 5;
  for (std::size_t i = 0; i < kPixels; ++i) {
    const int y = (planes_[0][i] + 128 * 32) * kOne, cb = planes_[1][i], cr = planes_[2][i];
    pixels_[i] = 0xFF000000u | clamped((y + kRedOfCr * cr) >> kShift) << 16 | clamped((y - kGreenOfCb * cb - kGreenOfCr * cr) >> kShift) << 8 | clamped((y + kBlueOfCb * cb) >> kShift);
  }
}

}  // namespace frostgate::relay::rdp
