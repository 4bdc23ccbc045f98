// Whether what somebody types shows on the screen. Compares characters as OCR confuses them. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "redaction/tracking/live_line.h"
#include "redaction/typing/typed_line.h"

namespace frostgate::redaction {

// The lines that stood on the screen when something began to be typed.
struct LinesBefore {
  struct Line {
    Rect box;
    std::string folded;  // without spaces
    int text_end = 0;    // the right edge of its last character
  };
  std::vector<Line> lines;
  bool label_is_open = false;   // somewhere a label stands before an empty field
  bool label_is_newest = false;  // and it is on the line that changed last, the lowest of several

  static LinesBefore of(const std::vector<LiveLine>& lines);
};

struct Echo {
  bool labelled = false;  // all of it is what a label's mask covers
};

// The echo of `typed` on `line`, among what was not there before; as far as it can be told (from three characters on).
// The last of what was typed may not show yet.
std::optional<Echo> find_echo(const SecretVector<char32_t>& typed, const LiveLine& line, const LinesBefore& before);

}  // namespace frostgate::redaction
