#include "redaction/glyphs/glyph.h"

#include <algorithm>

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

// Accents make other characters, the shapes of quotes and dashes do not.
char32_t class_of(char32_t code) {
  const char same = code < 128 || code >= 0x2000 ? plain(code) : '\x7f';
  return same == '\x7f' ? code : static_cast<unsigned char>(fold(same));
}

}  // namespace

std::uint64_t hash_of(const Glyph& glyph) {
  std::uint64_t hash = 0x9E3779B97F4A7C15;
  const auto add = [&hash](std::uint64_t value) {
    hash = (hash ^ value) * 0xD6E8FEB86659FD93;
    hash ^= hash >> 32;
  };
  add(static_cast<std::uint64_t>(glyph.width) << 32 | static_cast<std::uint64_t>(glyph.height) << 16 |
      static_cast<std::uint16_t>(glyph.rise));
  std::uint64_t word = 0;
  int bits = 0;
  for (const std::uint8_t level : glyph.levels) {
    word = word << 4 | level;
    bits += 4;
    if (bits == 64) {
      add(word);
      word = 0;
      bits = 0;
    }
  }
  add(word);
  return hash;
}

Label::Label(std::u32string_view text) : size_(static_cast<std::uint8_t>(std::min(text.size(), kMaxSize))) {
  std::copy_n(text.begin(), size_, codes_.begin());
}

bool alike(const Label& a, const Label& b) {
  return std::ranges::equal(a.text(), b.text(), [](char32_t x, char32_t y) { return class_of(x) == class_of(y); });
}

}  // namespace frostgate::redaction
