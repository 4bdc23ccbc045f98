// What the atlas makes of a line: the cut and the baseline by which it knows most of its glyphs.
#pragma once

#include <cstddef>
#include <vector>

#include "redaction/glyphs/glyph_atlas.h"
#include "redaction/glyphs/glyph_line.h"

namespace frostgate::redaction {

struct Symbol {
  Rect box;  // columns and rows of the image
  bool space_before = false;
  bool under_cursor = false;
  Glyph glyph;  // empty for one that is too large
  GlyphAtlas::Answer answer;

  bool known() const { return answer.standing == GlyphAtlas::Standing::known; }
};

struct Interpretation {
  int pitch = 0;
  std::vector<Symbol> symbols;
  std::size_t known = 0;
  std::size_t quarantined = 0;

  std::size_t unknown() const { return symbols.size() - known - quarantined; }
};

// `thorough` looks for grids of any pitch too; else only for those of whole pixels or of pitches that the atlas has met.
enum class Effort { quick, thorough };
Interpretation interpret(const LineImage& image, const GlyphAtlas& atlas, Effort effort);

}  // namespace frostgate::redaction
