#include "redaction/lines/segmentation.h"

#include <algorithm>

#include "redaction/lines/ground.h"
#include "redaction/lines/ink.h"
#include "redaction/lines/window_edge.h"

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
  // Ascenders above small letters are no row, nor are underscores and what hangs below the feet: nothing parts them from the letters, and they are low.
  constexpr int kLowRow = 3;
  for (std::size_t i = 0; i < cuts.size();) {
    const int above = cuts[i] - (i > 0 ? cuts[i - 1] : 0), below = (i + 1 < cuts.size() ? cuts[i + 1] : box.height) - cuts[i];
    const bool parted = profile[static_cast<std::size_t>(cuts[i])] == 0;
    if (!parted && (above * kLowRow <= below || below * kLowRow <= above)) {
      cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
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

// Underscores stand clear of their line, as near to the next one. What tells whose they are: above each there is nothing.
class Underscores {
 public:
  // Takes them out of `fragments` and stretches down what they belong to.
  Underscores(const InkMap& ink, std::vector<Rect>& fragments) {
    std::vector<std::vector<std::size_t>> by_bottom(static_cast<std::size_t>(ink.band().height / kBucket + 1));
    const auto bucket = [&](int y) { return static_cast<std::size_t>(std::clamp((y - ink.band().y) / kBucket, 0, ink.band().height / kBucket)); };
    std::vector<std::size_t> marks;  // a line of small type is as low as an underscore of large type: the thinnest come first
    for (std::size_t i = 0; i < fragments.size(); ++i) {
      by_bottom[bucket(fragments[i].bottom())].push_back(i);
      if (like_one(fragments[i])) marks.push_back(i);
    }
    std::stable_sort(marks.begin(), marks.end(), [&](std::size_t a, std::size_t b) { return fragments[a].height < fragments[b].height; });
    const std::vector<Rect> tops = fragments;  // as they were: several may hang from one
    std::vector<bool> taken(fragments.size(), false), hosts(fragments.size(), false);
    for (const std::size_t i : marks) {
      const Rect mark = tops[i];
      for (std::size_t k = bucket(mark.y - kMaxLineHeight / 2); k <= bucket(mark.y + 1) && !taken[i] && !hosts[i]; ++k) {
        const auto host = std::ranges::find_if(by_bottom[k], [&](std::size_t at) { return !taken[at] && hangs_from(ink, mark, tops[at]); });
        if (host == by_bottom[k].end()) continue;
        taken[i] = true;
        hosts[*host] = true;
        fragments[*host] = fragments[*host].united(mark);
        marks_.push_back(mark);
      }
    }
    std::size_t at = 0;
    std::erase_if(fragments, [&](const Rect&) { return taken[at++]; });
  }

  // A line's box without the underscores of the line above, which a cursor is high enough to reach.
  Rect without(const InkMap& ink, Rect line) const {
    for (const Rect& mark : marks_) {
      if (!mark.intersects(line) || (mark.bottom() - line.y) * 3 > line.height) continue;
      const Rect rows = Rect::between(line.x, line.y, line.right(), mark.bottom());
      if (ink.bits().count(ink.on_band(rows)) == ink.bits().count(ink.on_band(rows.intersected(mark.expanded(1, 1))))) {
        line = Rect::between(line.x, mark.bottom() + 1, line.right(), line.bottom());
      }
    }
    return line;
  }

 private:
  static constexpr int kBucket = 16;

  // Of a stroke's ink the last row is only where it ends.
  static int thickness(const Rect& fragment) { return std::max(1, fragment.height - 1); }
  static bool like_one(const Rect& fragment) { return fragment.height <= kMaxLineHeight / 16 && fragment.width >= 3 * thickness(fragment); }

  static bool hangs_from(const InkMap& ink, const Rect& mark, const Rect& host) {
    const int gap = mark.y - host.bottom();
    if (host.height < 5 * thickness(mark) || gap < -1 || gap * 2 > host.height) return false;
    if (mark.x < host.x - host.height || mark.right() > host.right() + host.height) return false;
    // Neighbours may reach into its columns.
    const int reach = std::max(2, mark.width / 3);
    const Rect above = Rect::between(mark.x + reach, host.y, mark.right() - reach, mark.y - 1);
    return above.width > 0 && ink.bits().count(ink.on_band(above)) == 0;
  }

  std::vector<Rect> marks_;
};

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
  const Underscores underscores(ink, fragments);
  std::vector<LineBox> lines;
  for (const LineBox& merged : merge(frame, std::move(fragments))) {
    for (const LineBox& ground : split_backgrounds(frame, merged)) {
      for (const LineBox& inside : split_at_border(frame, ground)) {
        for (LineBox part : split_at_window(frame, inside)) {
          part.box = underscores.without(ink, part.box);
          const LineBox line = tight_on_ground(frame, part);
          if (line.box.empty()) continue;
          const bool speck = line.ink < kFaintInk || line.box.height < kTiny;
          if (!speck || on_paper(frame, line)) lines.push_back(line);
        }
      }
    }
  }
  std::sort(lines.begin(), lines.end(), [](const LineBox& a, const LineBox& b) {
    return a.box.y != b.box.y ? a.box.y < b.box.y : a.box.x < b.box.x;
  });
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

}  // namespace frostgate::redaction
