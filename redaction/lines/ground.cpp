#include "redaction/lines/ground.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "redaction/lines/byte_loops.h"

namespace frostgate::redaction {
namespace {

// One row of pixels, by how far they are from a colour.
class RowDistance {
 public:
  RowDistance(Colour colour, int width) : colour_(colour), flags_(static_cast<std::size_t>(width)) {}

  void look_at(const std::uint8_t* pixels) { pixels_ = pixels; }

  // Adds 1 to counts[x] where pixel x is no farther than `most`.
  void count_near(int most, std::uint16_t* counts) {
    const std::uint8_t* far = flag_far(most);
    for (std::size_t x = 0; x < flags_.size(); ++x) counts[x] = static_cast<std::uint16_t>(counts[x] + 1 - far[x]);
  }

  // One byte a pixel: 1 where it is farther than `most`.
  const std::uint8_t* flag_far(int most) {
    redaction::flag_far(pixels_, colour_, most, flags_.data(), flags_.size());
    return flags_.data();
  }

 private:
  Colour colour_;
  const std::uint8_t* pixels_ = nullptr;
  std::vector<std::uint8_t> flags_;
};

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

// Whether one colour ends and another begins at column x, in most rows.
bool jumps(FrameView frame, int x, const Rect& box) {
  int rows = 0;
  for (int y = box.y; y < box.bottom(); ++y) rows += distance(colour_of(frame.at(x, y)), colour_of(frame.at(x - 1, y))) > kSameBackground;
  return rows * 2 >= box.height;
}

int ink_distance(FrameView frame, const Rect& area, Colour background) {
  std::vector<std::uint8_t> farthest(static_cast<std::size_t>(area.width) * kBytesPerPixel);
  for (int y = area.y; y < area.bottom(); ++y) raise_distances(frame.at(area.x, y), background, farthest.data(), static_cast<std::size_t>(area.width));
  int most = 0;
  for (std::size_t i = 0; i < farthest.size(); ++i) {
    if (i % kBytesPerPixel != 3) most = std::max(most, static_cast<int>(farthest[i]));
  }
  return std::clamp(most / 4, 1, kInkDistance);
}

// Whether ink of a row hangs together with that of the one above.
bool touch(FrameView frame, const LineBox& line, const Rect& area, int row) {
  const auto inked = [&](int x, int y) { return x >= area.x && x < area.right() && distance(colour_of(frame.at(x, y)), line.background) > line.ink; };
  for (int x = area.x; x < area.right(); ++x) {
    if (inked(x, row) && (inked(x - 1, row - 1) || inked(x, row - 1) || inked(x + 1, row - 1))) return true;
  }
  return false;
}

}  // namespace

Colour modal_colour(FrameView frame, const Rect& box) {
  constexpr std::int64_t kSamples = 256;
  constexpr std::size_t kSlots = 1024;  // more than samples are taken
  constexpr int kHighBox = 32;
  const Rect area = box.expanded(1, 1).intersected(Rect::of(frame.size));
  if (area.empty()) return 0;
  std::array<Colour, kSlots> colours;
  std::array<std::uint16_t, kSlots> counts{};
  Colour best = 0;
  int most = 0;
  const auto sample = [&](int x, int y) {
    const Colour colour = colour_of(frame.at(x, y));
    std::size_t slot = (colour * 2654435761U) >> 22;
    while (counts[slot] > 0 && colours[slot] != colour) slot = (slot + 1) % kSlots;
    colours[slot] = colour;
    const int count = ++counts[slot];
    if (count < most || (count == most && colour >= best)) return;
    most = count;
    best = colour;
  };
  if (box.height > kHighBox) {
    const int across = std::max(1, area.width / 128), down = std::max(1, area.height / 128);
    for (int x = area.x; x < area.right(); x += across) sample(x, area.y), sample(x, area.bottom() - 1);
    for (int y = area.y; y < area.bottom(); y += down) sample(area.x, y), sample(area.right() - 1, y);
    return best;
  }
  const std::int64_t step = std::max<std::int64_t>(1, area.area() / kSamples) | 1;
  int x = area.x, y = area.y;
  while (y < area.bottom()) {
    sample(x, y);
    for (x += static_cast<int>(step); x >= area.right(); x -= area.width) ++y;
  }
  return best;
}

std::vector<LineBox> split_backgrounds(FrameView frame, const LineBox& line) {
  const Rect& box = line.box;
  constexpr int kBlurredSide = 48, kGroundColumns = 3;
  const int shortest = std::max(5, box.height * 2 / 5);
  std::vector<std::uint16_t> near(static_cast<std::size_t>(box.width));
  RowDistance row(line.background, box.width);
  for (int y = box.y; y < box.bottom(); ++y) {
    row.look_at(frame.at(box.x, y));
    row.count_near(kSameBackground, near.data());
  }
  const auto on_ground = [&](int x) { return near[static_cast<std::size_t>(x - box.x)] * 5 >= box.height * 2; };
  std::vector<LineBox> parts;
  int left = box.x;
  bool steady = true;
  const auto close = [&](int right, Colour background) {
    const bool ends = right == box.x || right == box.right() || jumps(frame, right, box);
    if (right > left) parts.push_back({Rect::between(left, box.y, right, box.bottom()), background, kInkDistance, steady && ends});
    left = right;
    steady = ends;
  };
  for (int x = box.x; x < box.right();) {
    int next = x;  // the end of these columns without the line's background
    while (next < box.right() && !on_ground(next)) ++next;
    if (next - x < shortest) {
      x = next + 1;
      continue;
    }
    int share = 0;
    const Colour other = modal_in_column(frame, x, box.y, box.bottom(), share);
    // Strokes of the type on it do not end another background; paper does, or the two stems of an H would make one.
    int end = x, seen = 0, same = 0, together = 0, longest = 0;
    for (int k = x; k < next && k - end < shortest; ++k) {
      const int near_other = near_in_column(frame, k, box.y, box.bottom(), other);
      const bool on_other = near_other * 5 >= box.height * 2;
      seen += near_other;
      if (on_other) end = k + 1, same = seen;
      together = on_other ? together + 1 : 0;
      longest = std::max(longest, together);
    }
    // Nor are the blurred sides of stems next to each other ("db") the ground that they stand on.
    const bool fringe = distance(other, line.background) < kBlurredSide && longest < kGroundColumns;
    // The stems of a letter are of a colour of their own each.
    const bool ground = same * 3 >= (end - x) * box.height;
    int paper = 0;  // between the blurred stems of type; there is none on another background
    for (int k = x; k < end; ++k) paper += near[static_cast<std::size_t>(k - box.x)];
    if (ground && !fringe && share * 5 >= box.height * 2 && end - x >= shortest && paper * 8 < (end - x) * box.height) {
      close(x, line.background);
      close(end, other);
    }
    x = std::max(end, x + 1);
  }
  close(box.right(), line.background);
  return parts;
}

bool on_paper(FrameView frame, const LineBox& line) {
  const Rect ring = line.box.expanded(1, 1).intersected(Rect::of(frame.size));
  int all = 0, same = 0;
  const auto look_at = [&](int x, int y) {
    ++all;
    same += colour_of(frame.at(x, y)) == line.background;
  };
  for (int x = ring.x; x < ring.right(); ++x) look_at(x, ring.y), look_at(x, ring.bottom() - 1);
  for (int y = ring.y; y < ring.bottom(); ++y) look_at(ring.x, y), look_at(ring.right() - 1, y);
  return same * 2 >= all;
}

bool trustworthy(FrameView frame, const LineBox& line) {
  constexpr int kSteady = 2, kLowest = 8, kLongest = 16;
  const Rect& box = line.box;
  if (!line.steady) return false;
  if (box.height < kLowest) return true;
  std::int64_t steady = 0, count = 0, x_sum = 0, y_sum = 0, xx_sum = 0, xy_sum = 0;
  RowDistance row(line.background, box.width);
  const auto width = static_cast<std::size_t>(box.width);
  for (int y = 0; y < box.height; ++y) {
    row.look_at(frame.at(box.x, box.y + y));
    const std::uint8_t* unsteady = row.flag_far(kSteady);
    steady += box.width - std::count(unsteady, unsteady + width, 1);
    const Moments ink = moments(row.flag_far(line.ink), width);
    count += ink.count;
    x_sum += ink.sum;
    y_sum += std::int64_t{y} * ink.count;
    xx_sum += ink.squares;
    xy_sum += std::int64_t{y} * ink.sum;
  }
  // Between small capitals there is less paper, but right around them there is nothing else.
  if (steady * 5 < box.area() && (steady * 20 < box.area() || !on_paper(frame, line))) return false;
  if (count == 0 || box.width > kLongest * box.height || box.width < 2 * box.height) return true;
  const auto n = static_cast<double>(count);
  const double along = static_cast<double>(x_sum);
  const double spread = n * static_cast<double>(xx_sum) - along * along;
  // How far the middle of the ink climbs or falls along the line.
  const double drift = spread > 0 ? std::abs((n * static_cast<double>(xy_sum) - along * static_cast<double>(y_sum)) / spread) * box.width : 0;
  return drift * 2 < box.height;
}

bool stands_alone(FrameView frame, const LineBox& line) {
  // Small type touches a rule or the row next to it now and then.
  constexpr int kSmallType = 40;
  const Rect& box = line.box;
  const int touching_percent = box.height < kSmallType ? 12 : 3;
  const auto width = static_cast<std::size_t>(box.width);
  RowDistance inside(line.background, box.width), outside(line.background, box.width);
  const auto touching = [&](int y, int beyond) {
    if (beyond < 0 || beyond >= frame.size.height) return 0;
    inside.look_at(frame.at(box.x, y));
    outside.look_at(frame.at(box.x, beyond));
    const std::uint8_t *here = inside.flag_far(line.ink), *there = outside.flag_far(line.ink);
    int count = 0;
    for (std::size_t x = 0; x < width; ++x) count += here[x] & there[x];
    return count;
  };
  const int above = touching(box.y, box.y - 1), below = touching(box.bottom() - 1, box.bottom());
  return std::max(above, below) * 100 <= box.width * touching_percent;
}

LineBox tight_on_ground(FrameView frame, const LineBox& line) {
  constexpr int kFullPercent = 90;  // a row like this is the edge of a selection or a field
  constexpr int kLow = 4;
  const Rect area = line.box.expanded(0, 1).intersected(Rect::of(frame.size));
  LineBox out{{}, line.background, ink_distance(frame, area, line.background), line.steady};
  RowDistance row(line.background, area.width);
  std::vector<int> row_ink;
  for (int y = area.y; y < area.bottom(); ++y) {
    row.look_at(frame.at(area.x, y));
    const std::uint8_t* flags = row.flag_far(out.ink);
    row_ink.push_back(static_cast<int>(std::count(flags, flags + area.width, 1)));
  }
  const auto blank_or_full = [&](int y) {
    const int ink = row_ink[static_cast<std::size_t>(y - area.y)];
    return ink == 0 || (ink * 100 >= area.width * kFullPercent && area.height > kLow);
  };
  // What begins at the last row, and hangs together with none before, is of the next line: a cursor.
  const auto begins_at = [&](int y) { return row_ink[static_cast<std::size_t>(y - area.y)] > 0 && !touch(frame, out, area, y); };
  int top = area.y, bottom = std::min(area.bottom(), line.box.bottom() - 1);
  while (bottom < area.bottom() && (line.box.height <= kLow || !begins_at(bottom))) ++bottom;
  while (top < bottom && blank_or_full(top)) ++top;
  while (top < bottom && blank_or_full(bottom - 1)) --bottom;
  if (top >= bottom) return out;
  std::vector<std::uint8_t> inked(static_cast<std::size_t>(area.width));
  for (int y = top; y < bottom; ++y) {
    row.look_at(frame.at(area.x, y));
    const std::uint8_t* flags = row.flag_far(out.ink);
    for (std::size_t x = 0; x < inked.size(); ++x) inked[x] |= flags[x];
  }
  const auto left = std::find(inked.begin(), inked.end(), 1) - inked.begin();
  const auto right = inked.rend() - std::find(inked.rbegin(), inked.rend(), 1);
  const Rect box = Rect::between(area.x + static_cast<int>(left), top, area.x + static_cast<int>(right), bottom);
  const Rect inner = box.expanded(-2, -2);
  if (!inner.empty()) {
    RowDistance within(line.background, inner.width);
    bool solid = true;
    for (int y = inner.y; y < inner.bottom() && solid; ++y) {
      within.look_at(frame.at(inner.x, y));
      const std::uint8_t* flags = within.flag_far(out.ink);
      solid = std::find(flags, flags + inner.width, 1) == flags + inner.width;
    }
    if (solid) return out;
  }
  out.box = box;
  return out;
}

}  // namespace frostgate::redaction
