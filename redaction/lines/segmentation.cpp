#include "redaction/lines/segmentation.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "redaction/lines/ink.h"

namespace frostgate::redaction {
namespace {

constexpr int kSplitHeight = 18;       // a component as high as this may hold two rows of small text
constexpr int kColumnSplitHeight = 32; // and one as high as this may be a picture beside text
constexpr int kColumnGap = 5;
constexpr int kMaxCuts = 6;
constexpr int kSameBackground = 8;

std::vector<int> row_profile(const InkMap& ink, const Rect& box) {
  std::vector<int> profile;
  for (int y = box.y; y < box.bottom(); ++y) {
    const std::uint8_t* row = ink.row(y) + (box.x - ink.band().x);
    profile.push_back(static_cast<int>(std::count(row, row + box.width, std::uint8_t{1})));
  }
  return profile;
}

std::vector<int> column_profile(const InkMap& ink, const Rect& box) {
  std::vector<int> profile(static_cast<std::size_t>(box.width), 0);
  for (int y = box.y; y < box.bottom(); ++y) {
    const std::uint8_t* row = ink.row(y) + (box.x - ink.band().x);
    for (int x = 0; x < box.width; ++x) profile[static_cast<std::size_t>(x)] += row[x];
  }
  return profile;
}

Rect tightened(const InkMap& ink, const Rect& box) {
  const auto inked = [](int count) { return count > 0; };
  const std::vector<int> rows = row_profile(ink, box);
  const auto top = std::find_if(rows.begin(), rows.end(), inked);
  if (top == rows.end()) return {};
  const auto bottom = std::find_if(rows.rbegin(), rows.rend(), inked).base();
  const std::vector<int> columns = column_profile(ink, box);
  const auto left = std::find_if(columns.begin(), columns.end(), inked);
  const auto right = std::find_if(columns.rbegin(), columns.rend(), inked).base();
  return Rect::between(box.x + static_cast<int>(left - columns.begin()), box.y + static_cast<int>(top - rows.begin()),
                       box.x + static_cast<int>(right - columns.begin()),
                       box.y + static_cast<int>(bottom - rows.begin()));
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
  const std::vector<int> profile = column_profile(ink, box);
  std::vector<Rect> parts;
  int left = -1, last = -1;
  for (int x = 0; x < box.width; ++x) {
    if (profile[static_cast<std::size_t>(x)] == 0) continue;
    if (left >= 0 && x - last > gap) {
      parts.push_back(Rect::between(box.x + left, box.y, box.x + last + 1, box.bottom()));
      left = -1;
    }
    if (left < 0) left = x;
    last = x;
  }
  if (left >= 0) parts.push_back(Rect::between(box.x + left, box.y, box.x + last + 1, box.bottom()));
  return parts;
}

void cut(const InkMap& ink, const Rect& component, int depth, std::vector<Rect>& fragments) {
  const Rect box = tightened(ink, component);
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

Colour modal_colour(FrameView frame, const Rect& box) {
  constexpr std::int64_t kSamples = 256;
  const Rect area = box.expanded(1, 1).intersected(Rect::of(frame.size));
  const std::int64_t step = std::max<std::int64_t>(1, area.area() / kSamples) | 1;
  std::vector<Colour> samples;
  for (std::int64_t i = 0; i < area.area(); i += step) {
    samples.push_back(colour_of(frame.at(area.x + static_cast<int>(i % area.width), area.y + static_cast<int>(i / area.width))));
  }
  std::sort(samples.begin(), samples.end());
  Colour best = 0;
  std::ptrdiff_t most = 0;
  for (auto first = samples.begin(); first != samples.end();) {
    const auto last = std::upper_bound(first, samples.end(), *first);
    if (last - first > most) {
      most = last - first;
      best = *first;
    }
    first = last;
  }
  return best;
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
  std::map<int, std::vector<std::size_t>> open;
  for (const Rect& fragment : fragments) {
    const Colour background = modal_colour(frame, fragment);
    const int middle = (fragment.y + fragment.height / 2) / kBucket;
    const int reach = fragment.height / kBucket + 1;
    bool joined = false;
    for (int bucket = middle - reach; bucket <= middle + reach && !joined; ++bucket) {
      const auto found = open.find(bucket);
      if (found == open.end()) continue;
      std::erase_if(found->second, [&](std::size_t i) {
        return lines[i].box.right() + kMaxLineHeight * 5 / 4 < fragment.x;
      });
      for (const std::size_t i : found->second) {
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
    open[middle].push_back(lines.size());
    lines.push_back({fragment, background});
  }
  return lines;
}

Colour modal_in_column(FrameView frame, int x, int top, int bottom, int& share) {
  Colour best = 0;
  share = 0;
  for (int y = top; y < bottom; ++y) {
    const Colour candidate = colour_of(frame.at(x, y));
    int count = 0;
    for (int k = top; k < bottom; ++k) count += distance(colour_of(frame.at(x, k)), candidate) <= kSameBackground;
    if (count > share) {
      share = count;
      best = candidate;
    }
    if (share * 2 > bottom - top) break;
  }
  return best;
}

int near_in_column(FrameView frame, int x, int top, int bottom, Colour colour) {
  int count = 0;
  for (int y = top; y < bottom; ++y) count += distance(colour_of(frame.at(x, y)), colour) <= kSameBackground;
  return count;
}

// Where another background stands for several columns (another window, a selection, a block cursor) the line ends.
std::vector<LineBox> split_backgrounds(FrameView frame, const LineBox& line) {
  const Rect& box = line.box;
  const int shortest = std::max(5, box.height * 2 / 5);
  std::vector<LineBox> parts;
  int left = box.x;
  const auto close = [&](int right, Colour background) {
    if (right > left) parts.push_back({Rect::between(left, box.y, right, box.bottom()), background});
    left = right;
  };
  int x = box.x;
  while (x < box.right()) {
    if (near_in_column(frame, x, box.y, box.bottom(), line.background) * 5 >= box.height * 2) {
      ++x;
      continue;
    }
    int share = 0;
    const Colour other = modal_in_column(frame, x, box.y, box.bottom(), share);
    // Strokes of the type on it do not end another background; paper does, or the two stems of an H would make one.
    int end = x;
    for (int k = x; k < box.right() && k - end < shortest; ++k) {
      if (near_in_column(frame, k, box.y, box.bottom(), line.background) * 5 >= box.height * 2) break;
      if (near_in_column(frame, k, box.y, box.bottom(), other) * 5 >= box.height * 2) end = k + 1;
    }
    int paper = 0;  // between the blurred stems of type; there is none on another background
    for (int k = x; k < end; ++k) paper += near_in_column(frame, k, box.y, box.bottom(), line.background);
    if (share * 5 >= box.height * 2 && end - x >= shortest && paper * 8 < (end - x) * box.height) {
      close(x, line.background);
      close(end, other);
    }
    x = std::max(end, x + 1);
  }
  close(box.right(), line.background);
  return parts;
}

// Tight around what really differs from the background; empty for a solid block.
LineBox tightened(FrameView frame, const LineBox& line) {
  const Rect area = line.box.expanded(0, 1).intersected(Rect::of(frame.size));
  int left = area.right(), right = area.x, top = area.bottom(), bottom = area.y;
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      if (distance(colour_of(frame.at(x, y)), line.background) <= kInkDistance) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
      top = std::min(top, y);
      bottom = y + 1;
    }
  }
  return {right > left ? Rect::between(left, top, right, bottom) : Rect{}, line.background};
}

// A block (a cursor, a bar) has nothing but its own edge on it.
bool solid(FrameView frame, const LineBox& line) {
  const Rect inner = line.box.expanded(-2, -2);
  if (inner.empty()) return false;
  for (int y = inner.y; y < inner.bottom(); ++y) {
    for (int x = inner.x; x < inner.right(); ++x) {
      if (distance(colour_of(frame.at(x, y)), line.background) > kInkDistance) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<LineBox> find_lines(FrameView frame, const Rect& band) {
  const InkMap ink(frame, band);
  std::vector<Rect> fragments;
  for (const Rect& component : ink.components()) cut(ink, component, 0, fragments);
  std::vector<LineBox> lines;
  for (const LineBox& merged : merge(frame, std::move(fragments))) {
    for (const LineBox& part : split_backgrounds(frame, merged)) {
      const LineBox line = tightened(frame, part);
      if (!line.box.empty() && !solid(frame, line)) lines.push_back(line);
    }
  }
  std::sort(lines.begin(), lines.end(), [](const LineBox& a, const LineBox& b) {
    return a.box.y != b.box.y ? a.box.y < b.box.y : a.box.x < b.box.x;
  });
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

}  // namespace frostgate::redaction
