#include "gateway/relay/picture.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace frostgate::relay {
namespace {

constexpr std::int64_t kLongestSide = 32767;
constexpr std::int64_t kSlack = 64 << 10;  // what programs leave between a picture's parts and at its end

std::uint32_t little(std::span<const std::byte> bytes, std::size_t at, int size) {
  std::uint32_t value = 0;
  for (int i = 0; i < size; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + static_cast<std::size_t>(i)]) << (8 * i);
  return value;
}
std::uint32_t big(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

Error none() { return {ErrorKind::corrupt, "no picture that could be shown"}; }

template <class Value>
bool one_of(Value value, std::initializer_list<Value> known) {
  return std::find(known.begin(), known.end(), value) != known.end();
}

Result<Picture> read_dib(std::span<const std::byte> bytes, bool v5) {
  constexpr std::uint32_t kPlain = 40, kV5 = 124, kUncompressed = 0, kBitFields = 3;
  if (bytes.size() < kPlain) return none();
  const std::uint32_t head = little(bytes, 0, 4), bits = little(bytes, 14, 2), compression = little(bytes, 16, 4), named = little(bytes, 32, 4);
  const std::int64_t width = static_cast<std::int32_t>(little(bytes, 4, 4)), height = std::abs(std::int64_t{static_cast<std::int32_t>(little(bytes, 8, 4))});
  const bool head_known = v5 ? head == kV5 : one_of(head, {kPlain, 52u, 56u, 108u, kV5});
  if (!head_known || head > bytes.size() || width < 1 || width > kLongestSide || height < 1 || height > kLongestSide || little(bytes, 12, 2) != 1) return none();
  if (!one_of(bits, {1u, 4u, 8u, 16u, 24u, 32u}) || !one_of(compression, {kUncompressed, kBitFields}) || named > 256) return none();
  const std::int64_t masks = compression == kBitFields && head == kPlain ? 12 : 0;
  const std::int64_t colours = named != 0 ? named : bits <= 8 ? 1 << bits : 0;
  const std::int64_t profile = head == kV5 ? little(bytes, 116, 4) : 0;
  const std::int64_t needed = head + masks + colours * 4 + (width * bits + 31) / 32 * 4 * height;
  const auto length = static_cast<std::int64_t>(bytes.size());
  if (length < needed || length > needed + profile + kSlack) return none();
  return Picture{{static_cast<int>(width), static_cast<int>(height)}, static_cast<int>(bits)};
}

Result<Picture> read_png(std::span<const std::byte> bytes) {
  constexpr std::size_t kHead = 33;  // signature, and IHDR with its checksum
  if (bytes.size() < kHead || big(bytes, 0) != 0x89504E47 || big(bytes, 4) != 0x0D0A1A0A || big(bytes, 8) != 13 || big(bytes, 12) != 0x49484452) return none();
  const std::int64_t width = big(bytes, 16), height = big(bytes, 20);
  const std::uint32_t depth = little(bytes, 24, 1), colour = little(bytes, 25, 1);
  const int channels = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
  if (width < 1 || width > kLongestSide || height < 1 || height > kLongestSide) return none();
  if (!one_of(depth, {1u, 2u, 4u, 8u, 16u}) || !one_of(colour, {0u, 2u, 3u, 4u, 6u})) return none();
  return Picture{{static_cast<int>(width), static_cast<int>(height)}, static_cast<int>(depth) * channels};
}

}  // namespace

Result<Picture> read_picture(copied::Kind kind, std::span<const std::byte> bytes) {
  if (kind == copied::Kind::png) return read_png(bytes);
  return read_dib(bytes, kind == copied::Kind::dib_v5);
}

}  // namespace frostgate::relay
