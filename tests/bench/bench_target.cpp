#include "tests/bench/bench_target.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

// Last: its macros have the names of our types.
#include <X11/Xutil.h>

namespace frostgate::bench {

XTarget::XTarget(const std::string& display) : display_(XOpenDisplay(display.c_str())) {
  if (display_ != nullptr) XSelectInput(display_, DefaultRootWindow(display_), KeyPressMask);
}

XTarget::~XTarget() {
  if (display_ != nullptr) XCloseDisplay(display_);
}

Size XTarget::size() const {
  const int screen = DefaultScreen(display_);
  return {DisplayWidth(display_, screen), DisplayHeight(display_, screen)};
}

void XTarget::paint(FrameView picture, Point place) {
  XImage image{};
  image.width = picture.size.width;
  image.height = picture.size.height;
  image.format = ZPixmap;
  image.data = reinterpret_cast<char*>(const_cast<std::uint8_t*>(picture.pixels));
  image.byte_order = image.bitmap_bit_order = LSBFirst;
  image.bitmap_unit = image.bitmap_pad = image.bits_per_pixel = 8 * kBytesPerPixel;
  image.depth = 24;
  image.bytes_per_line = static_cast<int>(picture.stride);
  XInitImage(&image);
  XPutImage(display_, DefaultRootWindow(display_), DefaultGC(display_, DefaultScreen(display_)), &image, 0, 0, place.x,
            place.y, static_cast<unsigned>(image.width), static_cast<unsigned>(image.height));
  XFlush(display_);
}

int XTarget::key_descriptor() const { return ConnectionNumber(display_); }

unsigned XTarget::keys_down() {
  unsigned count = 0;
  while (XPending(display_) > 0) {
    XEvent event;
    XNextEvent(display_, &event);
    if (event.type == KeyPress) ++count;
  }
  return count;
}

RdpTarget::RdpTarget(Size size, std::uint16_t port, std::string certificate, const std::string& key) : screen_(size), surface_(size) {
  identity_.certificate = std::move(certificate);
  identity_.private_key = Secret::from_text(key);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 4) != 0) {
    close(listener);
    return;
  }
  listener_ = listener;
  acceptor_ = std::jthread([this] { welcome(); });
}

RdpTarget::~RdpTarget() {
  if (listener_ < 0) return;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (Guest& guest : guests_) guest.front->end("the bench is over");
  guests_.clear();
  close(listener_);
}

void RdpTarget::welcome() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    Guest& guest = guests_.emplace_back();
    guest.front = relay::make_rdp_front(client, {identity_.certificate, {}});
    guest.thread = std::jthread([this, &guest] { (void)guest.front->run(host_, surface_).has_value(); });
  }
}

void RdpTarget::paint(FrameView picture, Point place) {
  const Rect changed{place.x, place.y, picture.size.width, picture.size.height};
  for (int y = 0; y < changed.height; ++y) {
    std::uint8_t* row = screen_.row(place.y + y) + std::ptrdiff_t{place.x} * kBytesPerPixel;
    std::copy_n(picture.row(y), std::ptrdiff_t{changed.width} * kBytesPerPixel, row);
  }
  surface_.commit(screen_.view(), changed);
}

void RdpTarget::Sink::key(const relay::KeyEvent& event) {
  if (!event.down) return;
  ++keys;
  arrived.raise();
}

unsigned RdpTarget::keys_down() {
  sink_.arrived.lower();
  return sink_.keys.exchange(0);
}

}  // namespace frostgate::bench
