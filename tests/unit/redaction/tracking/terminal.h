// A terminal that wraps and scrolls, with a window over it now and then, and how it looks.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/redaction/tracking/cell_type.h"

namespace frostgate::redaction {

struct Terminal {
  Size size{560, 240};
  std::vector<std::string> lines{""};  // before they are wrapped; never none
  std::optional<Rect> window;
  int scrolled = 0;  // rows back

  // Up to three characters from its panel's edge, as with a scroll bar.
  std::size_t columns() const { return static_cast<std::size_t>((size.width - kLeftMargin) / kCellWidth - 3); }
  int rows() const { return (size.height - kFirstBaseline - 8) / kCellHeight + 1; }

  Frame picture() const {
    Canvas canvas(size);
    std::vector<std::string> wrapped;
    for (const std::string& line : lines) {
      for (std::size_t at = 0; at == 0 || at < line.size(); at += columns()) wrapped.push_back(line.substr(at, columns()));
    }
    const int first = std::max(0, static_cast<int>(wrapped.size()) - rows() - scrolled);
    for (int row = 0; row < rows() && first + row < static_cast<int>(wrapped.size()); ++row) {
      write_cells(canvas, row, wrapped[static_cast<std::size_t>(first + row)]);
    }
    if (window) {
      canvas.rectangle(*window, {0.55, 0.6, 0.65});
      canvas.rectangle({window->x + 2, window->y + 2, window->width - 4, window->height - 4}, {0.85, 0.87, 0.9});
    }
    return canvas.frame();
  }
};

}  // namespace frostgate::redaction
