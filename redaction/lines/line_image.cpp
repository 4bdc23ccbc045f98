#include "redaction/lines/line_image.h"

#include <algorithm>
#include <cstdlib>

namespace frostgate::redaction {
namespace {

constexpr std::uint8_t kBlank = 200;  // paper at least as light as this has no ink
constexpr std::uint8_t kDark = 128;
constexpr int kSmallCapitals = 16;  // and higher ones have paper around their strokes
constexpr int kBorder = 2;  // columns between a line and what cuts it

// How often a row goes from light to dark or back.
int jumps(const LineImage& image) {
  int count = 0;
  for (int y = 0; y < image.box.height; ++y) {
    for (int x = 1; x < image.box.width; ++x) count += std::abs(image.at(x, y) - image.at(x - 1, y)) >= 48;
  }
  return count;
}

// Runs of columns with ink.
struct Strokes {
  int count = 0;
  int blocks = 0;  // full rectangles
  int wide = 0;    // at least half as wide as the line is high
  int close = 0;   // no farther from the one before than letters are
  int widest = 0;
};

// Whether strokes are a fortieth of the height or thinner, as the curve of a chart is and type this large is not. `dark` pixels are ink.
bool hairlines(const LineImage& image, std::int64_t dark) {
  constexpr int kLarge = 64, kThin = 40;
  if (image.box.height < kLarge) return false;
  std::int64_t edges = 0;  // two for each crossing of a stroke
  for (int y = 0; y < image.box.height; ++y) {
    for (int x = 0; x < image.box.width; ++x) {
      const bool ink = image.at(x, y) < kDark;
      edges += (x > 0 && ink != (image.at(x - 1, y) < kDark)) + (y > 0 && ink != (image.at(x, y - 1) < kDark));
    }
  }
  return 2 * dark * kThin <= edges * image.box.height;
}

bool is_block(const LineImage& image, int left, int right) {
  int top = image.box.height, bottom = 0, dark = 0;
  for (int y = 0; y < image.box.height; ++y) {
    for (int x = left; x < right; ++x) {
      if (image.at(x, y) >= kDark) continue;
      ++dark;
      top = std::min(top, y);
      bottom = y + 1;
    }
  }
  return dark > 0 && dark == (right - left) * (bottom - top);
}

Strokes strokes_of(const LineImage& image) {
  Strokes strokes;
  const int width = image.box.width, height = image.box.height;
  int left = -1, end = -1;
  for (int x = 0; x <= width; ++x) {
    if (x < width && !blank_column(image, x)) {
      if (left < 0) left = x;
      continue;
    }
    if (left < 0) continue;
    ++strokes.count;
    strokes.blocks += is_block(image, left, x);
    strokes.wide += (x - left) * 2 >= height;
    strokes.close += end >= 0 && (left - end) * 20 <= height * 7;
    strokes.widest = std::max(strokes.widest, x - left);
    end = x;
    left = -1;
  }
  return strokes;
}

// Whether what stands in column x beside a line, over most of its height, is not its paper.
bool other_ground(FrameView frame, const LineBox& line, int x) {
  if (x < 0 || x >= frame.size.width) return true;
  int far = 0;
  for (int y = line.box.y; y < line.box.bottom(); ++y) far += distance(colour_of(frame.at(x, y)), line.background) > line.ink;
  return far * 3 > line.box.height * 2;
}

}  // namespace

LineImage normalised(FrameView frame, const LineBox& line) {
  LineImage image{line.box, {}};
  for (int reach = 1; reach <= kBorder; ++reach) {
    image.cut_left = image.cut_left || other_ground(frame, line, line.box.x - reach);
    image.cut_right = image.cut_right || other_ground(frame, line, line.box.right() - 1 + reach);
  }
  image.paper.reserve(static_cast<std::size_t>(line.box.area()));
  int farthest = 1;
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    for (int x = line.box.x; x < line.box.right(); ++x) {
      const int d = distance(colour_of(frame.at(x, y)), line.background);
      farthest = std::max(farthest, d);
      image.paper.push_back(static_cast<std::uint8_t>(d));
    }
  }
  for (std::uint8_t& value : image.paper) value = static_cast<std::uint8_t>(255 - value * 255 / farthest);
  return image;
}

bool blank_column(const LineImage& image, int x) {
  for (int y = 0; y < image.box.height; ++y) {
    if (image.at(x, y) < kBlank) return false;
  }
  return true;
}

Shape shape_of(const LineImage& image) {
  const Rect& box = image.box;
  const auto total = static_cast<std::int64_t>(image.paper.size());
  const std::int64_t plain = std::count_if(image.paper.begin(), image.paper.end(), [](std::uint8_t v) { return v >= 230; });
  const std::int64_t dark = std::count_if(image.paper.begin(), image.paper.end(), [](std::uint8_t v) { return v < kDark; });
  // Tiny type is all edges: hardly any paper or full ink is left in it. A window's grip has hardly an edge.
  const bool wide = box.width >= 3 * box.height;
  const bool tiny = wide && box.height < 8 && plain * 100 >= total * 10 && jumps(image) * 2 >= box.width;
  // Small capitals have less paper in their box than other type, and an edge at every third pixel.
  const bool dense = wide && box.height < kSmallCapitals && plain * 100 >= total * 5 && dark * 100 <= total * 75 && jumps(image) * 3 >= total;
  if (!tiny && !dense && (plain * 100 < total * 30 || dark * 100 < total * 3 || dark * 100 > total * 65)) return Shape::picture;
  if (hairlines(image, dark)) return Shape::picture;
  const Strokes strokes = strokes_of(image);
  // Dots, dashes, the teeth of a scale: every one is a block.
  if (strokes.count >= 3 && strokes.blocks * 20 >= strokes.count * 19) return Shape::picture;
  if (tiny) return box.height > 1 ? Shape::text : Shape::picture;
  // Each as wide as high and far from the next: a row of icons. Letters that touch make a longer run.
  const bool run = strokes.widest >= box.height * 3;
  if (!run && strokes.wide * 10 >= strokes.count * 6 && strokes.close * 2 < strokes.count) return Shape::mark;
  // Small type runs together, so a long run of ink may still be a word; a single one as wide as high is an icon.
  const bool several = strokes.count >= 3 || strokes.widest >= box.height * 2;
  if (several && box.width * 5 >= box.height * 6) return Shape::text;
  // Photos are full of specks that might be marks, but they have no paper.
  const std::int64_t clean = std::count_if(image.paper.begin(), image.paper.end(), [](std::uint8_t v) { return v >= 250; });
  return clean * 5 >= total ? Shape::mark : Shape::picture;
}

}  // namespace frostgate::redaction
