#include "gateway/relay/rdp/planar_encoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/base/packed_bits.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::uint8_t kNoAlpha = 0x20, kRunLengths = 0x10;
// A control byte has the number of raw values in its high half and of repeats in its low half; 1 and 2 there mean long runs.
constexpr std::size_t kMostRaw = 15, kLeastRun = 3, kMostRun = 15, kMostLongRun = 47;

std::uint32_t pixel(const std::uint8_t* row, int x) {
  std::uint32_t value;
  std::memcpy(&value, row + std::ptrdiff_t{x} * kBytesPerPixel, sizeof value);
  return value;
}

const std::uint8_t* row_of(FrameView picture, PlanarEncoder::Rows rows, int number) {
  return picture.at(0, rows == PlanarEncoder::Rows::from_top ? number : picture.size.height - 1 - number);
}

// A run repeats the value before it, so a line that is coded stands behind a zero; and it is read by words, and written by pieces that are longer than what counts of them.
constexpr std::size_t kBefore = 16, kBehind = 64, kPiece = 16;

std::size_t line_size(std::size_t width) { return kBefore + width + kBehind; }

// `count` raw values, as few or many as they are, and behind the last of them `run` repeats, 0 or from 3 to 15.
std::uint8_t* put_raw(const std::uint8_t* values, std::size_t count, std::size_t run, std::uint8_t* out) {
  for (; count > kMostRaw; values += kMostRaw, count -= kMostRaw) {
    *out++ = kMostRaw << 4;
    std::memcpy(out, values, kPiece);
    out += kMostRaw;
  }
  *out++ = static_cast<std::uint8_t>(count << 4 | run);
  std::memcpy(out, values, kPiece);
  return out + count;
}

// A bit for each of 64 values: whether it is the one before it.
std::uint64_t alike_of(const std::uint8_t* values) {
  std::uint8_t same[64];
  for (std::size_t i = 0; i < 64; ++i) same[i] = values[i] == values[i - 1] ? 1 : 0;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) bits |= packed_bits(same + 8 * i) << 8 * i;
  return bits;
}

}  // namespace

std::span<const std::uint8_t> PlanarEncoder::encode(FrameView picture, Rows rows) {
  const auto width = static_cast<std::size_t>(picture.size.width), height = static_cast<std::size_t>(picture.size.height);
  take_differences(picture, rows);
  // A line is longer than its values by a byte for each kMostRaw of them, and for its end.
  const std::size_t most = 1 + 3 * height * (width + width / kMostRaw + 2) + kPiece;
  if (encoded_.size() < most) encoded_.resize(most);
  std::uint8_t* out = encoded_.data();
  *out++ = kNoAlpha | kRunLengths;
  std::uint8_t* even = nullptr;  // how a line without differences was coded
  std::size_t even_size = 0;
  for (std::size_t plane = 0; plane < 3; ++plane) {
    for (std::size_t y = 0; y < height; ++y) {
      std::uint8_t* const begin = out;
      if (repeats_[y] && even) {
        std::memcpy(out, even, even_size);
        out += even_size;
        continue;
      }
      out = put_line(planes_.data() + (plane * height + y) * line_size(width) + kBefore, width, out);
      if (repeats_[y]) even = begin, even_size = static_cast<std::size_t>(out - begin);
    }
  }
  const auto size = static_cast<std::size_t>(out - encoded_.data());
  return size > 3 * width * height + 2 ? raw_planes(picture, rows) : std::span<const std::uint8_t>(encoded_.data(), size);
}

