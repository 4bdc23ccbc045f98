#include "redaction/glyphs/glyph_line.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace frostgate::redaction {
namespace {

constexpr int kFull = 200;   // of ink, in a cursor
constexpr int kStroke = 64;  // of what is not: a letter's
constexpr int kOverhang = 2;  // columns by which a glyph may reach out of its cell

// The ink of a cell, collected run by run.
struct Ink {
  int left = 1 << 20;
  int right = 0;
  int top = 1 << 20;
  int bottom = 0;
  bool cut_left = false;  // from what goes on in the next cell
  bool cut_right = false;
  std::vector<Stroke::Run> runs;

  void add(const Stroke::Run& run) {
    left = std::min(left, run.left);
    right = std::max(right, run.right);
    top = std::min(top, run.y);
    bottom = std::max(bottom, run.y + 1);
    runs.push_back(run);
  }
  void add(const Stroke& stroke) {
    for (const Stroke::Run& run : stroke.runs) add(run);
  }
};

Cell cell_of(const LineImage& image, const Ink& ink) {
  Cell cell;
  cell.left = ink.left;
  cell.right = ink.right;
  cell.bottom = ink.bottom;
  cell.height = ink.bottom - ink.top;
  cell.levels.assign(static_cast<std::size_t>(cell.width()) * cell.height, 0);
  int darkest = 1;
  for (const Stroke::Run& run : ink.runs) {
    for (int x = run.left; x < run.right; ++x) darkest = std::max(darkest, 255 - image.at(x, run.y));
  }
  for (const Stroke::Run& run : ink.runs) {
    std::uint8_t* row = cell.levels.data() + static_cast<std::ptrdiff_t>(run.y - ink.top) * cell.width() - cell.left;
    for (int x = run.left; x < run.right; ++x) {
      row[x] = static_cast<std::uint8_t>(((255 - image.at(x, run.y)) * kFullInk + darkest / 2) / darkest);
    }
  }
  return cell;
}

// Where a cell was cut off from the next, the blurred side of the neighbour is left behind, and the own one with it.
void trim(const LineImage& image, Ink& ink) {
  std::vector<int> strongest(static_cast<std::size_t>(ink.right - ink.left), 0);
  for (const Stroke::Run& run : ink.runs) {
    for (int x = run.left; x < run.right; ++x) {
      int& most = strongest[static_cast<std::size_t>(x - ink.left)];
      most = std::max(most, 255 - image.at(x, run.y));
    }
  }
  const int darkest = *std::ranges::max_element(strongest);
  const auto faint = [&](int x) { return strongest[static_cast<std::size_t>(x - ink.left)] * 2 < darkest; };
  int left = ink.left, right = ink.right;
  while (ink.cut_left && right - left > 1 && faint(left)) ++left;
  while (ink.cut_right && right - left > 1 && faint(right - 1)) --right;
  if (left == ink.left && right == ink.right) return;
  Ink trimmed;
  for (const Stroke::Run& run : ink.runs) {
    const Stroke::Run rest{run.y, std::max(run.left, left), std::min(run.right, right)};
    if (rest.left < rest.right) trimmed.add(rest);
  }
  ink = std::move(trimmed);
}

// Whether all that a cell has is the blurred side of a letter that was cut off at its edge: it is the next cell's, and this one is blank.
bool left_over(const LineImage& image, const Ink& ink, int first, int end) {
  constexpr int kBlurred = 128;
  const bool beside = ink.cut_left != ink.cut_right && (ink.cut_left ? ink.right <= first + kOverhang : ink.left >= end - kOverhang);
  return beside && std::ranges::all_of(ink.runs, [&](const Stroke::Run& run) {
    for (int x = run.left; x < run.right; ++x) {
      if (255 - image.at(x, run.y) >= kBlurred) return false;
    }
    return true;
  });
}

// The narrowest paper between two pieces, in rows where both have ink or nearly so; none where they pass each other.
std::optional<int> facing_gap(const Ink& left, const Ink& right) {
  constexpr int kNearby = 1;
  std::map<int, int> edge;  // the right edge of `left`, by row
  for (const Stroke::Run& run : left.runs) {
    for (int y = run.y - kNearby; y <= run.y + kNearby; ++y) {
      const auto [at, fresh] = edge.try_emplace(y, run.right);
      if (!fresh) at->second = std::max(at->second, run.right);
    }
  }
  std::optional<int> narrowest;
  for (const Stroke::Run& run : right.runs) {
    const auto found = edge.find(run.y);
    if (found == edge.end()) continue;
    const int gap = run.left - found->second;
    if (!narrowest || gap < *narrowest) narrowest = gap;
  }
  return narrowest;
}

// Whether two pieces of proportional type are of different words, `capital` being the height of its capitals. Leaning
// strokes reach into a space: their column gap is small, but not what faces each other.
bool apart(const Ink& left, const Ink& right, int capital) {
  const int gap = right.left - left.right;
  if (gap * 100 >= capital * 36) return gap >= 3;
  if (gap * 100 < capital * 22) return false;
  const std::optional<int> facing = facing_gap(left, right);
  return facing && *facing * 100 >= capital * 55;
}

// How much of the ring of pixels just inside a box is full ink, in percent.
int framed_percent(const LineImage& image, const Rect& box) {
  int full = 0, all = 0;
  const auto look_at = [&](int x, int y) { ++all, full += 255 - image.at(x, y) >= kFull; };
  for (int x = box.x; x < box.right(); ++x) look_at(x, box.y), look_at(x, box.bottom() - 1);
  for (int y = box.y + 1; y + 1 < box.bottom(); ++y) look_at(box.x, y), look_at(box.right() - 1, y);
  return all == 0 ? 0 : full * 100 / all;
}

}  // namespace

