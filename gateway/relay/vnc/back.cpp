// A VNC target through libvncclient. The library is not thread-safe towards one client: everything that touches it
// runs on the thread of connect() and run(); input waits in a queue that a Wakeup announces.
#include "gateway/relay/back.h"

#include <rfb/rfbclient.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <variant>

#include "gateway/relay/complaint.h"
#include "gateway/relay/keyboard.h"
#include "gateway/relay/screen_copy.h"
#include "gateway/relay/size_wish.h"
#include "gateway/relay/vnc/deadline.h"
#include "gateway/relay/vnc/distance.h"
#include "gateway/relay/vnc/extended_clipboard.h"
#include "gateway/relay/vnc/latin1.h"
#include "gateway/relay/vnc/library.h"
#include "gateway/relay/vnc/pointer.h"
#include "gateway/relay/vnc/read_budget.h"
#include "gateway/relay/vnc/talk.h"
#include "gateway/relay/vnc/target_handshake.h"

namespace frostgate::relay {
namespace {

constexpr int kStalledMessageSeconds = 60;  // how long a target may leave a message half sent
constexpr std::size_t kMaxQueuedInput = 4096;
// What one message may be long: every pixel some times over, uncompressed, and what does not depend on the screen.
constexpr std::uint64_t kScreensInMessage = 4, kLeastBudget = std::uint64_t{8} << 20;

struct ClientCleanup {
  void operator()(rfbClient* client) const {
    client->sock = RFB_INVALID_SOCKET;  // ours
    client->frameBuffer = nullptr;      // ours
    std::free(client->rcSource);        // the library keeps the last pointer shape and forgets it
    std::free(client->rcMask);
    client->rcSource = client->rcMask = nullptr;
    rfbClientCleanup(client);
  }
};

class VncBack final : public Back {
 public:
  explicit VncBack(BackSettings settings) : settings_(std::move(settings)), keyboard_(settings_.keyboard_layout) {}
  ~VncBack() override {
    client_.reset();
    if (library_socket_ >= 0) close(library_socket_);
    tunnel_.reset();
    if (settings_.socket >= 0) close(settings_.socket);
  }

  Result<void> connect(Surface& surface, int seconds) override;
  Result<void> run() override;
  void end() override;
  std::string certificate() const override { return shown_.fingerprint; }
  bool certificate_refused() const override { return shown_.refused; }
  // JPEG is neither asked for nor taken.
  bool lossy() const override { return false; }

  void key(const KeyEvent& event) override { post(event); }
  void pointer(const PointerEvent& event) override { post(event); }
  void lock_keys(const LockKeys& state) override { post(state); }
  void request_screen(const ScreenWish& wish) override { post(wish.size); }
  void clipboard(const std::string& text) override { post(text); }

 private:
  using Input = std::variant<KeyEvent, PointerEvent, LockKeys, Size, std::string>;

  static VncBack& of(rfbClient* client) { return *static_cast<VncBack*>(rfbClientGetClientData(client, &kTag)); }
  static inline char kTag = 0;

  Result<std::string> enter(int seconds);
  Result<void> make_client();
  Result<void> initialise(const std::string& server_init);
  Result<void> handle_message();
  bool has_cut_text() const;
  Result<void> take_cut_text();
  bool send_cut_text(std::string_view content);
  bool send_clipboard();
  Error connection_over() const;
  bool ask_for_encodings();
  bool allocate_screen();
  void painted(const Rect& rect);
  void commit(bool part);
  void finish_update();
  void fetch(const Rect& rect);
  bool may_rest() const { return painted_ && damage_.empty() && !in_frame_ && !resized_; }
  int patience() const;
  void take_cursor(Point hotspot, Size size);
  void post(Input input);
  Result<void> send_queued();
  bool send(const Input& input);
  bool send_size(Size size);

