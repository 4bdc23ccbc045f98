// A VNC client through libvncserver, which gets the connection once our own handshake has admitted the client.
#include "gateway/relay/front.h"

#include <rfb/rfb.h>
extern "C" {
#include <rfb/rfbregion.h>
}

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "gateway/relay/complaint.h"
#include "gateway/relay/screen_copy.h"
#include "gateway/relay/size_wish.h"
#include "gateway/relay/vnc/distance.h"
#include "gateway/relay/vnc/front_cursor.h"
#include "gateway/relay/vnc/handshake.h"
#include "gateway/relay/vnc/latin1.h"
#include "gateway/relay/vnc/library.h"
#include "gateway/relay/vnc/pointer.h"
#include "gateway/relay/vnc/web_socket.h"

namespace frostgate::relay {
namespace {

constexpr std::chrono::seconds kHandshakeLimit{15};
constexpr int kStalledClientMilliseconds = 10'000;  // how long a client may take nothing, or leave a message half sent

class VncFront final : public Front {
 public:
  VncFront(int client, std::string desktop_name, VncSecurity security)
      : client_socket_(client), desktop_name_(std::move(desktop_name)), security_(std::move(security)) {}
  ~VncFront() override {
    close_screen();
    tunnel_.reset();
    web_socket_.reset();
    if (client_socket_ >= 0) close(client_socket_);
  }

  Result<void> run(FrontHost& host, Surface& surface) override;
  void end(const std::string& message) override;
  void clipboard(const std::string& text) override;

 private:
  static VncFront& of(rfbClientPtr client) { return *static_cast<VncFront*>(client->screen->screenData); }

  Result<void> open_screen(Size size);
  void set_hooks();
  void close_screen();
  Result<void> hand_over_client();
  Result<void> serve(Surface& surface);
  int patience();
  void take_changes(Surface::Reader& reader);
  void send_clipboard();
  void resize(Size size);
  void order_colours();
  void fetch_modified();
  void keep_all_if_needed();
  // The library reads at any place, not only what it is about to send, where it draws the pointer itself or shrinks the screen for the client.
  bool reads_anywhere() const { return !client_->enableCursorShapeUpdates || client_->scaledScreen != screen_; }
  // Before ServerInit, which carries the size, or when the client has asked to hear of new ones.
  bool can_resize() const {
    return client_->state != rfbClientRec::RFB_NORMAL || client_->useNewFBSize || client_->useExtDesktopSize;
  }
  int client_end() const { return tunnel_ ? tunnel_->plain() : web_socket_ ? web_socket_->plain() : client_socket_; }
  Result<void> how_it_ended() const;
  bool gone() const { return client_->sock == RFB_INVALID_SOCKET; }
  Size screen_size() const { return {screen_->width, screen_->height}; }

