// Cuts a line into glyphs: cell by cell where it is written on a grid of equal cells, else at the gaps between the ink.
// Pure.
#pragma once

#include <optional>
#include <vector>

#include "redaction/glyphs/glyph.h"
#include "redaction/line_reader.h"

namespace frostgate::redaction {

// Pitches and offsets are in sixty-fourths of a column: type is not always laid out on whole pixels.
inline constexpr int kPitchUnit = 64;

// Columns and rows are those of the LineImage, `right` and `bottom` exclusive.
struct Cell {
  int left = 0;
  int right = 0;
  int bottom = 0;
  int height = 0;
  std::vector<std::uint8_t> levels;  // see Glyph
  bool space_before = false;

  int width() const { return right - left; }
};

struct GlyphLine {
  int pitch = 0;  // of the grid; 0 where there is none
  std::vector<Cell> cells;
};

// Ink that hangs together.
struct Stroke {
  struct Run {
    int y = 0;
    int left = 0;
    int right = 0;
  };
  int left = 0;
  int right = 0;
  int top = 0;
  int bottom = 0;
  std::vector<Run> runs;
};
std::vector<Stroke> strokes_of(const LineImage& image);

// A grid of cells; the k-th begins at column edge(k).
struct Grid {
  int pitch = 0;
  int offset = 0;

  int edge(int k) const { return floor_divided(offset + k * pitch + kPitchUnit / 2, kPitchUnit); }
  int cell_at(int column) const {
    int k = floor_divided(column * kPitchUnit - offset, pitch);
    while (edge(k + 1) <= column) ++k;
    while (edge(k) > column) --k;
    return k;
  }
  static int floor_divided(int a, int b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }
};
// The grid of whole pixels on which hardly any ink crosses from a cell into the next; none for short lines and for
// proportional type.
std::optional<Grid> find_grid(const LineImage& image, const std::vector<Stroke>& strokes);
// The same for any pitch: slow, about 1 ms.
std::optional<Grid> find_fine_grid(const LineImage& image, const std::vector<Stroke>& strokes);
// The best grid of about this pitch, when the line fits it.
std::optional<Grid> fit_grid(const LineImage& image, const std::vector<Stroke>& strokes, int pitch);

GlyphLine cut_by_grid(const LineImage& image, const std::vector<Stroke>& strokes, Grid grid);
GlyphLine cut_by_gaps(const LineImage& image, const std::vector<Stroke>& strokes);

// What stands under a cursor as high as the line, a frame or a block that shows it in its colours the other way round:
// without levels where there is nothing. None when the cell is no cursor.
std::optional<Cell> under_cursor(const LineImage& image, const Cell& cell);

// The rows on which the characters may stand, the likeliest first.
std::vector<int> baselines_of(const GlyphLine& line);

// The glyph of a cell that stands on `baseline`; of several cells, with the gaps between them. None when it is too large.
std::optional<Glyph> glyph_of(const Cell& cell, int baseline);
std::optional<Glyph> glyph_of(const Cell& first, const Cell& second, int baseline);

}  // namespace frostgate::redaction