// Red, green and blue, each row as what differs from the one before it.
void PlanarEncoder::take_differences(FrameView picture, Rows rows) {
  const auto width = static_cast<std::size_t>(picture.size.width), height = static_cast<std::size_t>(picture.size.height);
  const std::size_t line = line_size(width), bytes = width * kBytesPerPixel;
  if (planes_.size() < 3 * height * line) planes_.resize(3 * height * line);
  row_.resize(bytes);
  repeats_.assign(height, 0);
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* const row = row_of(picture, rows, static_cast<int>(y));
    const std::uint8_t* const above = y > 0 ? row_of(picture, rows, static_cast<int>(y) - 1) : nullptr;
    repeats_[y] = above && std::memcmp(row, above, bytes) == 0;
    std::uint8_t* lines[3];
    for (std::size_t plane = 0; plane < 3; ++plane) {
      std::uint8_t* const begin = planes_.data() + (plane * height + y) * line;
      begin[kBefore - 1] = 0;
      lines[plane] = begin + kBefore;
    }
    if (repeats_[y]) {
      for (std::uint8_t* const values : lines) std::memset(values, 0, width);
      continue;
    }
    const std::uint8_t* from = row;
    if (above) {
      std::uint8_t* const differences = row_.data();
      for (std::size_t i = 0; i < bytes; ++i) {
        // The sign goes into the lowest bit, so that small differences are small numbers.
        const auto difference = static_cast<std::uint8_t>(row[i] - above[i]);
        differences[i] = static_cast<std::uint8_t>((difference << 1) ^ (difference & 0x80 ? 0xff : 0));
      }
      from = differences;
    }
    std::uint8_t *const red = lines[0], *const green = lines[1], *const blue = lines[2];
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint32_t value = pixel(from, static_cast<int>(x));
      red[x] = static_cast<std::uint8_t>(value >> 16);
      green[x] = static_cast<std::uint8_t>(value >> 8);
      blue[x] = static_cast<std::uint8_t>(value);
    }
  }
}

std::uint8_t* PlanarEncoder::put_line(const std::uint8_t* line, std::size_t width, std::uint8_t* out) {
  const std::size_t words = width / 64 + 1;
  alike_.resize(words + 1);
  for (std::size_t i = 0; i < words; ++i) alike_[i] = alike_of(line + 64 * i);
  alike_[width / 64] &= (std::uint64_t{1} << width % 64) - 1;
  alike_[words] = 0;
  // Where kLeastRun begin.
  const auto runs = [this](std::size_t word) { return alike_[word] & (alike_[word] >> 1 | alike_[word + 1] << 63) & (alike_[word] >> 2 | alike_[word + 1] << 62); };
  std::size_t raw = 0;  // where the values begin that are not written yet
  for (std::size_t at = 0;;) {
    std::size_t word = at / 64;
    std::uint64_t begins = runs(word) & ~std::uint64_t{0} << at % 64;
    while (begins == 0 && ++word < words) begins = runs(word);
    if (begins == 0) break;
    const std::size_t begin = 64 * word + static_cast<std::size_t>(std::countr_zero(begins));
    at = begin + static_cast<std::size_t>(std::countr_one(alike_[word] >> begin % 64));
    while (at == 64 * (word + 1) && ++word < words) at += static_cast<std::size_t>(std::countr_one(alike_[word]));
    std::size_t run = at - begin;
    if (begin > raw) {
      const std::size_t with_raw = std::min(run, kMostRun);
      out = put_raw(line + raw, begin - raw, with_raw, out);
      run -= with_raw;
    }
    for (; run >= kLeastRun; run -= std::min(run, kMostLongRun)) {
      const std::size_t part = std::min(run, kMostLongRun);
      *out++ = static_cast<std::uint8_t>(part <= kMostRun ? part : part < 32 ? (part - 16) << 4 | 1 : (part - 32) << 4 | 2);
    }
    raw = at - run;
  }
  return raw < width ? put_raw(line + raw, width - raw, 0, out) : out;
}

// What run lengths would make longer.
std::span<const std::uint8_t> PlanarEncoder::raw_planes(FrameView picture, Rows rows) {
  encoded_[0] = kNoAlpha;
  std::uint8_t* out = encoded_.data() + 1;
  for (const int shift : {16, 8, 0}) {
    for (int y = 0; y < picture.size.height; ++y) {
      const std::uint8_t* row = row_of(picture, rows, y);
      for (int x = 0; x < picture.size.width; ++x) *out++ = static_cast<std::uint8_t>(pixel(row, x) >> shift);
    }
  }
  *out++ = 0;  // the format's own padding
  return {encoded_.data(), out};
}

}  // namespace frostgate::relay::rdp
