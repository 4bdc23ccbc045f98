// A planar bitmap, as a hostile target may send it: two bytes of its size, two of where it goes, and itself.
#include <cstdint>
#include <cstdlib>

#include "gateway/relay/rdp/planar_decoder.h"

using namespace frostgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  static relay::rdp::PlanarDecoder decoder;
  Frame screen({96, 64});
  const Rect visible{data[2], data[3], data[0], data[1]};
  const bool painted = decoder.decode({data + 4, size - 4}, {data[0], data[1]}, visible, {screen.row(0), screen.size(), screen.stride()});
  if (!painted && !same_pixels(screen.view(), Frame(screen.size()).view(), Rect::of(screen.size()))) std::abort();
  return 0;
}