  int client_socket_;  // stays open beside the library's descriptor for end()
  std::string desktop_name_;
  VncSecurity security_;
  std::unique_ptr<crypto::TlsTunnel> tunnel_;
  std::unique_ptr<vnc::WebSocket> web_socket_;
  InputSink* input_ = nullptr;
  rfbScreenInfoPtr screen_ = nullptr;
  rfbClientPtr client_ = nullptr;
  std::vector<std::uint8_t> pixels_;  // what the library sends from, of screen_size()
  ScreenCopy copy_;                   // which of these are here
  const Surface::Reader* reader_ = nullptr;
  Size surface_size_;                 // differs from screen_size() while the client cannot change its size
  vnc::PointerDecoder pointer_;
  SizeWish wish_;
  Wakeup wakeup_;
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;
  std::optional<std::string> clipboard_;  // for the client
};

Result<void> VncFront::run(FrontHost& host, Surface& surface) {
  vnc::prepare_libraries();
  vnc::sends_pictures = true;
  if (client_socket_ < 0 || client_socket_ >= FD_SETSIZE)
    return Error{ErrorKind::invalid, "the descriptor of the client's socket cannot be used"};
  const int one = 1;
  setsockopt(client_socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // a Unix socket has no such delay
  fcntl(client_socket_, F_SETFL, fcntl(client_socket_, F_GETFL) | O_NONBLOCK);

  if (security_.browser) web_socket_ = TRY(vnc::WebSocket::open(client_socket_, {}));
  auto admitted = vnc::admit_client(client_end(), wakeup_.descriptor(), security_, host, kHandshakeLimit);
  if (!admitted && ended_) return {};
  // The handshake sees but the end of it.
  if (!admitted && admitted.error().kind == ErrorKind::unavailable && web_socket_) TRY(web_socket_->ending());
  vnc::AdmittedClient client = TRY(std::move(admitted));
  input_ = client.sink;
  tunnel_ = std::move(client.tunnel);
  TRY(open_screen(surface.size()));
  TRY(hand_over_client());
  return serve(surface);
}

Result<void> VncFront::open_screen(Size size) {
  if (!size.acceptable()) return Error{ErrorKind::invalid, "there is no screen to show"};
  screen_ = rfbGetScreen(nullptr, nullptr, size.width, size.height, 8, 3, 4);
  if (screen_ == nullptr) return Error{ErrorKind::unavailable, "there is no memory for a VNC screen"};
  pixels_.assign(static_cast<std::size_t>(size.area()) * kBytesPerPixel, 0);
  copy_.restart(pixels_.data(), size, std::ptrdiff_t{size.width} * kBytesPerPixel);
  screen_->frameBuffer = reinterpret_cast<char*>(pixels_.data());
  screen_->screenData = this;
  screen_->desktopName = desktop_name_.c_str();
  screen_->port = screen_->ipv6port = 0;
  screen_->deferUpdateTime = 0;
  screen_->deferPtrUpdateTime = 0;
  screen_->maxClientWait = kStalledClientMilliseconds;
  screen_->alwaysShared = TRUE;
  screen_->permitFileTransfer = FALSE;
  order_colours();
  set_hooks();
  return {};
}

void VncFront::set_hooks() {
  screen_->kbdAddEvent = [](rfbBool down, rfbKeySym keysym, rfbClientPtr client) {
    of(client).input_->key({.down = down != FALSE, .keysym = static_cast<std::uint32_t>(keysym)});
  };
  screen_->ptrAddEvent = [](int mask, int x, int y, rfbClientPtr client) {
    VncFront& front = of(client);
    const Size size = front.screen_size();
    const Point position{std::clamp(x, 0, size.width - 1), std::clamp(y, 0, size.height - 1)};
    rfbDefaultPtrAddEvent(mask, position.x, position.y, client);  // where the library draws the pointer, if it must
    front.input_->pointer(front.pointer_.decode(mask, position));
  };
  screen_->setXCutText = [](char* text, int size, rfbClientPtr client) {
    if (size > 0) of(client).input_->clipboard(vnc::utf8_of({text, static_cast<std::size_t>(size)}));
  };
  screen_->setXCutTextUTF8 = [](char* text, int size, rfbClientPtr client) {
    const std::string_view copied(text, static_cast<std::size_t>(std::max(size, 0)));
    if (!copied.empty()) of(client).input_->clipboard(std::string(copied.substr(0, copied.find('\0'))));
  };
  screen_->setDesktopSizeHook = [](int width, int height, int, rfbExtDesktopScreen*, rfbClientPtr client) -> int {
    const Size size{width, height};
    if (!size.acceptable()) return rfbExtDesktopSize_InvalidScreenLayout;
    of(client).wish_.wish({size, std::nullopt});
    return rfbExtDesktopSize_Success;  // the answer follows when the target has done it
  };
  screen_->displayHook = [](rfbClientPtr client) { of(client).fetch_modified(); };  // before it sends
}

void VncFront::close_screen() {
  if (screen_ == nullptr) return;
  if (client_ != nullptr) {
    if (!gone()) rfbCloseClient(client_);
    rfbClientConnectionGone(client_);
  }
  rfbScreenCleanup(screen_);
  client_ = nullptr;
  screen_ = nullptr;
}

// libvncserver starts every client with a handshake of its own. It gets one end of a socket pair to play it to; then
// the client's socket, or the inner end of its TLS, takes that end's place, in the state that our handshake has reached.
Result<void> VncFront::hand_over_client() {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return Error{ErrorKind::unavailable, "there is no descriptor left for the VNC client"};
  // The library looks for a WebSocket at first and waits for bytes to tell by.
  const bool written = write(pair[1], "RFB ", 4) == 4;
  client_ = pair[0] < FD_SETSIZE && written ? rfbNewClient(screen_, pair[0]) : nullptr;
  const bool placed = client_ != nullptr && dup3(client_end(), client_->sock, O_CLOEXEC) >= 0;
  close(pair[1]);
  if (!placed) return Error{ErrorKind::unavailable, "the VNC client could not be taken over"};
  client_->state = rfbClientRec::RFB_INITIALISATION;
  client_->protocolMajorVersion = 3;
  client_->protocolMinorVersion = 8;
  return {};
}

Result<void> VncFront::serve(Surface& surface) {
  // Each part of a change costs a client that is far away a round trip.
  const auto view = !security_.browser && vnc::is_near(client_socket_) ? Surface::View::shown : Surface::View::shown_whole;
  std::optional<Surface::Reader> reader(std::in_place, surface, view);
  reader_ = &*reader;
  while (!ended_) {
    // A reader that starts anew gets the whole frame: a client has said that it can take the new size.
    if (!surface_size_.empty() && surface_size_ != screen_size() && can_resize()) reader.emplace(surface, view);
    pollfd waiting[] = {{client_->sock, POLLIN, 0},
                        {reader->changed.descriptor(), POLLIN, 0},
                        {wakeup_.descriptor(), POLLIN, 0}};
    if (poll(waiting, 3, patience()) < 0 && errno != EINTR) return Error{ErrorKind::io, "waiting for the client failed"};
    if (waiting[1].revents != 0) take_changes(*reader);
    if (waiting[2].revents != 0 && wakeup_.lower()) send_clipboard();
    if (waiting[0].revents != 0) {
      forget_complaint();
      rfbProcessClientMessage(client_);
      if (gone() && !ended_ && !last_complaint().empty()) return Error{ErrorKind::corrupt, "the client sent what cannot be: " + last_complaint()};
      if (!gone()) keep_all_if_needed();
    }
    if (const auto wish = wish_.take(SizeWish::Clock::now())) input_->request_screen(*wish);
    if (!gone()) rfbUpdateClient(client_);
    if (!gone() && sraRgnEmpty(client_->modifiedRegion)) reader->sent();
    if (!gone() && !reads_anywhere()) copy_.rest(ScreenCopy::Clock::now());
    if (gone()) return ended_ ? Result<void>() : how_it_ended();
  }
  return {};
}

// In milliseconds, as poll() takes them.
int VncFront::patience() {
  auto patience = wish_.wait(SizeWish::Clock::now());
  if (const auto rest = reads_anywhere() ? std::nullopt : copy_.next_rest()) {
    const auto left = std::max(std::chrono::ceil<std::chrono::milliseconds>(*rest - ScreenCopy::Clock::now()), std::chrono::milliseconds(0));
    patience = std::min(patience.value_or(left), left);
  }
  return patience ? static_cast<int>(patience->count()) : -1;
}

Result<void> VncFront::how_it_ended() const {
  if (web_socket_) return web_socket_->ending();
  if (tunnel_ && !tunnel_->peer_said_goodbye()) return Error{ErrorKind::unavailable, "the connection to the client is lost"};
  return {};
}

void VncFront::take_changes(Surface::Reader& reader) {
  Region damage;
  std::optional<CursorShape> cursor;
  reader.take([&](const Surface::Reader::Look& look) {
    surface_size_ = look.frame.size();
    if (surface_size_ != screen_size() && surface_size_.acceptable() && can_resize()) resize(surface_size_);
    damage = look.damage;
    damage.clip(Rect::of(screen_size()));
    for (const Rect& rect : damage.rects()) copy_.take(rect, look.frame);
    if (look.cursor != nullptr) cursor = *look.cursor;
  });
  for (const Rect& rect : damage.rects()) rfbMarkRectAsModified(screen_, rect.x, rect.y, rect.right(), rect.bottom());
  if (cursor) rfbSetCursor(screen_, vnc::make_cursor(*cursor));
}

void VncFront::clipboard(const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    clipboard_ = text;
  }
  wakeup_.raise();
}

void VncFront::send_clipboard() {
  std::optional<std::string> text;
  {
    const std::lock_guard lock(mutex_);
    text.swap(clipboard_);
  }
  if (!text || gone()) return;
  std::string latin1 = vnc::latin1_of(*text);
  rfbSendServerCutTextUTF8(screen_, text->data(), static_cast<int>(text->size()), latin1.data(), static_cast<int>(latin1.size()));
}

void VncFront::resize(Size size) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(size.area()) * kBytesPerPixel);
  rfbNewFramebuffer(screen_, reinterpret_cast<char*>(pixels.data()), size.width, size.height, 8, 3, 4);
  pixels_.swap(pixels);
  copy_.restart(pixels_.data(), size, std::ptrdiff_t{size.width} * kBytesPerPixel);
  order_colours();
  screen_->setTranslateFunction(client_);
}

