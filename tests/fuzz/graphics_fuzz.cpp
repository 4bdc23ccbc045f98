// What a hostile target says on dynamic channels: a byte that says whether it was told of AVC420 (bit 0) and whether its messages are wrapped for it (bit 1), then messages, each two bytes
// of its length and itself: of the static channel, or orders of the graphics pipeline that it has opened.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "gateway/relay/rdp/little_endian.h"
#include "gateway/relay/rdp/target_graphics.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  Frame screen({96, 64});
  const auto resize = [&](Size wanted) -> Result<void> {
    if (wanted.area() > 1 << 16) return Error{ErrorKind::corrupt, "too large for a fuzzer"};
    screen = Frame(wanted);
    return {};
  };
  const auto paint = [&](FrameView picture, const Rect& to) {
    if (picture.size.width != to.width || picture.size.height != to.height) std::abort();
    std::uint8_t sum = 0;  // all of it is there
    for (int y = 0; y < to.height; ++y)
      for (int x = 0; x < to.width * kBytesPerPixel; ++x) sum = static_cast<std::uint8_t>(sum + picture.row(y)[x]);
    *screen.row(0) = sum;
  };
  TargetGraphics graphics(screen.size(), (data[0] & 1) != 0, {resize, paint, [] {}, [] {}});
  DynamicChannels channels({&graphics}, [](std::span<const std::byte>) { return true; });
  const bool orders = (data[0] & 2) != 0;
  if (orders && !graphics.opened([](std::span<const std::byte>) { return true; })) std::abort();
  auto rest = std::as_bytes(std::span(data + 1, size - 1));
  while (rest.size() > 2) {
    const std::size_t length = std::min<std::size_t>(number(rest, 0, 2), rest.size() - 2);
    const auto message = rest.subspan(2, length);
    std::vector<std::byte> wrapped{std::byte{0xE0}, std::byte{4}};
    wrapped.insert(wrapped.end(), message.begin(), message.end());
    if (!(orders ? graphics.receive(wrapped) : channels.receive(message, 3, message.size()))) break;
    rest = rest.subspan(2 + length);
  }
  return 0;
}
