#include "redaction/lines/byte_loops.h"

#include <algorithm>
#include <cstring>

#include "codec/base/frame.h"

// Chosen at start by what the processor has; sanitizers do not get along with that.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FROSTGATE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define FROSTGATE_WIDE
#endif

// What is always inlined is never called, so that it does not matter how it would be.
#pragma GCC diagnostic ignored "-Wpsabi"
#define FROSTGATE_INLINED __attribute__((always_inline))
#define FROSTGATE_INLINE FROSTGATE_INLINED inline

namespace frostgate::redaction {
namespace {

// Eight pixels, and what is known of each: none or all bits set.
constexpr std::size_t kAtOnce = 8;
using Channels = std::uint8_t __attribute__((vector_size(kAtOnce * kBytesPerPixel)));
using Pixels = std::uint32_t __attribute__((vector_size(kAtOnce * kBytesPerPixel)));
using Words = std::uint64_t __attribute__((vector_size(kAtOnce * kBytesPerPixel)));
using Signs = std::int32_t __attribute__((vector_size(kAtOnce * kBytesPerPixel)));

FROSTGATE_INLINE Channels load(const std::uint8_t* pixels, std::size_t count) {
  Channels out{};
  std::memcpy(&out, pixels, count * kBytesPerPixel);
  return out;
}

FROSTGATE_INLINE Channels all_of(Colour colour) { return (Channels)(Pixels{} + colour); }

FROSTGATE_INLINE Channels larger(Channels a, Channels b) { return a > b ? a : b; }

FROSTGATE_INLINE Channels apart(Channels a, Channels b) { return larger(a, b) - (a > b ? b : a); }

// Of pixels one of whose three colours is more than `limit`.
FROSTGATE_INLINE Pixels over(Channels values, std::uint8_t limit) {
  const Channels more = (Channels)(values > limit);
  return (Pixels)(((Pixels)more & 0x00FFFFFF) != 0);
}

// One byte for each, the first lowest: 1 where all bits are set. The compiler packs vectors into narrower ones byte by byte.
FROSTGATE_INLINE std::uint64_t bytes_of(Pixels known) {
  const Pixels pairs = __builtin_shufflevector(known, known, 0, 4, 1, 5, 2, 6, 3, 7);  // the low and the high half of each word
  const Words bytes = (Words)(pairs & Pixels{1, 1, 1 << 8, 1 << 8, 1 << 16, 1 << 16, 1 << 24, 1 << 24});
  return bytes[0] | bytes[1] | bytes[2] | bytes[3];
}

// The lowest bits of eight bytes: each product has its bit in the highest byte, and none carries.
FROSTGATE_INLINE std::uint64_t bits_of(Pixels known) { return bytes_of(known) * 0x0102040810204080 >> 56; }

// Calls step(first, count) for eight pixels at a time, and for those that are left.
template <class Step>
FROSTGATE_INLINE void by_eights(std::size_t pixels, Step step) {
  std::size_t i = 0;
  for (; i + kAtOnce <= pixels; i += kAtOnce) step(i, kAtOnce);
  if (i < pixels) step(i, pixels - i);
}

}  // namespace

FROSTGATE_WIDE void flag_far(const std::uint8_t* row, Colour colour, int limit, std::uint8_t* flags, std::size_t pixels) {
  const Channels ground = all_of(colour);
  by_eights(pixels, [&](std::size_t i, std::size_t count) FROSTGATE_INLINED {
    const std::uint64_t far = bytes_of(over(apart(load(row + i * kBytesPerPixel, count), ground), static_cast<std::uint8_t>(limit)));
    std::memcpy(flags + i, &far, count);
  });
}

FROSTGATE_WIDE void raise_distances(const std::uint8_t* row, Colour colour, std::uint8_t* farthest, std::size_t pixels) {
  const Channels ground = all_of(colour);
  by_eights(pixels, [&](std::size_t i, std::size_t count) FROSTGATE_INLINED {
    const Channels most = larger(load(farthest + i * kBytesPerPixel, count), apart(load(row + i * kBytesPerPixel, count), ground));
    std::memcpy(farthest + i * kBytesPerPixel, &most, count * kBytesPerPixel);
  });
}

FROSTGATE_WIDE void mark_edges(const std::uint8_t* row, const std::uint8_t* above, std::uint8_t strong, std::uint8_t faint, EdgeBits bits, std::size_t pixels) {
  by_eights(pixels, [&](std::size_t i, std::size_t count) FROSTGATE_INLINED {
    const std::uint8_t* first = row + i * kBytesPerPixel;
    const Channels here = load(first, count);
    const Channels jumps = larger(apart(here, load(first - kBytesPerPixel, count)), apart(here, load(above + i * kBytesPerPixel, count)));
    bits.strong[i / 64] |= bits_of(over(jumps, strong)) << (i % 64);
    bits.faint[i / 64] |= bits_of(over(jumps, faint)) << (i % 64);
  });
}

FROSTGATE_WIDE void add_up(const std::uint8_t* a, std::uint16_t* sums, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + a[i]);
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

FROSTGATE_WIDE InkCount count_ink(const std::uint8_t* row, const std::uint8_t* other, Colour background, int limit, std::size_t pixels) {
  const Channels ground = all_of(background);
  Signs inks{}, sames{};  // minus one for each, in each of eight sums
  by_eights(pixels, [&](std::size_t i, std::size_t count) FROSTGATE_INLINED {
    // What is missing of the last eight is of the background.
    Channels here = ground, there = ground;
    std::memcpy(&here, row + i * kBytesPerPixel, count * kBytesPerPixel);
    std::memcpy(&there, other + i * kBytesPerPixel, count * kBytesPerPixel);
    const Pixels ink = over(apart(here, ground), static_cast<std::uint8_t>(limit));
    inks += (Signs)ink;
    sames += (Signs)(ink & (Pixels)((((Pixels)here ^ (Pixels)there) & 0x00FFFFFF) == 0));
  });
  InkCount count;
  for (std::size_t k = 0; k < kAtOnce; ++k) count.ink -= inks[k], count.same -= sames[k];
  return count;
}

}  // namespace frostgate::redaction