  BackSettings settings_;
  crypto::ShownCertificate shown_;
  std::unique_ptr<crypto::TlsTunnel> tunnel_;
  int library_socket_ = -1;  // what the library reads: the target's socket, or the inner end of its TLS
  Surface* surface_ = nullptr;
  std::unique_ptr<rfbClient, ClientCleanup> client_;
  std::vector<std::uint8_t> pixels_;
  ScreenCopy copy_;                  // which of them are here
  GotCopyRectProc library_copy_ = nullptr;
  Region damage_;
  bool in_frame_ = false;            // of which a part was committed
  bool painted_ = false;             // the first update has arrived
  bool resized_ = false;             // since the last update
  bool refused_size_ = false;
  SizeChanges size_changes_;
  Result<void> size_noted_;          // the last of them
  bool got_jpeg_ = false;
  Size requested_size_;              // to be sent once the target says that it can change its size

  vnc::ExtendedClipboard clipboard_;
  std::optional<std::string> latin1_due_;  // for a target that knows no other
  Keyboard keyboard_;
  vnc::PointerEncoder pointer_;
  Wakeup wakeup_;
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;
  std::deque<Input> queue_;
};

Result<void> VncBack::connect(Surface& surface, int seconds) {
  surface_ = &surface;
  vnc::prepare_libraries();
  if (settings_.socket < 0 || settings_.socket >= FD_SETSIZE)
    return Error{ErrorKind::invalid, "the descriptor of the target's socket cannot be used"};
  vnc::Deadline deadline(settings_.socket, std::chrono::seconds(seconds));
  vnc::set_read_budget(kLeastBudget);  // another target may have spent this thread's
  Result<void> done;
  if (const Result<std::string> entered = enter(seconds); !entered) {
    done = entered.error();
  } else {
    done = make_client();
    if (done) done = initialise(entered.value());
  }
  while (done && !painted_) done = handle_message();
  if (ended_) return Error{ErrorKind::cancelled, "the session was ended"};
  if (deadline.passed()) return Error{ErrorKind::timeout, "the target did not answer in time"};
  return done;
}

// Our own handshake, up to ServerInit.
Result<std::string> VncBack::enter(int seconds) {
  const int one = 1;
  setsockopt(settings_.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // a Unix socket has no such delay
  SetNonBlocking(settings_.socket);
  vnc::Talk talk(settings_.socket, wakeup_.descriptor(), vnc::Talk::Clock::now() + std::chrono::seconds(seconds), "the target");
  const crypto::TlsTrust trust{settings_.pinned_certificate, settings_.authorities, settings_.host};
  vnc::EnteredTarget target = TRY(vnc::enter_target(talk, settings_.login, trust, shown_));
  settings_.login.password.wipe();
  tunnel_ = std::move(target.tunnel);
  return std::move(target.server_init);
}

Result<void> VncBack::make_client() {
  client_.reset(rfbGetClient(8, 3, 4));
  if (client_ == nullptr) return Error{ErrorKind::unavailable, "there is no memory for a VNC client"};
  rfbClient& client = *client_;
  rfbClientSetClientData(&client, &kTag, this);
  client.readTimeout = kStalledMessageSeconds;
  client.format.redShift = 16;
  client.format.greenShift = 8;
  client.format.blueShift = 0;
  client.canHandleNewFBSize = TRUE;

  client.MallocFrameBuffer = [](rfbClient* c) -> rfbBool { return of(c).allocate_screen() ? TRUE : FALSE; };
  client.GotFrameBufferUpdate = [](rfbClient* c, int x, int y, int w, int h) { of(c).painted({x, y, w, h}); };
  client.FinishedFrameBufferUpdate = [](rfbClient* c) { of(c).finish_update(); };
  // Of all that the library does nothing else reads pixels of before.
  library_copy_ = std::exchange(client.GotCopyRect, [](rfbClient* c, int x, int y, int w, int h, int to_x, int to_y) {
    of(c).fetch({x, y, w, h});
    of(c).library_copy_(c, x, y, w, h, to_x, to_y);
  });
  client.GotCursorShape = [](rfbClient* c, int x, int y, int w, int h, int) { of(c).take_cursor({x, y}, {w, h}); };
  client.GotJpeg = [](rfbClient* c, const std::uint8_t*, int, int, int, int, int) -> rfbBool {
    of(c).got_jpeg_ = true;
    return FALSE;
  };
  return {};
}

// The library gets its own handshake from one end of a socket pair, in which the target wants no authentication and says
// what the real one said; then the real socket takes that end's place. (The steps of rfbInitClient, which frees the client
// when one of them fails.)
Result<void> VncBack::initialise(const std::string& server_init) {
  rfbClient* client = client_.get();
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    return Error{ErrorKind::unavailable, "there is no descriptor left for the VNC target"};
  client->sock = library_socket_ = pair[0];
  const std::string played = std::string(vnc::kOurVersion) + "\1\1" + vnc::big_endian(vnc::security::kSuccess) + server_init;
  const bool written = write(pair[1], played.data(), played.size()) == static_cast<ssize_t>(played.size());
  const bool taken = written && pair[0] < FD_SETSIZE && InitialiseRFBConnection(client) && client->buffered == 0;
  close(pair[1]);
  if (!taken || dup3(tunnel_ ? tunnel_->plain() : settings_.socket, library_socket_, O_CLOEXEC) < 0)
    return Error{ErrorKind::unavailable, "the VNC target could not be taken over"};
  client->width = client->si.framebufferWidth;
  client->height = client->si.framebufferHeight;
  if (!allocate_screen()) return Error{ErrorKind::unsupported, "the target's screen has an impossible size"};
  if (!ask_for_encodings() ||
      !SendFramebufferUpdateRequest(client, 0, 0, client->width, client->height, FALSE))
    return Error{ErrorKind::unavailable, "the target closed the connection"};
  if (!settings_.wanted_size.empty()) requested_size_ = settings_.wanted_size;
  return {};
}

// SetPixelFormat and SetEncodings. Not the library's SetFormatAndEncodings(): it has no place for an encoding of ours. No JPEG, which would be lossy.
bool VncBack::ask_for_encodings() {
  rfbSetPixelFormatMsg format{};
  format.type = rfbSetPixelFormat;
  format.format = client_->format;
  for (std::uint16_t* most : {&format.format.redMax, &format.format.greenMax, &format.format.blueMax}) *most = htons(*most);
  constexpr std::array kTiles{rfbEncodingHextile, rfbEncodingZRLE, rfbEncodingTight}, kPacked{rfbEncodingZRLE, rfbEncodingTight, rfbEncodingHextile};
  // In the target's own network a picture is there sooner when nobody compresses it: measured, 600x600 pixels of text 4 ms sooner by Hextile than
  // by ZRLE. Farther away its bytes, up to ten times as many, take longer than that.
  std::vector<std::uint32_t> encodings;
  for (const int encoding : vnc::is_near(settings_.socket) ? kTiles : kPacked) encodings.push_back(static_cast<std::uint32_t>(encoding));
  constexpr std::uint32_t kLeastCompression = rfbEncodingCompressLevel1;
  for (const std::uint32_t encoding : {std::uint32_t{rfbEncodingCopyRect}, std::uint32_t{rfbEncodingRaw}, kLeastCompression, std::uint32_t{rfbEncodingLastRect}, std::uint32_t{rfbEncodingRichCursor},
                                       std::uint32_t{rfbEncodingXCursor}, std::uint32_t{rfbEncodingNewFBSize}, std::uint32_t{rfbEncodingExtDesktopSize}, vnc::kExtendedClipboard})
    encodings.push_back(encoding);
  rfbSetEncodingsMsg head{};
  head.type = rfbSetEncodings;
  head.nEncodings = htons(static_cast<std::uint16_t>(encodings.size()));
  for (std::uint32_t& encoding : encodings) encoding = htonl(encoding);
  return WriteToRFBServer(client_.get(), reinterpret_cast<const char*>(&format), sz_rfbSetPixelFormatMsg) &&
         WriteToRFBServer(client_.get(), reinterpret_cast<const char*>(&head), sz_rfbSetEncodingsMsg) &&
         WriteToRFBServer(client_.get(), reinterpret_cast<const char*>(encodings.data()), static_cast<unsigned>(encodings.size() * sizeof encodings[0]));
}

bool VncBack::allocate_screen() {
  const Size size{client_->width, client_->height};
  size_noted_ = size_changes_.note(SizeChanges::Clock::now());
  if (!size.acceptable() || !size_noted_) {
    // Rectangles that the library may still read do not fit into a screen without size.
    refused_size_ = true;
    client_->width = client_->height = 0;
    client_->frameBuffer = nullptr;
    copy_.restart(nullptr, {}, 0);
    pixels_.clear();
    return false;
  }
  pixels_.assign(static_cast<std::size_t>(size.area()) * kBytesPerPixel, 0);
  copy_.restart(pixels_.data(), size, std::ptrdiff_t{size.width} * kBytesPerPixel);
  client_->frameBuffer = pixels_.data();
  client_->updateRect = {0, 0, size.width, size.height};  // what the library asks for from now on
  resized_ = true;
  // Nothing is shown of the new screen before the target has painted it.
  damage_.clear();
  return true;
}

// Large updates come as many rectangles: what is here goes on its way while the target codes the rest, and is shown so much sooner.
void VncBack::painted(const Rect& rect) {
  constexpr std::int64_t kPart = 1 << 15;  // pixels
  damage_.add(rect);
  copy_.painted();
  // A region that merges rectangles takes in what lies between them, which may have been given back.
  if (painted_ && !resized_ && (damage_.area() >= kPart || damage_.full())) commit(true);
}

void VncBack::commit(bool part) {
  const Size size{client_->width, client_->height};
  surface_->commit({pixels_.data(), size, std::ptrdiff_t{size.width} * kBytesPerPixel}, std::exchange(damage_, Region()), part);
  in_frame_ = part;
}

void VncBack::finish_update() {
  const Size size{client_->width, client_->height};
  painted_ |= !damage_.empty();
  if (!damage_.empty() || (in_frame_ && !resized_)) commit(false);
  // The library asks for changes only, and not every server sends a new screen as one.
  if (std::exchange(resized_, false) && painted_)
    SendFramebufferUpdateRequest(client_.get(), 0, 0, size.width, size.height, FALSE);
}

void VncBack::fetch(const Rect& rect) {
  if (copy_.holds(rect)) return;
  if (!damage_.empty()) commit(true);  // or it would be undone
  surface_->read_target([&](const Frame& frame) { copy_.fetch(rect, frame); });
}

void VncBack::take_cursor(Point hotspot, Size size) {
  if (size.empty() || size.width > kMaxCursorSide || size.height > kMaxCursorSide) return;
  CursorShape shape{size, hotspot, {}};
  const auto pixels = static_cast<std::size_t>(size.area());
  shape.pixels.assign(pixels * kBytesPerPixel, 0);
  for (std::size_t i = 0; i < pixels; ++i) {
    if (client_->rcMask[i] == 0) continue;
    std::memcpy(&shape.pixels[i * kBytesPerPixel], &client_->rcSource[i * kBytesPerPixel], 3);
    shape.pixels[i * kBytesPerPixel + 3] = 0xff;
  }
  surface_->set_cursor(std::move(shape));
}

Result<void> VncBack::run() {
  while (!ended_) {
    Result<void> done = send_queued();
    // The library reads ahead: what it holds already makes no descriptor readable.
    if (done && client_->buffered == 0) {
      pollfd waiting[] = {{library_socket_, POLLIN, 0}, {wakeup_.descriptor(), POLLIN, 0}};
      if (poll(waiting, 2, patience()) < 0 && errno != EINTR) return Error{ErrorKind::io, "waiting for the target failed"};
      wakeup_.lower();
      if (may_rest()) copy_.rest(ScreenCopy::Clock::now());
      if (waiting[0].revents != 0) done = handle_message();
    } else if (done) {
      done = handle_message();
    }
    if (!done && !ended_) return done;
  }
  return {};
}

// In milliseconds, as poll() takes them.
int VncBack::patience() const {
  const auto rest = may_rest() ? copy_.next_rest() : std::nullopt;
  return rest ? static_cast<int>(std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(*rest - ScreenCopy::Clock::now()).count(), 0)) : -1;
}

Result<void> VncBack::handle_message() {
  vnc::set_read_budget(kLeastBudget + kScreensInMessage * static_cast<std::uint64_t>(client_->width) * static_cast<std::uint64_t>(client_->height) * kBytesPerPixel);
  forget_complaint();
  if (has_cut_text()) return take_cut_text();
  if (HandleRFBServerMessage(client_.get())) return {};
  if (vnc::read_budget_spent()) return Error{ErrorKind::corrupt, "the target sent more in one message than its screen can need"};
  if (!size_noted_) return size_noted_.error().within("the target sent what cannot be");
  if (refused_size_) return Error{ErrorKind::unsupported, "the target changed its screen to an impossible size"};
  if (got_jpeg_) return Error{ErrorKind::corrupt, "the target sent JPEG, which it was not asked for"};
  char byte = 0;
  const ssize_t left = recv(library_socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (left > 0 || (left < 0 && errno == EAGAIN))
    return Error{ErrorKind::corrupt, "the target sent something that is not VNC, or half a message" + (last_complaint().empty() ? "" : ": " + last_complaint())};
  return connection_over();
}

// Whether that is what comes next. Waits for something.
bool VncBack::has_cut_text() const {
  char type = 0;
  if (client_->buffered > 0) type = *client_->bufoutptr;
  pollfd waiting{library_socket_, POLLIN, 0};
  if (client_->buffered == 0 && poll(&waiting, 1, kStalledMessageSeconds * 1000) == 1 && recv(library_socket_, &type, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return false;
  return type == rfbServerCutText;
}

// Not the library's: it ends a connection at an extended one.
Result<void> VncBack::take_cut_text() {
  std::string message(sz_rfbServerCutTextMsg, '\0');
  if (!ReadFromRFBServer(client_.get(), message.data(), sz_rfbServerCutTextMsg)) return connection_over();
  std::uint32_t length = 0;
  std::memcpy(&length, message.data() + sizeof(std::uint32_t), sizeof length);
  length = ntohl(length);
  const bool extended = length >> 31 != 0;
  if (extended) length = ~length + 1;  // it is negative
  if (length > vnc::ExtendedClipboard::kLongest) return Error{ErrorKind::corrupt, "the target sent a clipboard of " + std::to_string(length) + " bytes"};
  std::string content(length, '\0');
  if (!ReadFromRFBServer(client_.get(), content.data(), length)) return connection_over();
  std::optional<std::string> text;
  if (extended) {
    clipboard_.receive(content);
    text = clipboard_.take_text();
  } else if (length > 0) {
    text = vnc::utf8_of(content);
  }
  if (text && settings_.on_clipboard) settings_.on_clipboard(*text);
  return {};
}

// A target that closes says so: by TLS's close_notify, or without TLS by closing its end.
Error VncBack::connection_over() const {
  tcp_info state{};
  socklen_t size = sizeof state;
  const bool reset = getsockopt(settings_.socket, IPPROTO_TCP, TCP_INFO, &state, &size) == 0 && state.tcpi_state == TCP_CLOSE;
  const bool broke = tunnel_ ? !tunnel_->peer_said_goodbye() : reset;
  return broke ? Error{ErrorKind::io, "the connection to the target broke"} : Error{ErrorKind::unavailable, "the target closed the connection"};
}

void VncBack::end() {
  ended_ = true;
  wakeup_.raise();
  shutdown(settings_.socket, SHUT_RDWR);  // ends a read or write that the library is blocked in
}

void VncBack::post(Input input) {
  {
    const std::lock_guard lock(mutex_);
    const auto* move = std::get_if<PointerEvent>(&input);
    auto* last = queue_.empty() ? nullptr : std::get_if<PointerEvent>(&queue_.back());
    const bool plain = move != nullptr && move->wheel == 0 && move->wheel_horizontal == 0;
    if (plain && last != nullptr && last->buttons == move->buttons) {
      last->position = move->position;  // only the latest place counts; a wheel that waits is kept
    } else if (queue_.size() < kMaxQueuedInput) {
      queue_.push_back(input);
    }
  }
  wakeup_.raise();
}

Result<void> VncBack::send_queued() {
  std::deque<Input> inputs;
  {
    const std::lock_guard lock(mutex_);
    inputs.swap(queue_);
  }
  for (const Input& input : inputs)
    if (!send(input)) return connection_over();
  if (!send_clipboard()) return connection_over();
  // The library knows that the target can change its size once the target has described its screens.
  if (!requested_size_.empty() && client_->screen.width != 0) {
    if (!send_size(std::exchange(requested_size_, {}))) return connection_over();
  }
  return {};
}

bool VncBack::send(const Input& input) {
  if (const auto* event = std::get_if<KeyEvent>(&input)) {
    for (const KeysymStroke& stroke : keyboard_.translate(*event))
      if (!SendKeyEvent(client_.get(), stroke.keysym, stroke.down ? TRUE : FALSE)) return false;
  } else if (const auto* move = std::get_if<PointerEvent>(&input)) {
    const int x = std::clamp(move->position.x, 0, std::max(client_->width - 1, 0));
    const int y = std::clamp(move->position.y, 0, std::max(client_->height - 1, 0));
    for (const std::uint8_t mask : pointer_.encode(*move))
      if (!SendPointerEvent(client_.get(), x, y, mask)) return false;
  } else if (const auto* locks = std::get_if<LockKeys>(&input)) {
    keyboard_.lock_keys(*locks);
  } else if (const auto* size = std::get_if<Size>(&input)) {
    if (size->acceptable()) requested_size_ = *size;
  } else if (const auto* text = std::get_if<std::string>(&input)) {
    if (!clipboard_.known()) latin1_due_ = vnc::latin1_of(*text);
    clipboard_.offer(*text);
  }
  return true;
}

bool VncBack::send_clipboard() {
  if (auto latin1 = std::exchange(latin1_due_, std::nullopt); latin1 && !SendClientCutText(client_.get(), latin1->data(), static_cast<int>(latin1->size()))) return false;
  while (const auto content = clipboard_.next())
    if (!send_cut_text(*content)) return false;
  return true;
}

// An extended one: its length is negative.
bool VncBack::send_cut_text(std::string_view content) {
  rfbClientCutTextMsg message{};
  message.type = rfbClientCutText;
  message.length = htonl(~static_cast<std::uint32_t>(content.size()) + 1);
  return WriteToRFBServer(client_.get(), reinterpret_cast<const char*>(&message), sz_rfbClientCutTextMsg) != FALSE &&
         WriteToRFBServer(client_.get(), content.data(), static_cast<unsigned>(content.size())) != FALSE;
}

// Not SendExtDesktopSize: 0.9.14 sends a screen whose place and flags it never set, which servers refuse.
bool VncBack::send_size(Size size) {
  if (size == Size{client_->width, client_->height}) return true;
  struct {
    rfbSetDesktopSizeMsg message;
    rfbExtDesktopScreen screen;
  } bytes{};
  static_assert(sizeof bytes == sz_rfbSetDesktopSizeMsg + sz_rfbExtDesktopScreen);
  bytes.message.type = rfbSetDesktopSize;
  bytes.message.width = bytes.screen.width = htons(static_cast<std::uint16_t>(size.width));
  bytes.message.height = bytes.screen.height = htons(static_cast<std::uint16_t>(size.height));
  bytes.message.numberOfScreens = 1;
  bytes.screen.id = client_->screen.id;  // as the target named it
  return WriteToRFBServer(client_.get(), reinterpret_cast<const char*>(&bytes), sizeof bytes) != FALSE;
}

}  // namespace

std::unique_ptr<Back> make_vnc_back(BackSettings settings) { return std::make_unique<VncBack>(std::move(settings)); }

}  // namespace frostgate::relay
