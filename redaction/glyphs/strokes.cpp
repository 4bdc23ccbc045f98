#include <algorithm>
#include <numeric>

#include "redaction/glyphs/glyph_line.h"

namespace frostgate::redaction {
namespace {

constexpr std::uint8_t kInk = 191;  // paper at most as light as this is ink of a stroke

class Union {
 public:
  explicit Union(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> parent_;
};

std::vector<Stroke::Run> runs_of(const LineImage& image) {
  std::vector<Stroke::Run> runs;
  for (int y = 0; y < image.box.height; ++y) {
    const std::uint8_t* row = image.paper.data() + static_cast<std::ptrdiff_t>(y) * image.box.width;
    for (int x = 0; x < image.box.width;) {
      if (row[x] > kInk) {
        ++x;
        continue;
      }
      const int left = x;
      while (x < image.box.width && row[x] <= kInk) ++x;
      runs.push_back({y, left, x});
    }
  }
  return runs;
}

// Runs of neighbouring rows that touch, also by a corner.
void join_neighbours(const std::vector<Stroke::Run>& runs, Union& groups) {
  std::size_t up = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    while (up < i && (runs[up].y < runs[i].y - 1 || (runs[up].y == runs[i].y - 1 && runs[up].right < runs[i].left))) ++up;
    for (std::size_t k = up; k < i && runs[k].y == runs[i].y - 1 && runs[k].left <= runs[i].right; ++k) groups.join(i, k);
  }
}

}  // namespace

std::vector<Stroke> strokes_of(const LineImage& image) {
  const std::vector<Stroke::Run> runs = runs_of(image);
  Union groups(runs.size());
  join_neighbours(runs, groups);
  std::vector<Stroke> strokes;
  std::vector<std::size_t> index(runs.size(), 0);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::size_t root = groups.root(i);
    const Stroke::Run& run = runs[i];
    if (root == i) {
      index[i] = strokes.size();
      strokes.push_back({run.left, run.right, run.y, run.y + 1, {}});
    }
    Stroke& stroke = strokes[index[root]];
    stroke.left = std::min(stroke.left, run.left);
    stroke.right = std::max(stroke.right, run.right);
    stroke.bottom = std::max(stroke.bottom, run.y + 1);
    stroke.runs.push_back(run);
  }
  std::ranges::sort(strokes, [](const Stroke& a, const Stroke& b) { return a.left != b.left ? a.left < b.left : a.top < b.top; });
  return strokes;
}

}  // namespace frostgate::redaction
