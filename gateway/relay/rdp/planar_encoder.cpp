#include "gateway/relay/rdp/planar_encoder.h"

#include <algorithm>
#include <cstring>

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

// How many of the values from `begin` on are `value`.
std::size_t run_of(std::span<const std::uint8_t> line, std::size_t begin, std::uint8_t value) {
  std::size_t i = begin;
  const std::uint64_t eight = value * std::uint64_t{0x0101010101010101};
  for (std::uint64_t next = 0; i + 8 <= line.size(); i += 8) {
    std::memcpy(&next, line.data() + i, sizeof next);
    if (next != eight) break;
  }
  while (i < line.size() && line[i] == value) ++i;
  return i - begin;
}

}  // namespace

std::span<const std::uint8_t> PlanarEncoder::encode(FrameView picture, Rows rows) {
  encoded_.clear();
  encoded_.push_back(kNoAlpha | kRunLengths);
  const auto width = static_cast<std::size_t>(picture.size.width);
  line_.resize(width);
  no_difference_.assign(width, 0);
  repeats_.assign(static_cast<std::size_t>(picture.size.height), false);
  for (int y = 1; y < picture.size.height; ++y)
    repeats_[static_cast<std::size_t>(y)] = std::memcmp(row_of(picture, rows, y), row_of(picture, rows, y - 1), width * kBytesPerPixel) == 0;
  for (const int shift : {16, 8, 0}) encode_plane(picture, rows, shift);  // red, green, blue
  const auto raw = static_cast<std::size_t>(picture.size.area()) * 3 + 2;
  if (encoded_.size() > raw) write_raw_planes(picture, rows);
  return encoded_;
}

void PlanarEncoder::encode_plane(FrameView picture, Rows rows, int shift) {
  const int width = picture.size.width;
  const std::uint8_t* above = nullptr;
  for (int y = 0; y < picture.size.height; ++y) {
    const std::uint8_t* row = row_of(picture, rows, y);
    if (repeats_[static_cast<std::size_t>(y)]) {
      encode_line(no_difference_);
      continue;
    }
    if (!above) {
      for (int x = 0; x < width; ++x) line_[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(pixel(row, x) >> shift);
    } else {
      std::uint8_t* out = line_.data();
      for (int x = 0; x < width; ++x) {
        // The sign goes into the lowest bit, so that small differences are small numbers.
        const auto difference = static_cast<std::uint8_t>((pixel(row, x) >> shift) - (pixel(above, x) >> shift));
        out[x] = static_cast<std::uint8_t>((difference << 1) ^ (difference & 0x80 ? 0xff : 0));
      }
    }
    encode_line(line_);
    above = row;
  }
}

// A run repeats the value before it, which is 0 at the beginning of a row.
void PlanarEncoder::encode_line(std::span<const std::uint8_t> line) {
  std::size_t raw = 0;  // where the values begin that are not written yet
  std::uint8_t last = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] != last) {
      last = line[i++];
      continue;
    }
    std::size_t run = run_of(line, i, last);
    if (run < kLeastRun) {
      i += run;
      continue;
    }
    const std::size_t end = i + run;
    if (i > raw) {
      const std::size_t with_raw = std::min(run, kMostRun);
      put_raw(line.data() + raw, i - raw, with_raw);
      run -= with_raw;
    }
    for (; run >= kLeastRun; run -= std::min(run, kMostLongRun)) {
      const std::size_t part = std::min(run, kMostLongRun);
      const std::size_t control = part <= kMostRun ? part : part < 32 ? (part - 16) << 4 | 1 : (part - 32) << 4 | 2;
      encoded_.push_back(static_cast<std::uint8_t>(control));
    }
    i = end;
    raw = end - run;
  }
  if (raw < line.size()) put_raw(line.data() + raw, line.size() - raw, 0);
}

// `run` repeats of the last follow, 0 or from 3 to 15.
void PlanarEncoder::put_raw(const std::uint8_t* values, std::size_t count, std::size_t run) {
  for (; count > kMostRaw; values += kMostRaw, count -= kMostRaw) {
    encoded_.push_back(kMostRaw << 4);
    encoded_.insert(encoded_.end(), values, values + kMostRaw);
  }
  encoded_.push_back(static_cast<std::uint8_t>(count << 4 | run));
  encoded_.insert(encoded_.end(), values, values + count);
}

// What run lengths would make longer.
void PlanarEncoder::write_raw_planes(FrameView picture, Rows rows) {
  encoded_.assign(1, kNoAlpha);
  for (const int shift : {16, 8, 0}) {
    for (int y = 0; y < picture.size.height; ++y) {
      const std::uint8_t* row = row_of(picture, rows, y);
      for (int x = 0; x < picture.size.width; ++x) encoded_.push_back(static_cast<std::uint8_t>(pixel(row, x) >> shift));
    }
  }
  encoded_.push_back(0);  // the format's own padding
}

}  // namespace frostgate::relay::rdp
