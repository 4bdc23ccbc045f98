#include "redaction/lines/panel.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "redaction/lines/byte_loops.h"

namespace frostgate::redaction {
namespace {

constexpr int kChunk = 128;  // columns looked at together
constexpr int kOtherGround = kInkDistance / 3;

// Counts, column by column, in how many rows at the line another background stands. Text and a block cursor are lower than
// the rows looked at.
class PanelColumns {
 public:
  PanelColumns(FrameView frame, const LineBox& line)
      : frame_(frame), top_(std::max(0, line.box.y - reach(line))), bottom_(std::min(frame.size.height, line.box.bottom() + reach(line))),
        ground_(line.background) {}

  // `width` columns from `left` on, at most kChunk.
  void look_at(int left, int width) {
    const auto pixels = static_cast<std::size_t>(width);
    counts_.fill(0);
    // Once every column has had its share of the background, the other rows change nothing.
    for (int y = top_, most_far = 0; y < bottom_ && y - top_ - most_far <= most_near(); ++y) {
      flag_far(frame_.at(left, y), ground_, kOtherGround, flags_.data(), pixels);
      std::uint16_t most = 0;
      for (std::size_t x = 0; x < pixels; ++x) {
        counts_[x] = static_cast<std::uint16_t>(counts_[x] + flags_[x]);
        most = std::max(most, counts_[x]);
      }
      most_far = most;
    }
  }

  // Whether the background has ended in the column `i` of those looked at.
  bool outside(int i) const { return counts_[static_cast<std::size_t>(i)] >= bottom_ - top_ - most_near(); }

 private:
  static int reach(const LineBox& line) { return line.box.height / 2 + 2; }
  // Rows of the line's background that a column outside may have.
  int most_near() const { return (bottom_ - top_) / 10; }

  FrameView frame_;
  int top_;
  int bottom_;
  Colour ground_;
  std::array<std::uint8_t, kChunk> flags_{};
  std::array<std::uint16_t, kChunk> counts_{};
};

}  // namespace

int panel_start(FrameView frame, const LineBox& line) {
  PanelColumns columns(frame, line);
  for (int x = line.box.x; x > 0;) {
    const int width = std::min(x, kChunk);
    columns.look_at(x - width, width);
    for (int i = width; i > 0; --i, --x) {
      if (columns.outside(i - 1)) return x;
    }
  }
  return std::min(line.box.x, 0);
}

int panel_end(FrameView frame, const LineBox& line) {
  PanelColumns columns(frame, line);
  for (int x = line.box.right(); x < frame.size.width;) {
    const int width = std::min(frame.size.width - x, kChunk);
    columns.look_at(x, width);
    for (int i = 0; i < width; ++i, ++x) {
      if (columns.outside(i)) return x;
    }
  }
  return std::max(line.box.right(), frame.size.width);
}

}  // namespace frostgate::redaction
