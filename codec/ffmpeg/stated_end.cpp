#include "codec/ffmpeg/stated_end.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <limits>
#include <string_view>

namespace frostgate::codec::ffmpeg {
namespace {

constexpr int kMostBoxes = 1'000'000;  // of hours in fragments; a file of empty ones is not walked for ever
constexpr std::int64_t kFarthest = std::numeric_limits<std::int64_t>::max() / 4;

using Head = std::array<std::uint8_t, 32>;

// What stands at `at`, zeros behind the end of the file.
Head head_at(ByteSource& source, std::int64_t at) {
  Head head{};
  std::size_t have = 0;
  if (!source.seek(at, SEEK_SET)) return head;
  while (have < head.size()) {
    auto got = source.read(std::span(head).subspan(have));
    if (!got || *got == 0) break;
    have += *got;
  }
  return head;
}

std::uint64_t big_endian(const Head& head, std::size_t from, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | head[from + i];
  return value;
}

std::string_view name_at(const Head& head, std::size_t from) { return {reinterpret_cast<const char*>(head.data()) + from, 4}; }

bool printable(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Boxes in a row, each with its size; one of size 0 goes on to the end of the file.
std::optional<std::int64_t> end_of_boxes(ByteSource& source, std::int64_t size) {
  std::int64_t at = 0;
  for (int box = 0; box < kMostBoxes && at < size; ++box) {
    const Head head = head_at(source, at);
    if (size - at < 8) return at + 8;
    std::uint64_t length = big_endian(head, 0, 4);
    if (!printable(name_at(head, 4))) return {};
    if (length == 1) length = big_endian(head, 8, 8);
    if (length < 8 || length > static_cast<std::uint64_t>(kFarthest)) return {};
    at += static_cast<std::int64_t>(length);
  }
  return at;
}

// RIFF chunks in a row; a large AVI has several.
std::optional<std::int64_t> end_of_chunks(ByteSource& source, std::int64_t size) {
  std::int64_t at = 0;
  for (int chunk = 0; chunk < kMostBoxes && at < size; ++chunk) {
    const Head head = head_at(source, at);
    const std::uint64_t length = head[4] | head[5] << 8 | head[6] << 16 | std::uint64_t{head[7]} << 24;
    if (name_at(head, 0) != "RIFF" || length == 0 || length == 0xFFFFFFFF) return at > 0 ? std::optional(at) : std::nullopt;
    at += 8 + static_cast<std::int64_t>(length + length % 2);
  }
  return at;
}

// The length of an EBML element and where it begins behind the identifier; of an unknown one nothing is known.
struct Extent {
  std::optional<std::uint64_t> length;
  std::int64_t begin = 0;
};
std::optional<Extent> extent_at(const Head& head, std::size_t from) {
  const int bytes = std::countl_zero(head[from]) + 1;
  if (bytes > 8) return {};
  const std::uint64_t ones = (std::uint64_t{1} << (7 * bytes)) - 1;
  const std::uint64_t value = big_endian(head, from, static_cast<std::size_t>(bytes)) & ones;
  Extent out{value, static_cast<std::int64_t>(from) + bytes};
  if (value == ones) out.length.reset();
  else if (value > static_cast<std::uint64_t>(kFarthest)) return {};
  return out;
}

// A header, and the segment with everything in it. Of a segment, or a part of it, that does not know its length what is in it is gone through.
std::optional<std::int64_t> end_of_segment(ByteSource& source, std::int64_t size) {
  std::int64_t at = 0;
  for (int element = 0; element < kMostBoxes && at < size; ++element) {
    const Head head = head_at(source, at);
    const auto name = static_cast<std::size_t>(std::countl_zero(head[0])) + 1;
    const std::optional<Extent> extent = name <= 4 ? extent_at(head, name) : std::nullopt;
    if (!extent) return {};
    at += extent->begin + static_cast<std::int64_t>(extent->length.value_or(0));
  }
  return at;
}

}  // namespace

std::optional<std::int64_t> stated_end(ByteSource& source) {
  const std::optional<std::int64_t> size = source.size();
  std::optional<std::int64_t> end;
  if (size) {
    const Head head = head_at(source, 0);
    if (name_at(head, 4) == "ftyp") end = end_of_boxes(source, *size);
    else if (name_at(head, 0) == "RIFF" && name_at(head, 8) == "AVI ") end = end_of_chunks(source, *size);
    else if (big_endian(head, 0, 4) == 0x1A45DFA3) end = end_of_segment(source, *size);
  }
  source.seek(0, SEEK_SET);
  return end;
}

}  // namespace frostgate::codec::ffmpeg