GlyphLine cut_by_grid(const LineImage& image, const std::vector<Stroke>& strokes, Grid grid) {
  std::map<int, Ink> cells;
  for (const Stroke& stroke : strokes) {
    const int middle = grid.cell_at((stroke.left + stroke.right - 1) / 2);
    if (stroke.left >= grid.edge(middle) - kOverhang && stroke.right <= grid.edge(middle + 1) + kOverhang) {
      cells[middle].add(stroke);
      continue;
    }
    for (const Stroke::Run& run : stroke.runs) {
      for (int left = run.left; left < run.right;) {
        const int cell = grid.cell_at(left);
        const int right = std::min(run.right, grid.edge(cell + 1));
        Ink& ink = cells[cell];
        ink.add(Stroke::Run{run.y, left, right});
        ink.cut_left = ink.cut_left || left > run.left;
        ink.cut_right = ink.cut_right || right < run.right;
        left = right;
      }
    }
  }
  GlyphLine line{grid.pitch, {}};
  std::optional<int> last;
  for (auto& [position, ink] : cells) {
    if (left_over(image, ink, grid.edge(position), grid.edge(position + 1))) continue;
    trim(image, ink);
    line.cells.push_back(cell_of(image, ink));
    line.cells.back().space_before = last && position > *last + 1;
    last = position;
  }
  return line;
}

GlyphLine cut_by_gaps(const LineImage& image, const std::vector<Stroke>& strokes) {
  std::vector<Ink> inks;
  for (const Stroke& stroke : strokes) {
    if (!inks.empty()) {
      Ink& last = inks.back();
      const int shared = std::min(last.right, stroke.right) - std::max(last.left, stroke.left);
      const int narrower = std::min(last.right - last.left, stroke.right - stroke.left);
      if (shared * 2 >= narrower) {
        last.add(stroke);
        continue;
      }
    }
    inks.emplace_back().add(stroke);
  }
  GlyphLine line;
  int top = image.box.height;
  for (const Ink& ink : inks) {
    line.cells.push_back(cell_of(image, ink));
    top = std::min(top, ink.top);
  }
  const int capital = inks.empty() ? 0 : std::max(1, baselines_of(line).front() - top);
  for (std::size_t i = 1; i < inks.size(); ++i) line.cells[i].space_before = apart(inks[i - 1], inks[i], capital);
  return line;
}

std::optional<Cell> under_cursor(const LineImage& image, const Cell& cell) {
  const int top = cell.bottom - cell.height;
  if (cell.height * 10 < image.box.height * 9 || cell.width() * 3 < cell.height) return std::nullopt;
  const Rect box{cell.left, top, cell.width(), cell.height};
  // A letter may reach the sides of a block.
  if (framed_percent(image, box) < 75) return std::nullopt;
  LineImage turned = image;
  const bool hollow = framed_percent(image, box.expanded(-1, -1)) < 50;
  if (!hollow) {
    for (std::uint8_t& paper : turned.paper) paper = static_cast<std::uint8_t>(255 - paper);
  }
  const Rect inside = hollow ? box.expanded(-1, -1) : box;
  Ink letter;
  for (int y = inside.y; y < inside.bottom(); ++y) {
    for (int x = inside.x; x < inside.right(); ++x) {
      if (255 - turned.at(x, y) >= kStroke) letter.add(Stroke::Run{y, x, x + 1});
    }
  }
  if (letter.runs.empty()) return Cell{cell.left, cell.right, cell.bottom, cell.height, {}, cell.space_before};
  Cell under = cell_of(turned, letter);
  under.space_before = cell.space_before;
  return under;
}

std::vector<int> baselines_of(const GlyphLine& line) {
  int tallest = 0;
  for (const Cell& cell : line.cells) tallest = std::max(tallest, cell.height);
  std::map<int, int> votes;
  for (const Cell& cell : line.cells) {
    if (cell.height * 5 >= tallest * 2) ++votes[cell.bottom];
  }
  std::vector<std::pair<int, int>> counted;
  for (const auto& [row, count] : votes) counted.emplace_back(-count, row);
  std::ranges::sort(counted);
  std::vector<int> rows;
  for (const auto& [count, row] : counted) rows.push_back(row);
  return rows;
}

std::optional<Glyph> glyph_of(const Cell& cell, int baseline) {
  if (cell.width() > kMaxGlyphSide || cell.height > kMaxGlyphSide || std::abs(baseline - cell.bottom) > kMaxGlyphSide) return std::nullopt;
  return Glyph{cell.width(), cell.height, baseline - cell.bottom, cell.levels};
}

std::optional<Glyph> glyph_of(const Cell& first, const Cell& second, int baseline) {
  const int left = std::min(first.left, second.left), right = std::max(first.right, second.right);
  const int bottom = std::max(first.bottom, second.bottom);
  const int top = std::min(first.bottom - first.height, second.bottom - second.height);
  if (right - left > kMaxGlyphSide || bottom - top > kMaxGlyphSide || std::abs(baseline - bottom) > kMaxGlyphSide) return std::nullopt;
  Glyph glyph{right - left, bottom - top, baseline - bottom, {}};
  glyph.levels.assign(static_cast<std::size_t>(glyph.width) * glyph.height, 0);
  for (const Cell* cell : {&first, &second}) {
    for (int y = 0; y < cell->height; ++y) {
      for (int x = 0; x < cell->width(); ++x) {
        std::uint8_t& level = glyph.levels[static_cast<std::size_t>(cell->bottom - cell->height + y - top) * glyph.width + (cell->left + x - left)];
        level = std::max(level, cell->levels[static_cast<std::size_t>(y) * cell->width() + x]);
      }
    }
  }
  return glyph;
}

}  // namespace frostgate::redaction
