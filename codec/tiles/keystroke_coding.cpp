#include "codec/tiles/keystroke_coding.h"

namespace frostgate::codec {
namespace {

constexpr std::uint32_t kMaxKeysym = 0x1FFFFFFF;  // X11 protocol, section 3: the top three bits are zero

}  // namespace

std::array<std::byte, 5> encode_keystroke(const Keystroke& keystroke) {
  std::array<std::byte, 5> bytes{};
  bytes[0] = static_cast<std::byte>(keystroke.down ? 1 : 0);
  for (int i = 0; i < 4; ++i) bytes[1 + i] = static_cast<std::byte>(keystroke.keysym >> 8 * i & 0xFF);
  return bytes;
}

Result<Keystroke> decode_keystroke(SessionTime at, std::span<const std::byte> bytes) {
  const Error bad{ErrorKind::corrupt, "the journal holds a keystroke that is cut, too long or out of range"};
  if (bytes.size() != 5 || std::to_integer<int>(bytes[0]) > 1) return bad;
  Keystroke keystroke{at, 0, bytes[0] == std::byte{1}};
  for (int i = 0; i < 4; ++i) keystroke.keysym |= std::to_integer<std::uint32_t>(bytes[1 + i]) << 8 * i;
  if (keystroke.keysym == 0 || keystroke.keysym > kMaxKeysym) return bad;
  return keystroke;
}

}  // namespace frostgate::codec
