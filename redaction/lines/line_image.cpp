#include "redaction/lines/line_image.h"

#include <algorithm>
#include <cstdlib>

namespace frostgate::redaction {
namespace {

constexpr std::uint8_t kBlank = 200;  // paper at least as light as this has no ink
constexpr std::uint8_t kDark = 128;

// How often a row goes from light to dark or back.
int jumps(const LineImage& image) {
  int count = 0;
  for (int y = 0; y < image.box.height; ++y) {
    for (int x = 1; x < image.box.width; ++x) count += std::abs(image.at(x, y) - image.at(x - 1, y)) >= 48;
  }
  return count;
}

}  // namespace

LineImage normalised(FrameView frame, const LineBox& line) {
  LineImage image{line.box, {}};
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
  if (box.height < 8 && box.width >= 3 * box.height && plain * 100 >= total * 10 && jumps(image) * 2 >= box.width) return Shape::text;
  if (plain * 100 < total * 30 || dark * 100 < total * 3 || dark * 100 > total * 65) return Shape::picture;
  int strokes = 0, widest = 0, width = 0;
  for (int x = 0; x <= box.width; ++x) {
    if (x < box.width && !blank_column(image, x)) {
      ++width;
      continue;
    }
    strokes += width > 0;
    widest = std::max(widest, width);
    width = 0;
  }
  // Small type runs together, so a long run of ink may still be a word; a single one as wide as high is an icon.
  const bool several = strokes >= 3 || widest >= box.height * 2;
  return several && box.width * 5 >= box.height * 6 ? Shape::text : Shape::mark;
}

}  // namespace frostgate::redaction
