// The reader of a glyph atlas's file: what it takes is exactly what it would write. The checksum is set right first, or
// hardly an input would come past it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "redaction/glyphs/glyph_atlas.h"

namespace {

constexpr std::size_t kChecksumSize = 8;

void seal(std::vector<std::byte>& bytes) {
  std::uint64_t sum = 14695981039346656037u;
  for (std::size_t i = 0; i + kChecksumSize < bytes.size(); ++i) {
    sum = (sum ^ std::to_integer<std::uint64_t>(bytes[i])) * 1099511628211u;
    sum ^= sum >> 32;
  }
  for (std::size_t i = 0; i < kChecksumSize; ++i) bytes[bytes.size() - kChecksumSize + i] = static_cast<std::byte>(sum >> (8 * i) & 255);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using frostgate::redaction::GlyphAtlas;
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(data[i]);
  (void)GlyphAtlas::load(bytes).has_value();
  if (size < kChecksumSize) return 0;
  seal(bytes);
  const auto atlas = GlyphAtlas::load(bytes);
  if (atlas && atlas.value().save() != bytes) std::abort();
  return 0;
}
