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

namespace frostgate::redaction {

FROSTGATE_WIDE void differences(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
}

FROSTGATE_WIDE void raise_to_differences(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto difference = static_cast<std::uint8_t>(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
    out[i] = out[i] > difference ? out[i] : difference;
  }
}

FROSTGATE_WIDE void largest(const std::uint8_t* a, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = out[i] > a[i] ? out[i] : a[i];
}

FROSTGATE_WIDE void exceeding(const std::uint8_t* values, std::uint8_t limit, std::uint8_t* room, std::uint8_t* flags, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels * kBytesPerPixel; ++i) room[i] = values[i] > limit ? 1 : 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    std::uint32_t pixel;
    std::memcpy(&pixel, room + i * kBytesPerPixel, sizeof pixel);
    flags[i] = (pixel & 0x00FFFFFF) != 0 ? 1 : 0;
  }
}

}  // namespace frostgate::redaction
