// The picture of one character, or of a few that touch, as it stands in a line. Values only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate::redaction {

// Larger type is left to the engine.
inline constexpr int kMaxGlyphSide = 64;
inline constexpr std::uint8_t kFullInk = 15;

// Tight around its ink. A level is 0 for paper to kFullInk, relative to the darkest pixel of the glyph, so that colours
// do not matter.
struct Glyph {
  int width = 0;
  int height = 0;
  int rise = 0;  // rows from the lower edge of the bitmap up from the baseline; negative for descenders
  std::vector<std::uint8_t> levels;  // width * height, row by row

  friend bool operator==(const Glyph&, const Glyph&) = default;
};

std::uint64_t hash_of(const Glyph& glyph);

// What a glyph says: one character, or up to three that touch.
class Label {
 public:
  static constexpr std::size_t kMaxSize = 3;

  Label() = default;
  // Takes the first kMaxSize characters.
  explicit Label(std::u32string_view text);

  std::u32string_view text() const { return {codes_.data(), size_}; }
  bool empty() const { return size_ == 0; }

  friend auto operator<=>(const Label&, const Label&) = default;

 private:
  std::array<char32_t, kMaxSize> codes_{};
  std::uint8_t size_ = 0;
};

// Whether OCR takes the one for the other (detectors/fold.h).
bool alike(const Label& a, const Label& b);

}  // namespace frostgate::redaction
