#include "codec/tiles/colour_rows.h"

#include <bit>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#include <tmmintrin.h>
#endif

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

// Both do what they can at once and say how many pixels that were. What is written or read beyond those is of the next ones, so that
// the last are left.
#if defined(__x86_64__) && defined(__GNUC__)
constexpr int kFour = 4, kNeeded = 6;  // pixels, of whose colours sixteen bytes are a part

__attribute__((target("ssse3"))) int pack_fours(const std::uint8_t* pixels, int count, std::byte* colours) {
  const __m128i order = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  int x = 0;
  for (; x + kNeeded <= count; x += kFour, pixels += kFour * kBytesPerPixel, colours += kFour * kPacked) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixels));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(colours), _mm_shuffle_epi8(four, order));
  }
  return x;
}

__attribute__((target("ssse3"))) int unpack_fours(const std::byte* colours, int count, std::uint8_t* pixels) {
  const __m128i order = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
  int x = 0;
  for (; x + kNeeded <= count; x += kFour, colours += kFour * kPacked, pixels += kFour * kBytesPerPixel) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(colours));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(pixels), _mm_shuffle_epi8(four, order));
  }
  return x;
}

const bool kWide = __builtin_cpu_supports("ssse3");
int pack_many(const std::uint8_t* pixels, int count, std::byte* colours) { return kWide ? pack_fours(pixels, count, colours) : 0; }
int unpack_many(const std::byte* colours, int count, std::uint8_t* pixels) { return kWide ? unpack_fours(colours, count, pixels) : 0; }
#else
int pack_many(const std::uint8_t*, int, std::byte*) { return 0; }
int unpack_many(const std::byte*, int, std::uint8_t*) { return 0; }
#endif

}  // namespace

void pack_colours(const std::uint8_t* pixels, int count, std::byte* colours) {
  for (int x = pack_many(pixels, count, colours); x < count; ++x) std::memcpy(colours + kPacked * static_cast<std::size_t>(x), pixels + std::ptrdiff_t{x} * kBytesPerPixel, kPacked);
}

void unpack_colours(const std::byte* colours, int count, std::uint8_t* pixels) {
  for (int x = unpack_many(colours, count, pixels); x < count; ++x) {
    const std::uint32_t colour = packed_at(colours + kPacked * static_cast<std::size_t>(x));
    std::memcpy(pixels + std::ptrdiff_t{x} * kBytesPerPixel, &colour, sizeof colour);
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
