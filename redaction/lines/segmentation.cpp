#include "redaction/lines/segmentation.h"

#include <algorithm>

#include "redaction/lines/ground.h"
#include "redaction/lines/ink.h"

namespace frostgate::redaction {
namespace {

constexpr int kSplitHeight = 18;       // a component as high as this may hold two rows of small text
constexpr int kColumnSplitHeight = 32; // and one as high as this may be a picture beside text
constexpr int kColumnGap = 5;
constexpr int kMaxCuts = 6;
constexpr int kFaintInk = 8;           // of type with a contrast of less than 32
constexpr int kTiny = 8;

std::vector<int> row_profile(const InkMap& ink, const Rect& box) {
  std::vector<int> profile;
  for (int y = box.y; y < box.bottom(); ++y) profile.push_back(ink.bits().count(ink.on_band({box.x, y, box.width, 1})));
  return profile;
}

// Rows of text that touch: cut where the ink is thinnest between two rows of at least 4 pixels.
std::vector<Rect> cut_rows(const InkMap& ink, const Rect& box) {
  const std::vector<int> profile = row_profile(ink, box);
  std::vector<int> sorted = profile;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 3 / 4), sorted.end());
  const int low = std::max(1, sorted[sorted.size() * 3 / 4] * 15 / 100);
  std::vector<int> cuts;
  int core = 0, thinnest = -1;
  bool had_core = false;
  for (int y = 0; y < box.height; ++y) {
    const int count = profile[static_cast<std::size_t>(y)];
    if (count > low) {
      if (++core == 4) {
        if (had_core && thinnest >= 0) cuts.push_back(thinnest);
        had_core = true;
        thinnest = -1;
      }
    } else {
      core = 0;
      if (had_core && (thinnest < 0 || count <= profile[static_cast<std::size_t>(thinnest)])) thinnest = y;
    }
  }
  std::vector<Rect> parts;
  int top = box.y;
  for (const int cut : cuts) {
    parts.push_back(Rect::between(box.x, top, box.right(), box.y + cut));
    top = box.y + cut;
  }
  parts.push_back(Rect::between(box.x, top, box.right(), box.bottom()));
  return parts;
}

std::vector<Rect> cut_columns(const InkMap& ink, const Rect& box, int gap) {
  std::vector<Rect> parts;
  for_each_run(ink.bits().columns(ink.on_band(box)).data(), ink.bits().words(), [&](int from, int to) {
    const int left = ink.band().x + from, right = ink.band().x + to;
    if (!parts.empty() && left - parts.back().right() < gap) {
      parts.back().width = right - parts.back().x;
    } else {
      parts.push_back(Rect::between(left, box.y, right, box.bottom()));
    }
  });
  return parts;
}

void cut(const InkMap& ink, const Rect& component, int depth, std::vector<Rect>& fragments) {
  const Rect box = ink.tight(component);
  if (box.empty()) return;
  if (box.height >= kSplitHeight && depth < kMaxCuts) {
    const std::vector<Rect> rows = cut_rows(ink, box);
    if (rows.size() > 1) {
      for (const Rect& row : rows) {
        for (const Rect& part : cut_columns(ink, row, std::max(12, row.height))) cut(ink, part, depth + 1, fragments);
      }
      return;
    }
    const std::vector<Rect> columns =
        box.height >= kColumnSplitHeight ? cut_columns(ink, box, kColumnGap) : std::vector<Rect>{};
    if (columns.size() > 1) {
      for (const Rect& column : columns) cut(ink, column, depth + 1, fragments);
      return;
    }
  }
  if (box.height <= kMaxLineHeight) fragments.push_back(box);
}

bool on_one_row(const Rect& a, const Rect& b) {
  const int overlap = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  const int lower = std::min(a.height, b.height), higher = std::max(a.height, b.height);
  // Dashes and dots have no height of their own: they belong to the row they lie in.
  if (higher >= 2 * lower && lower > higher * 2 / 3) return false;
  return overlap * 10 >= lower * 6;
}

// Joins fragments of one baseline on one background. Open lines wait in buckets by their middle row, so that a screen
// full of specks costs no more than its specks.
std::vector<LineBox> merge(FrameView frame, std::vector<Rect> fragments) {
  constexpr int kBucket = 16;
  std::sort(fragments.begin(), fragments.end(), [](const Rect& a, const Rect& b) {
    return a.x != b.x ? a.x < b.x : a.y < b.y;
  });
  std::vector<LineBox> lines;
  std::vector<std::vector<std::size_t>> open(static_cast<std::size_t>(frame.size.height / kBucket + 1));
  for (const Rect& fragment : fragments) {
    const Colour background = modal_colour(frame, fragment);
    const int middle = (fragment.y + fragment.height / 2) / kBucket;
    // A dot is far from the middle of the line that it belongs to.
    const int reach = kMaxLineHeight / 2 / kBucket + 1;
    bool joined = false;
    const int last = std::min(middle + reach, static_cast<int>(open.size()) - 1);
    for (int bucket = std::max(0, middle - reach); bucket <= last && !joined; ++bucket) {
      std::vector<std::size_t>& candidates = open[static_cast<std::size_t>(bucket)];
      std::erase_if(candidates, [&](std::size_t i) { return lines[i].box.right() + kMaxLineHeight * 5 / 4 < fragment.x; });
      for (const std::size_t i : candidates) {
        LineBox& line = lines[i];
        const int gap = fragment.x - line.box.right();
        if (gap * 4 > 5 * std::max(line.box.height, fragment.height) || !on_one_row(line.box, fragment)) continue;
        if (distance(line.background, background) > kSameBackground) continue;
        line.box = line.box.united(fragment);
        joined = true;
        break;
      }
    }
    if (joined) continue;
    open[static_cast<std::size_t>(middle)].push_back(lines.size());
    lines.push_back({fragment, background});
  }
  return lines;
}

}  // namespace

std::vector<LineBox> find_lines(FrameView frame, const Rect& band) { return find_lines(frame, InkMap(frame, band)); }

std::vector<LineBox> find_lines(FrameView frame, const InkMap& ink) {
  std::vector<Rect> fragments;
  for (const Rect& component : ink.components()) cut(ink, component, 0, fragments);
  std::vector<LineBox> lines;
  for (const LineBox& merged : merge(frame, std::move(fragments))) {
    for (const LineBox& part : split_backgrounds(frame, merged)) {
      const LineBox line = tight_on_ground(frame, part);
      if (line.box.empty()) continue;
      const bool speck = line.ink < kFaintInk || line.box.height < kTiny;
      if (!speck || on_paper(frame, line)) lines.push_back(line);
    }
  }
  std::sort(lines.begin(), lines.end(), [](const LineBox& a, const LineBox& b) {
    return a.box.y != b.box.y ? a.box.y < b.box.y : a.box.x < b.box.x;
  });
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

}  // namespace frostgate::redaction
