// libvncserver 0.9.14 sends a rectangle as Hextile by its own exported function. A definition in the executable itself takes the symbol's place, as
// rdp/fast_sleep.cpp says: with ours (hextile.h) 600x600 pixels of text leave 2 to 3 ms sooner, and the first of them before the last are coded.
// Objects on the link line, exported.
#include <dlfcn.h>
#include <rfb/rfb.h>

#include <algorithm>
#include <cstring>

#include "gateway/relay/vnc/hextile.h"

namespace {

constexpr int kPiece = 8192;  // bytes that are worth sending while the rest is coded

bool as_on_screen(const rfbClientRec& client) {
  const rfbPixelFormat &wanted = client.format, &ours = client.screen->serverFormat;
  return client.scaledScreen == client.screen && wanted.bitsPerPixel == 32 && ours.bitsPerPixel == 32 && wanted.trueColour != 0 &&
         (wanted.bigEndian == 0) == (ours.bigEndian == 0) && wanted.redMax == 255 && wanted.greenMax == 255 && wanted.blueMax == 255 &&
         wanted.redShift == ours.redShift && wanted.greenShift == ours.greenShift && wanted.blueShift == ours.blueShift;
}

bool make_room(rfbClientRec& client, std::size_t bytes) {
  const auto used = static_cast<std::size_t>(client.ublen);
  return (used + bytes <= UPDATE_BUF_SIZE && client.ublen < kPiece) || rfbSendUpdateBuf(&client);
}

std::uint16_t on_the_wire(int value) { return static_cast<std::uint16_t>(Swap16IfLE(static_cast<std::uint16_t>(value))); }

}  // namespace

extern "C" rfbBool rfbSendRectEncodingHextile(rfbClientPtr client, int x, int y, int w, int h) {
  using frostgate::relay::vnc::HextileEncoder;
  static const auto library = reinterpret_cast<decltype(&rfbSendRectEncodingHextile)>(dlsym(RTLD_NEXT, "rfbSendRectEncodingHextile"));
  if (!as_on_screen(*client)) return library != nullptr ? library(client, x, y, w, h) : FALSE;
  rfbFramebufferUpdateRectHeader header{};
  header.r = {on_the_wire(x), on_the_wire(y), on_the_wire(w), on_the_wire(h)};
  header.encoding = Swap32IfLE(std::uint32_t{rfbEncodingHextile});
  if (!make_room(*client, sz_rfbFramebufferUpdateRectHeader)) return FALSE;
  std::memcpy(client->updateBuf + client->ublen, &header, sz_rfbFramebufferUpdateRectHeader);
  client->ublen += sz_rfbFramebufferUpdateRectHeader;

  const rfbScreenInfo& screen = *client->screen;
  const frostgate::FrameView frame{reinterpret_cast<const std::uint8_t*>(screen.frameBuffer), {screen.width, screen.height}, screen.paddedWidthInBytes};
  constexpr int kSide = HextileEncoder::kSide;
  HextileEncoder encoder;
  for (int top = y; top < y + h; top += kSide) {
    for (int left = x; left < x + w; left += kSide) {
      if (!make_room(*client, HextileEncoder::kMostBytes)) return FALSE;
      auto* const buffer = reinterpret_cast<std::uint8_t*>(client->updateBuf);
      const frostgate::Rect tile{left, top, std::min(kSide, x + w - left), std::min(kSide, y + h - top)};
      client->ublen = static_cast<int>(encoder.encode(frame.part(tile), buffer + client->ublen) - buffer);
    }
  }
  return TRUE;
}
