// A terminal's type on a grid of cells, and a reader that knows it by heart: histories of many states in little time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "redaction/line_reader.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {

inline constexpr int kCellWidth = 8, kCellHeight = 17, kLeftMargin = 24, kFirstBaseline = 32;
inline constexpr int kAscent = 12, kDescent = 4;  // of a cell, around the baseline

inline void write_cells(Canvas& canvas, int row, const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') continue;
    canvas.text(kLeftMargin + static_cast<int>(i) * kCellWidth, kFirstBaseline + row * kCellHeight, std::string(1, text[i]), 13.3333);
  }
}

// What is dark of one cell.
using CellInk = std::array<std::uint8_t, kAscent + kDescent>;

class CellReader final : public LineReader {
 public:
  CellReader() {
    for (char c = '!'; c <= '~'; ++c) {
      Canvas canvas({kLeftMargin + 4 * kCellWidth, 64});
      write_cells(canvas, 0, std::string(1, c));
      CellInk ink{};
      for (int y = 0; y < kAscent + kDescent; ++y) {
        for (int x = 0; x < kCellWidth; ++x) {
          const bool dark = canvas.view().at(kLeftMargin + x, kFirstBaseline - kAscent + y)[0] < 128;
          ink[static_cast<std::size_t>(y)] |= static_cast<std::uint8_t>(dark << x);
        }
      }
      known_.push_back({static_cast<char32_t>(c), ink});
    }
  }

  Result<TextLine> read(const LineImage& image, Glance) override {
    TextLine line;
    line.box = image.box;
    const int middle = image.box.y + image.box.height / 2;
    const int row = (middle - kFirstBaseline + kAscent) / kCellHeight;
    const int first = (image.box.x - kLeftMargin) / kCellWidth;
    for (int column = first; kLeftMargin + column * kCellWidth < image.box.right(); ++column) {
      const Rect cell{kLeftMargin + column * kCellWidth, kFirstBaseline + row * kCellHeight - kAscent, kCellWidth, kAscent + kDescent};
      const auto [code, confidence] = closest(ink_of(image, cell));
      line.characters.push_back({code, cell, confidence});
    }
    return line;
  }

 private:
  struct Known {
    char32_t code;
    CellInk ink;
  };

  static CellInk ink_of(const LineImage& image, const Rect& cell) {
    CellInk ink{};
    for (int y = 0; y < cell.height; ++y) {
      for (int x = 0; x < cell.width; ++x) {
        const int ix = cell.x + x - image.box.x, iy = cell.y + y - image.box.y;
        if (ix < 0 || iy < 0 || ix >= image.box.width || iy >= image.box.height) continue;
        ink[static_cast<std::size_t>(y)] |= static_cast<std::uint8_t>((image.at(ix, iy) < 128) << x);
      }
    }
    return ink;
  }

  std::pair<char32_t, float> closest(const CellInk& ink) const {
    int dark = 0;
    for (const std::uint8_t row : ink) dark += std::popcount(row);
    if (dark == 0) return {U' ', 1.0F};
    char32_t best = U'?';
    int fewest = 1 << 20;
    for (const Known& known : known_) {
      int wrong = 0;
      for (std::size_t y = 0; y < ink.size(); ++y) wrong += std::popcount(static_cast<std::uint8_t>(ink[y] ^ known.ink[y]));
      if (wrong < fewest) {
        fewest = wrong;
        best = known.code;
      }
    }
    return {best, fewest == 0 ? 1.0F : fewest * 5 < dark ? 0.6F : 0.2F};
  }

  std::vector<Known> known_;
};

}  // namespace frostgate::redaction
