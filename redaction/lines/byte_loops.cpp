#include "redaction/lines/byte_loops.h"

#include <algorithm>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "codec/base/frame.h"

// Chosen at start by what the processor has; sanitizers do not get along with that.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FROSTGATE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define FROSTGATE_WIDE
#endif

namespace frostgate::redaction {

FROSTGATE_WIDE void differences(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
}

FROSTGATE_WIDE void largest_differences(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto one = static_cast<std::uint8_t>(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
    const auto other = static_cast<std::uint8_t>(a[i] > c[i] ? a[i] - c[i] : c[i] - a[i]);
    out[i] = one > other ? one : other;
  }
}

FROSTGATE_WIDE void largest(const std::uint8_t* a, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = out[i] > a[i] ? out[i] : a[i];
}

FROSTGATE_WIDE void add_up(const std::uint8_t* a, std::uint16_t* sums, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + a[i]);
}

FROSTGATE_WIDE void exceeding(const std::uint8_t* values, std::uint8_t limit, std::uint8_t* room, std::uint8_t* flags, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels * kBytesPerPixel; ++i) room[i] = values[i] > limit ? 1 : 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    std::uint32_t pixel;
    std::memcpy(&pixel, room + i * kBytesPerPixel, sizeof pixel);
    flags[i] = (pixel & 0x00FFFFFF) != 0 ? 1 : 0;
  }
}

FROSTGATE_WIDE bool all_of_colour(const std::uint8_t* row, Colour colour, std::size_t pixels) {
  Colour others = 0;
  for (std::size_t i = 0; i < pixels; ++i) others |= colour_of(row + i * kBytesPerPixel) ^ colour;
  return others == 0;
}

// In blocks whose sums fit into 32 bits.
FROSTGATE_WIDE Moments moments(const std::uint8_t* flags, std::size_t count) {
  constexpr std::size_t kBlock = 1024;
  Moments out;
  for (std::size_t first = 0; first < count; first += kBlock) {
    const std::size_t length = std::min(kBlock, count - first);
    std::uint32_t set = 0, sum = 0, squares = 0;  // of places within the block
    for (std::uint32_t i = 0; i < length; ++i) {
      const std::uint32_t at = flags[first + i] ? i : 0;
      set += flags[first + i];
      sum += at;
      squares += at * at;
    }
    const auto start = static_cast<std::int64_t>(first);
    out.count += set;
    out.sum += sum + start * set;
    out.squares += squares + 2 * start * sum + start * start * set;
  }
  return out;
}

void bits_exceeding(const std::uint8_t* values, std::uint8_t limit, std::uint64_t* bits, std::size_t pixels) {
  std::size_t i = 0;
#ifdef __SSE2__
  constexpr std::size_t kAtOnce = 4;  // no compiler makes bits of comparisons by itself
  const __m128i limits = _mm_set1_epi8(static_cast<char>(limit)), colours = _mm_set1_epi32(0x00FFFFFF);
  for (; i + kAtOnce <= pixels; i += kAtOnce) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(values + i * kBytesPerPixel));
    const __m128i within = _mm_cmpeq_epi32(_mm_and_si128(_mm_subs_epu8(four, limits), colours), _mm_setzero_si128());
    const auto over = static_cast<std::uint64_t>(~_mm_movemask_ps(_mm_castsi128_ps(within)) & 15);
    bits[i / 64] |= over << (i % 64);
  }
#endif
  for (; i < pixels; ++i) {
    const std::uint8_t* pixel = values + i * kBytesPerPixel;
    const bool over = pixel[0] > limit || pixel[1] > limit || pixel[2] > limit;
    bits[i / 64] |= std::uint64_t{over} << (i % 64);
  }
}

InkCount count_ink(const std::uint8_t* row, const std::uint8_t* other, Colour background, int limit, std::size_t pixels) {
  InkCount count;
  std::size_t i = 0;
#ifdef __SSE2__
  constexpr std::size_t kAtOnce = 4;
  const __m128i ground = _mm_set1_epi32(static_cast<int>(background)), limits = _mm_set1_epi8(static_cast<char>(limit)), colours = _mm_set1_epi32(0x00FFFFFF);
  __m128i inks = _mm_setzero_si128(), sames = inks;  // minus one for each, in each of four sums
  for (; i + kAtOnce <= pixels; i += kAtOnce) {
    const __m128i here = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i * kBytesPerPixel)), colours);
    const __m128i there = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(other + i * kBytesPerPixel)), colours);
    const __m128i far = _mm_or_si128(_mm_subs_epu8(here, ground), _mm_subs_epu8(ground, here));
    const __m128i near = _mm_cmpeq_epi32(_mm_subs_epu8(far, limits), _mm_setzero_si128());
    const __m128i ink = _mm_andnot_si128(near, _mm_set1_epi32(-1));
    inks = _mm_add_epi32(inks, ink);
    sames = _mm_add_epi32(sames, _mm_and_si128(ink, _mm_cmpeq_epi32(here, there)));
  }
  alignas(16) int sums[2][kAtOnce];
  _mm_store_si128(reinterpret_cast<__m128i*>(sums[0]), inks);
  _mm_store_si128(reinterpret_cast<__m128i*>(sums[1]), sames);
  for (std::size_t k = 0; k < kAtOnce; ++k) count.ink -= sums[0][k], count.same -= sums[1][k];
#endif
  for (; i < pixels; ++i) {
    const Colour colour = colour_of(row + i * kBytesPerPixel);
    const bool ink = distance(colour, background) > limit;
    count.ink += ink;
    count.same += ink && colour == colour_of(other + i * kBytesPerPixel);
  }
  return count;
}

}  // namespace frostgate::redaction