// The library starts with red first, also after each resize.
void VncFront::order_colours() {
  screen_->serverFormat.redShift = 16;
  screen_->serverFormat.greenShift = 8;
  screen_->serverFormat.blueShift = 0;
}

void VncFront::fetch_modified() {
  Region missing;
  sraRectangleIterator* const all = sraRgnGetIterator(client_->modifiedRegion);
  for (sraRect part; sraRgnIteratorNext(all, &part) != FALSE;) {
    if (const Rect rect = Rect::between(part.x1, part.y1, part.x2, part.y2); !copy_.holds(rect)) missing.add(rect);
  }
  sraRgnReleaseIterator(all);
  if (missing.empty()) return;
  reader_->read([&](const Frame& frame) {
    for (const Rect& rect : missing.rects()) copy_.fetch(rect, frame);
  });
}

void VncFront::keep_all_if_needed() {
  const Rect all = Rect::of(screen_size());
  if (!reads_anywhere() || copy_.holds(all)) return;
  reader_->read([&](const Frame& frame) { copy_.fetch(all, frame); });
  rfbMarkRectAsModified(screen_, 0, 0, all.width, all.height);
}

void VncFront::end(const std::string&) {  // RFB has no message for it
  ended_ = true;
  wakeup_.raise();
  // Ends a read or write that the library is blocked in. A browser is told that it is over.
  shutdown(client_socket_, security_.browser ? SHUT_RD : SHUT_RDWR);
}

}  // namespace

std::unique_ptr<Front> make_vnc_front(int client, std::string desktop_name, VncSecurity security) {
  return std::make_unique<VncFront>(client, std::move(desktop_name), std::move(security));
}

}  // namespace frostgate::relay
