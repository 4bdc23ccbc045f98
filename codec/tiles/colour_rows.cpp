#include "codec/tiles/colour_rows.h"

#include <bit>
#include <cstring>

#include "codec/base/frame.h"

namespace frostgate::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "a pixel is taken as one number here, blue lowest");

constexpr std::size_t kPacked = 3;
constexpr std::uint32_t kPackedBits = 0x00FFFFFF;

std::uint32_t unpacked_at(const void* bytes) {
  std::uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

std::uint32_t packed_at(const std::byte* bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, kPacked);
  return value;
}

// The sum of each of four bytes, without a carry into the next.
std::uint32_t sum_of_bytes(std::uint32_t a, std::uint32_t b) {
  constexpr std::uint32_t kLow = 0x7F7F7F7F;
  return ((a & kLow) + (b & kLow)) ^ ((a ^ b) & ~kLow);
}

}  // namespace

// Two pixels at a time are written as eight bytes, of which the next two overwrite the last two: those at the end go alone.
void pack_colours(const std::uint8_t* pixels, int count, std::byte* colours) {
  int x = 0;
  for (; x + 3 <= count; x += 2, pixels += 2 * kBytesPerPixel, colours += 2 * kPacked) {
    std::uint64_t two;
    std::memcpy(&two, pixels, sizeof two);
    two = (two & kPackedBits) | (two >> 8 & std::uint64_t{kPackedBits} << 24);
    std::memcpy(colours, &two, sizeof two);
  }
  for (; x < count; ++x, pixels += kBytesPerPixel, colours += kPacked) std::memcpy(colours, pixels, kPacked);
}

void unpack_colours(const std::byte* colours, int count, std::uint8_t* pixels) {
  int x = 0;
  for (; x + 3 <= count; x += 2, colours += 2 * kPacked, pixels += 2 * kBytesPerPixel) {
    std::uint64_t two;
    std::memcpy(&two, colours, sizeof two);
    two = (two & kPackedBits) | (two << 8 & std::uint64_t{kPackedBits} << 32);
    std::memcpy(pixels, &two, sizeof two);
  }
  for (; x < count; ++x, colours += kPacked, pixels += kBytesPerPixel) {
    const std::uint32_t colour = packed_at(colours);
    std::memcpy(pixels, &colour, sizeof colour);
  }
}

void add_up_colours(const std::byte* differences, int count, std::uint8_t* pixels) {
  std::uint32_t colour = 0;
  for (int x = 0; x < count; ++x, differences += kPacked, pixels += kBytesPerPixel) {
    const std::uint32_t difference = x + 1 < count ? unpacked_at(differences) & kPackedBits : packed_at(differences);
    colour = sum_of_bytes(colour, difference);
    std::memcpy(pixels, &colour, sizeof colour);
  }
}

}  // namespace frostgate::codec
