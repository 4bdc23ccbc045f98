// The seam between finding lines and reading them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

// One line cut out of the screen and normalised: 255 is paper, 0 is full ink, whatever the colours were.
struct LineImage {
  Rect box;                         // on the screen
  std::vector<std::uint8_t> paper;  // box.width * box.height values, row by row
  bool cut_left = false;            // something else than its paper begins there: the first or last character
  bool cut_right = false;           // may be only a part of one

  std::uint8_t at(int x, int y) const { return paper[static_cast<std::size_t>(y) * box.width + x]; }
};

// How an engine looks at a line. What it misreads by chance, it mostly reads rightly, or misreads otherwise, when it looks another way.
enum class Glance { usual, coarse, fine };
inline constexpr std::array kOtherGlances = {Glance::coarse, Glance::fine};

class LineReader {
 public:
  virtual ~LineReader() = default;
  // The characters on it, boxes on the screen. `readable` is left to the caller, who judges the confidences. An engine
  // learns nothing: the same image and look always give the same line. What learns stands in front of it (glyphs/glyph_reader.h).
  // An error is a failure of the engine, not of the reading.
  virtual Result<TextLine> read(const LineImage& image, Glance glance) = 0;
};

using ReaderPtr = std::unique_ptr<LineReader>;

}  // namespace frostgate::redaction
