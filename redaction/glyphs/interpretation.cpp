#include "redaction/glyphs/interpretation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "redaction/glyphs/resolution.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kBaselinesTried = 3;
constexpr std::size_t kPitchesTried = 3;

// Two narrow pieces close together may be one character: a double quote.
bool may_be_one(const Cell& first, const Cell& second, int height) {
  return !second.space_before && first.width() * 3 <= height && second.width() * 3 <= height &&
         (second.left - first.right) * 4 <= height;
}

Symbol symbol_of(const Cell& cell, int baseline, const GlyphAtlas& atlas) {
  Symbol symbol;
  symbol.box = {cell.left, cell.bottom - cell.height, cell.width(), cell.height};
  symbol.space_before = cell.space_before;
  if (auto glyph = glyph_of(cell, baseline)) {
    symbol.answer = atlas.find(*glyph);
    symbol.glyph = std::move(*glyph);
  }
  return symbol;
}

// Characters that touch, where the atlas knows each of them.
bool append_parts(const Symbol& whole, const GlyphAtlas& atlas, Interpretation& out) {
  const std::vector<GlyphAtlas::Part> parts = atlas.parts_of(whole.glyph);
  for (const GlyphAtlas::Part& part : parts) {
    Symbol symbol;
    const int bottom = whole.box.bottom() + whole.glyph.rise - part.glyph.rise;
    symbol.box = {whole.box.x + part.left, bottom - part.glyph.height, part.glyph.width, part.glyph.height};
    symbol.space_before = whole.space_before && part.left == 0;
    symbol.glyph = part.glyph;
    symbol.answer = {GlyphAtlas::Standing::known, part.match};
    out.symbols.push_back(std::move(symbol));
    ++out.known;
  }
  return !parts.empty();
}

// The one cell of the line under a block cursor: where the atlas knows what is there, or, at the line's end, where nothing is
// seen. Within a line a letter may be there all the same, hidden or of a colour that differs little: a secret would be torn.
struct Cursor {
  std::size_t cell = 0;
  std::optional<Symbol> under;
};
std::optional<Cursor> find_cursor(const LineImage& image, const GlyphLine& line, int baseline, const GlyphAtlas& atlas) {
  std::optional<Cursor> cursor;
  for (std::size_t i = 0; i < line.cells.size(); ++i) {
    const std::optional<Cell> cell = line.pitch > 0 ? under_cursor(image, line.cells[i]) : std::nullopt;
    if (!cell) continue;
    if (cursor) return std::nullopt;
    cursor = Cursor{i, {}};
    if (!cell->levels.empty()) cursor->under = symbol_of(*cell, baseline, atlas), cursor->under->under_cursor = true;
  }
  if (!cursor) return std::nullopt;
  const bool harmless = cursor->under ? cursor->under->known() : cursor->cell + 1 == line.cells.size();
  return harmless ? cursor : std::nullopt;
}

Interpretation interpreted(const LineImage& image, const GlyphLine& line, int baseline, const GlyphAtlas& atlas) {
  const int height = image.box.height;
  const std::optional<Cursor> cursor = find_cursor(image, line, baseline, atlas);
  Interpretation out;
  out.pitch = line.pitch;
  for (std::size_t i = 0; i < line.cells.size(); ++i) {
    const Cell& cell = line.cells[i];
    const bool hidden = cursor && cursor->cell == i;
    if (hidden && !cursor->under) continue;
    Symbol symbol = hidden ? *cursor->under : symbol_of(cell, baseline, atlas);
    if (line.pitch == 0 && i + 1 < line.cells.size() && may_be_one(cell, line.cells[i + 1], height)) {
      const Cell& next = line.cells[i + 1];
      if (auto both = glyph_of(cell, next, baseline)) {
        const GlyphAtlas::Answer answer = atlas.find(*both);
        if (answer.standing == GlyphAtlas::Standing::known) {
          symbol.box = symbol.box.united({next.left, next.bottom - next.height, next.width(), next.height});
          symbol.glyph = std::move(*both);
          symbol.answer = answer;
          ++i;
        }
      }
    }
    if (line.pitch == 0 && !symbol.known() && !symbol.glyph.levels.empty() && append_parts(symbol, atlas, out)) continue;
    out.known += symbol.known();
    out.quarantined += symbol.answer.standing == GlyphAtlas::Standing::quarantined;
    out.symbols.push_back(std::move(symbol));
  }
  return out;
}

bool better(const Interpretation& a, const Interpretation& b) {
  return a.known * b.symbols.size() > b.known * a.symbols.size();
}

std::vector<GlyphLine> cuts_of(const LineImage& image, const GlyphAtlas& atlas, Effort effort) {
  const std::vector<Stroke> strokes = strokes_of(image);
  if (const auto grid = find_grid(image, strokes)) return {cut_by_grid(image, strokes, *grid)};
  std::vector<GlyphLine> cuts;
  std::vector<int> pitches = atlas.pitches();
  pitches.resize(std::min(pitches.size(), kPitchesTried));
  for (const int pitch : pitches) {
    if (const auto fitting = fit_grid(image, strokes, pitch)) cuts.push_back(cut_by_grid(image, strokes, *fitting));
  }
  if (cuts.empty() && effort == Effort::thorough) {
    if (const auto fine = find_fine_grid(image, strokes)) cuts.push_back(cut_by_grid(image, strokes, *fine));
  }
  cuts.push_back(cut_by_gaps(image, strokes));
  return cuts;
}

}  // namespace

Interpretation interpret(const LineImage& image, const GlyphAtlas& atlas, Effort effort) {
  const std::vector<GlyphLine> cuts = cuts_of(image, atlas, effort);
  Interpretation best;
  bool first = true;
  for (const GlyphLine& cut : cuts) {
    std::vector<int> baselines = baselines_of(cut);
    baselines.resize(std::min(baselines.size(), kBaselinesTried));
    for (const int baseline : baselines) {
      Interpretation found = interpreted(image, cut, baseline, atlas);
      if (first || better(found, best)) best = std::move(found);
      first = false;
      if (best.known == best.symbols.size()) break;
    }
    if (best.known == best.symbols.size()) break;
  }
  resolve(best);
  return best;
}

}  // namespace frostgate::redaction
