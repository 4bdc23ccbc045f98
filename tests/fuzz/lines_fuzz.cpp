// Pictures of any size and content through everything that looks for lines. The first bytes choose the size and how often
// a byte is repeated; the rest are runs of colours.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "redaction/lines/dirty_areas.h"
#include "redaction/lines/ground.h"
#include "redaction/lines/loose_type.h"
#include "redaction/lines/quarter.h"
#include "redaction/regions/window_frame.h"

namespace {

using namespace frostgate;
using namespace frostgate::redaction;

Frame picture_of(const std::uint8_t* data, std::size_t size) {
  const int width = 1 + data[0] * 2, height = 1 + data[1];
  Frame frame({width, height});
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::size_t at = 3;
  for (std::size_t i = 0; i < pixels && size > 4;) {
    const std::size_t run = 1 + data[at % size] % (1 + data[2]);
    const std::uint32_t colour = data[(at + 1) % size] * 0x00010101U ^ (data[2] & 1 ? data[(at + 2) % size] * 0x00000100U : 0);
    for (std::size_t k = 0; k < run && i < pixels; ++k, ++i) std::memcpy(frame.row(0) + i * kBytesPerPixel, &colour, sizeof colour);
    at += 2;
  }
  return frame;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 5) return 0;
  const Frame frame = picture_of(data, size);
  const Rect screen = Rect::of(frame.size());
  const std::vector<LineBox> lines = find_lines(frame.view(), screen);
  for (const LineBox& line : lines) {
    require(!line.box.empty() && screen.contains(line.box) && line.box.height <= kMaxLineHeight + 2 && line.ink >= 1);
    trustworthy(frame.view(), line);
    stands_alone(frame.view(), line);
  }
  const Rect part{data[3] % frame.size().width, data[4] % frame.size().height, 32, 16};
  const FreshLook look = look_again(frame.view(), part.intersected(screen));
  require(screen.contains(look.area));
  for (const LineBox& loose : find_loose_type(frame.view(), quarter_of(frame.view()).view(), look.ink, {})) require(!loose.box.empty() && screen.contains(loose.box));
  if (!lines.empty()) require(window_around(frame.view(), lines[0].box).contains(lines[0].box));
  return 0;
}
