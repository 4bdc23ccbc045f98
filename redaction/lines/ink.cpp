#include "redaction/lines/ink.h"

#include <algorithm>
#include <numeric>

namespace frostgate::redaction {
namespace {

constexpr std::uint8_t kEdge = 18;
constexpr int kRule = 41;
constexpr int kClosedGap = 12;

std::uint8_t difference(std::uint8_t a, std::uint8_t b) { return a > b ? a - b : b - a; }

// jumps[i] is 1 where bytes differ by more than an edge; written so that the compiler vectorises it.
void compare_bytes(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* jumps, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) jumps[i] |= difference(a[i], b[i]) > kEdge ? 1 : 0;
}

struct Run {
  int left = 0;
  int right = 0;
  int parent = 0;
};

int root_of(std::vector<Run>& runs, int i) {
  while (runs[static_cast<std::size_t>(i)].parent != i) {
    Run& run = runs[static_cast<std::size_t>(i)];
    run.parent = runs[static_cast<std::size_t>(run.parent)].parent;
    i = run.parent;
  }
  return i;
}

void join(std::vector<Run>& runs, int a, int b) {
  a = root_of(runs, a);
  b = root_of(runs, b);
  if (a != b) runs[static_cast<std::size_t>(std::max(a, b))].parent = std::min(a, b);
}

}  // namespace

InkMap::InkMap(FrameView frame, const Rect& band) : band_(band.intersected(Rect::of(frame.size))) {
  ink_.resize(static_cast<std::size_t>(band_.area()));
  if (band_.empty()) return;
  find_edges(frame);
  remove_long_runs();
}

void InkMap::find_edges(FrameView frame) {
  const std::size_t bytes = static_cast<std::size_t>(band_.width) * kBytesPerPixel;
  std::vector<std::uint8_t> jumps(bytes);
  for (int y = band_.y; y < band_.bottom(); ++y) {
    std::fill(jumps.begin(), jumps.end(), std::uint8_t{0});
    const std::uint8_t* here = frame.at(band_.x, y);
    compare_bytes(here + kBytesPerPixel, here, jumps.data() + kBytesPerPixel, bytes - kBytesPerPixel);
    if (y > 0) compare_bytes(here, frame.at(band_.x, y - 1), jumps.data(), bytes);
    std::uint8_t* out = ink_.data() + static_cast<std::size_t>(y - band_.y) * band_.width;
    for (int x = 0; x < band_.width; ++x) {
      const std::uint8_t* jump = jumps.data() + static_cast<std::size_t>(x) * kBytesPerPixel;
      out[x] = jump[0] | jump[1] | jump[2];
    }
  }
}

void InkMap::remove_long_runs() {
  const int width = band_.width, height = band_.height;
  std::vector<int> down(static_cast<std::size_t>(width), 0);
  std::vector<Rect> rows_to_clear;
  for (int y = 0; y < height; ++y) {
    std::uint8_t* ink = ink_.data() + static_cast<std::size_t>(y) * width;
    int run = 0;
    for (int x = 0; x <= width; ++x) {
      if (x < width && ink[x]) {
        ++run;
        continue;
      }
      if (run >= kRule) rows_to_clear.push_back({x - run, y, run, 1});
      run = 0;
    }
    for (int x = 0; x < width; ++x) {
      int& length = down[static_cast<std::size_t>(x)];
      if (ink[x]) {
        ++length;
      } else {
        if (length >= kRule) clear_columns(x, y - length, y);
        length = 0;
      }
    }
  }
  for (int x = 0; x < width; ++x) {
    const int length = down[static_cast<std::size_t>(x)];
    if (length >= kRule) clear_columns(x, height - length, height);
  }
  for (const Rect& run : rows_to_clear) {
    std::fill_n(ink_.begin() + static_cast<std::ptrdiff_t>(run.y) * width + run.x, run.width, std::uint8_t{0});
  }
}

void InkMap::clear_columns(int x, int first, int last) {
  for (int y = first; y < last; ++y) ink_[static_cast<std::size_t>(y) * band_.width + x] = 0;
}

std::vector<Rect> InkMap::components() const {
  std::vector<Run> runs;
  std::vector<int> rows;  // of each run
  std::size_t above = 0, above_end = 0;
  for (int y = band_.y; y < band_.bottom(); ++y) {
    const std::uint8_t* ink = row(y);
    const std::size_t first = runs.size();
    for (int x = 0; x < band_.width; ++x) {
      if (!ink[x]) continue;
      if (runs.size() > first && x - runs.back().right <= kClosedGap) {
        runs.back().right = x + 1;
      } else {
        runs.push_back({x, x + 1, static_cast<int>(runs.size())});
        rows.push_back(y);
      }
    }
    std::size_t up = above;
    for (std::size_t i = first; i < runs.size(); ++i) {
      while (up < above_end && runs[up].right <= runs[i].left) ++up;
      for (std::size_t k = up; k < above_end && runs[k].left < runs[i].right; ++k) {
        join(runs, static_cast<int>(i), static_cast<int>(k));
      }
    }
    above = first;
    above_end = runs.size();
  }
  std::vector<Rect> boxes(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Rect& box = boxes[static_cast<std::size_t>(root_of(runs, static_cast<int>(i)))];
    box = box.united({band_.x + runs[i].left, rows[i], runs[i].right - runs[i].left, 1});
  }
  std::erase_if(boxes, [](const Rect& box) { return box.empty(); });
  return boxes;
}

}  // namespace frostgate::redaction
