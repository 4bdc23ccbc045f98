#include <algorithm>
#include <utility>

#include "redaction/glyphs/glyph_line.h"

namespace frostgate::redaction {
namespace {

constexpr int kNarrowest = 4;         // pixels
constexpr std::uint8_t kFullStroke = 140;  // paper this dark is a stroke; lighter is the blurred side of one, and may touch
constexpr int kFewestEdges = 8;       // that must tell, or any line fits some grid of whole pixels
constexpr int kFewestEdgesFine = 16;  // and some grid of any pitch
constexpr int kFewestEdgesFit = 2;    // and where the pitch is known already
constexpr int kEdgesSearched = 24;    // by which pitches of fractions of a pixel are told apart at first
constexpr int kCoarse = 4;            // steps of a pitch, in its unit
constexpr int kAllEdges = 1 << 20;

// What a line's columns say about where its cells may end.
struct InkColumns {
  std::vector<std::uint8_t> crossed;  // whether ink goes on from column x - 1 into x
  std::vector<std::uint8_t> inked;

  InkColumns(const LineImage& image, const std::vector<Stroke>& strokes)
      : crossed(static_cast<std::size_t>(image.box.width) + 1, 0), inked(crossed) {
    for (const Stroke& stroke : strokes) {
      std::fill(inked.begin() + stroke.left, inked.begin() + stroke.right, std::uint8_t{1});
      for (const Stroke::Run& run : stroke.runs) {
        for (int x = run.left + 1; x < run.right; ++x) {
          if (image.at(x - 1, run.y) <= kFullStroke && image.at(x, run.y) <= kFullStroke) crossed[static_cast<std::size_t>(x)] = 1;
        }
      }
    }
  }
  int width() const { return static_cast<int>(inked.size()) - 1; }
  bool ink_at(int x) const { return x >= 0 && x < width() && inked[static_cast<std::size_t>(x)]; }
};

struct Fit {
  int edges = 0;    // with ink on both sides of them
  int crossed = 0;
  bool better_than(const Fit& other) const { return crossed * other.edges < other.crossed * edges; }
  bool fits() const { return crossed * 100 <= edges * 12; }
};

Fit fit_of(const InkColumns& columns, Grid grid, int most_edges) {
  Fit fit;
  const int half = grid.pitch / (2 * kPitchUnit);
  for (int k = 0; fit.edges < most_edges; ++k) {
    const int x = grid.edge(k);
    if (x > columns.width()) break;
    bool before = false, after = false;
    for (int d = 1; d <= half; ++d) {
      before = before || columns.ink_at(x - d);
      after = after || columns.ink_at(x + d - 1);
    }
    if (!before || !after) continue;
    ++fit.edges;
    fit.crossed += columns.crossed[static_cast<std::size_t>(x)];
  }
  return fit;
}

// Of the offsets with the fewest crossings, the middle one of their run: the cells' edges lie amid the gaps.
std::pair<Grid, Fit> best_offset(const InkColumns& columns, int pitch, int most_edges) {
  const int step = pitch % kPitchUnit == 0 ? kPitchUnit : kPitchUnit / 2;
  const int count = pitch / step;
  std::vector<Fit> fits;
  for (int i = 0; i < count; ++i) fits.push_back(fit_of(columns, {pitch, i * step}, most_edges));
  const auto at = [&](int i) { return fits[static_cast<std::size_t>((i + count) % count)]; };
  const auto equal = [](const Fit& a, const Fit& b) { return !a.better_than(b) && !b.better_than(a); };
  int best = 0;
  for (int i = 1; i < count; ++i) {
    if (at(i).better_than(at(best))) best = i;
  }
  // Offsets go round: the run may begin before 0.
  int first = best, run = 1;
  while (first > best - count + 1 && equal(at(first - 1), at(best))) --first;
  while (run < count && equal(at(first + run), at(best))) ++run;
  return {{pitch, (first + run / 2 + count) % count * step}, at(best)};
}

int narrowest_cell(const LineImage& image) { return std::max(kNarrowest, image.box.height * 3 / 10); }
int widest_cell(const LineImage& image, int edges) { return std::min(image.box.width / edges, image.box.height * 11 / 10); }

// The best of the pitches around this one, by all of the line.
std::pair<Grid, Fit> refined(const InkColumns& columns, int pitch) {
  std::pair<Grid, Fit> best = best_offset(columns, pitch, kAllEdges);
  for (int other = pitch - kCoarse; other <= pitch + kCoarse; ++other) {
    const auto found = best_offset(columns, other, kAllEdges);
    if (found.second.better_than(best.second)) best = found;
  }
  return best;
}

}  // namespace

std::optional<Grid> find_grid(const LineImage& image, const std::vector<Stroke>& strokes) {
  const InkColumns columns(image, strokes);
  for (int cell = narrowest_cell(image); cell <= widest_cell(image, kFewestEdges); ++cell) {
    const auto [grid, fit] = best_offset(columns, cell * kPitchUnit, kAllEdges);
    if (fit.edges >= kFewestEdges && fit.fits()) return grid;
  }
  return std::nullopt;
}

std::optional<Grid> find_fine_grid(const LineImage& image, const std::vector<Stroke>& strokes) {
  const InkColumns columns(image, strokes);
  const int widest = widest_cell(image, kFewestEdgesFine) * kPitchUnit;
  for (int pitch = narrowest_cell(image) * kPitchUnit; pitch <= widest; pitch += kCoarse) {
    if (!best_offset(columns, pitch, kEdgesSearched).second.fits()) continue;
    const auto [grid, fit] = refined(columns, pitch);
    if (fit.edges >= kFewestEdgesFine && fit.fits()) return grid;
  }
  return std::nullopt;
}

std::optional<Grid> fit_grid(const LineImage& image, const std::vector<Stroke>& strokes, int pitch) {
  const InkColumns columns(image, strokes);
  const auto [grid, fit] = pitch % kPitchUnit == 0 ? best_offset(columns, pitch, kAllEdges) : refined(columns, pitch);
  if (fit.edges < kFewestEdgesFit || fit.crossed * 5 > fit.edges) return std::nullopt;
  return grid;
}

}  // namespace frostgate::redaction
