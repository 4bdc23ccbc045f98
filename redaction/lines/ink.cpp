#include "redaction/lines/ink.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "redaction/lines/byte_loops.h"
#include "redaction/lines/connected_runs.h"

namespace frostgate::redaction {
namespace {

constexpr std::uint8_t kEdge = 18;
constexpr std::uint8_t kFaintEdge = 2;
constexpr int kFringe = 3;  // how far the blurred edge of strong ink reaches
constexpr int kRule = 41;
constexpr int kSide = 12;  // of a box: a shorter one holds no line
constexpr int kClosedGap = 12;
constexpr int kSameShade = 6;
// How far above or below one of its rows a row of small letters ends, and a photo does not.
constexpr int kNearestEnd = 3, kFarthestEnd = 9;

struct Edges {
  BitRows strong;
  BitRows faint;
};

Edges find_edges(FrameView frame, const Rect& band) {
  const Size size{band.width, band.height};
  Edges edges{BitRows(size), BitRows(size)};
  const auto bytes = static_cast<std::size_t>(band.width) * kBytesPerPixel;
  std::vector<std::uint8_t> padded;  // a row with its first pixel before it, where the screen has none there
  for (int y = band.y; y < band.bottom(); ++y) {
    const std::uint8_t* here = frame.at(band.x, y);
    const std::uint8_t* above = y > 0 ? frame.at(band.x, y - 1) : here;
    if (band.x == 0) {
      padded.assign(here, here + kBytesPerPixel);
      padded.insert(padded.end(), here, here + bytes);
      here = padded.data() + kBytesPerPixel;
    }
    mark_edges(here, above, kEdge, kFaintEdge, {edges.strong.row(y - band.y), edges.faint.row(y - band.y)}, static_cast<std::size_t>(band.width));
  }
  return edges;
}

bool same_shade(const std::uint8_t* a, const std::uint8_t* b) {
  return std::abs(a[0] - b[0]) <= kSameShade && std::abs(a[1] - b[1]) <= kSameShade && std::abs(a[2] - b[2]) <= kSameShade;
}

// Whether all stretches of one shade between the first and the last change are equally long in turn, as a dashed rule's are.
bool dashed(const std::vector<int>& changes) {
  for (std::size_t i = 3; i < changes.size(); ++i) {
    if (std::abs((changes[i] - changes[i - 1]) - (changes[i - 2] - changes[i - 3])) > 1) return false;
  }
  return true;
}

// A row of small letters that touch, be it their tops, feet or bars: of many shades, or of two that change like no rule's, with paper above or below. A
// rule has one, or two that take turns.
bool letters(FrameView frame, const Rect& band, const BitRows& ink, int left, int right, int y) {
  constexpr std::size_t kLeastChanges = 4;
  int dotted = 0;
  std::vector<int> changes;
  for (int x = left + 2; x < right; ++x) {
    const std::uint8_t* pixel = frame.at(band.x + x, band.y + y);
    if (!same_shade(pixel, pixel - kBytesPerPixel)) changes.push_back(x);
    dotted += same_shade(pixel, pixel - 2 * kBytesPerPixel);
  }
  const int width = right - left - 2, even = width - static_cast<int>(changes.size());
  const bool shaded = std::max(even, dotted) * 10 <= width * 9;
  const bool strokes = changes.size() >= kLeastChanges && even * 20 <= width * 19 && !dashed(changes);
  if (!shaded && !strokes) return false;
  const auto sparse = [&](int row) { return ink.count({left, row, right - left, 1}) * 2 <= right - left; };
  for (int off = kNearestEnd; off <= kFarthestEnd; ++off) {
    if (sparse(y - off) || sparse(y + off)) return true;
  }
  return false;
}

// Rules across, without the rows of letters that look like one.
BitRows rules_across(FrameView frame, const Rect& band, const BitRows& ink) {
  BitRows rules = ink.row_runs(kRule);
  for (int y = 0; y < band.height; ++y) {
    for_each_run(rules.row(y), rules.words(), [&](int left, int right) {
      if (letters(frame, band, ink, left, right, y)) rules.clear({left, y, right - left, 1});
    });
  }
  return rules;
}

// The sides of boxes, from a rule to a rule: those of a field are not much higher than its text.
BitRows sides(const BitRows& closed, const BitRows& across) {
  const BitRows runs = closed.column_runs(kSide), ends = across.dilated(1);
  BitRows down = runs, up = runs;
  const int height = runs.size().height;
  for (int y = 0; y < height; ++y) {
    for (std::size_t w = 0; w < runs.words(); ++w) down.row(y)[w] &= ends.row(y)[w] | (y > 0 ? down.row(y - 1)[w] : 0);
  }
  for (int y = height - 1; y >= 0; --y) {
    for (std::size_t w = 0; w < runs.words(); ++w) up.row(y)[w] &= down.row(y)[w] & (ends.row(y)[w] | (y + 1 < height ? up.row(y + 1)[w] : 0));
  }
  return up;
}

}  // namespace

InkMap::InkMap(FrameView frame, const Rect& band) : band_(band.intersected(Rect::of(frame.size))), ink_({band_.width, band_.height}) {
  if (band_.empty()) return;
  Edges edges = find_edges(frame, band_);
  edges.faint.clear(edges.strong.dilated(kFringe));
  ink_ = std::move(edges.strong);
  ink_.add(edges.faint);
  BitRows rules = rules_across(frame, band_, ink_);
  const BitRows closed = ink_.column_closed();
  rules.add(sides(closed, rules));
  rules.add(closed.column_runs(kRule));
  ink_.clear(rules);
}

Rect InkMap::tight(const Rect& rect) const {
  const Rect box = ink_.tight(on_band(rect));
  return box.empty() ? box : on_screen(box);
}

std::vector<Rect> InkMap::components() const {
  const BitRows closed = ink_.row_closed(kClosedGap);
  ConnectedRuns ink(0);
  for (int y = 0; y < band_.height; ++y) {
    for_each_run(closed.row(y), closed.words(), [&](int left, int right) { ink.add({left, right, y}); });
  }
  const std::vector<std::size_t> pieces = ink.pieces();
  std::vector<Rect> boxes(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const InkRun& run = ink.runs()[i];
    Rect& box = boxes[pieces[i]];
    box = box.united({band_.x + run.left, band_.y + run.row, run.right - run.left, 1});
  }
  std::erase_if(boxes, [](const Rect& box) { return box.empty(); });
  return boxes;
}

}  // namespace frostgate::redaction
