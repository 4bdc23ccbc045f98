#include "gateway/relay/vnc/web_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>

#include "gateway/base/descriptor.h"

namespace frostgate::relay::vnc {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFarewell{1000};
constexpr std::size_t kPiece = 16384, kMaxControl = 125;
constexpr std::uint8_t kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;
constexpr std::uint16_t kNormal = 1000, kProtocolError = 1002, kNotThisKind = 1003, kTooBig = 1009;

std::string frame(std::uint8_t opcode, std::string_view payload) {
  std::string out{static_cast<char>(0x80 | opcode)};
  const std::uint64_t size = payload.size();
  const auto append = [&](int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(size >> shift);
  };
  if (size <= kMaxControl) append(1);
  else if (size <= 0xffff) out += static_cast<char>(126), append(2);
  else out += static_cast<char>(127), append(8);
  return out.append(payload);
}

}  // namespace

std::string binary_frame(std::string_view payload) { return frame(kBinary, payload); }
std::string ping_frame() { return frame(kPing, ""); }
std::string close_frame(std::uint16_t code) { return frame(kClose, std::string{static_cast<char>(code >> 8), static_cast<char>(code)}); }

Error FrameReader::refuse(std::uint16_t code, const std::string& why) {
  refusal_ = code;
  over_ = true;
  return {ErrorKind::corrupt, "the browser " + why};
}

// The header is whole.
Result<void> FrameReader::begin_frame() {
  const bool last = (header_[0] & 0x80) != 0;
  opcode_ = header_[0] & 0x0f;
  if ((header_[0] & 0x70) != 0) return refuse(kProtocolError, "uses an extension that was not agreed on");
  if ((header_[1] & 0x80) == 0) return refuse(kProtocolError, "sends a frame that is not masked");
  const std::uint8_t short_size = header_[1] & 0x7f;
  std::size_t at = 2;
  left_ = short_size;
  if (short_size >= 126) {
    left_ = 0;
    for (const std::size_t end = short_size == 126 ? 4 : 10; at < end; ++at) left_ = left_ << 8 | header_[at];
  }
  std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(at), mask_.size(), mask_.begin());
  const bool control = (opcode_ & 0x08) != 0;
  if (control) {
    if (!last || left_ > kMaxControl) return refuse(kProtocolError, "sends a control frame in pieces, or too large a one");
    if (opcode_ != kClose && opcode_ != kPing && opcode_ != kPong) return refuse(kProtocolError, "sends a control frame of unknown kind");
  } else if (opcode_ == kText) {
    return refuse(kNotThisKind, "sends text");
  } else if (opcode_ != (in_message_ ? kContinuation : kBinary)) {
    return refuse(kProtocolError, "sends a frame out of turn");
  } else {
    in_message_ = !last;
  }
  if (left_ > kMaxPayload) return refuse(kTooBig, "sends a frame of " + std::to_string(left_) + " bytes");
  masked_ = 0;
  in_frame_ = true;
  control_.clear();
  return {};
}

Result<void> FrameReader::end_control(Said& said) {
  if (opcode_ == kPing) said.replies += frame(kPong, control_);
  if (opcode_ != kClose) return {};
  if (control_.size() == 1) return refuse(kProtocolError, "closes with half a code");
  said.replies += frame(kClose, std::string_view(control_).substr(0, 2));
  said.goodbye = over_ = true;
  return {};
}

Result<FrameReader::Said> FrameReader::take(std::span<const std::byte> bytes) {
  Said said;
  while (!bytes.empty() && !over_) {
    if (!in_frame_) {
      header_[header_size_++] = static_cast<std::uint8_t>(bytes.front());
      bytes = bytes.subspan(1);
      const std::uint8_t short_size = header_[1] & 0x7f;
      const std::size_t whole = 2u + (short_size == 126 ? 2 : short_size == 127 ? 8 : 0) + (header_size_ >= 2 && (header_[1] & 0x80) != 0 ? 4 : 0);
      if (header_size_ < 2 || header_size_ < whole) continue;
      TRY(begin_frame());
    }
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    std::string& to = (opcode_ & 0x08) != 0 ? control_ : said.payload;
    for (const std::byte byte : bytes.first(size)) to += static_cast<char>(static_cast<std::uint8_t>(byte) ^ mask_[masked_++ % 4]);
    bytes = bytes.subspan(size);
    left_ -= size;
    if (left_ > 0) break;
    in_frame_ = false;
    header_size_ = 0;
    header_[1] = 0;
    if ((opcode_ & 0x08) != 0) TRY(end_control(said));
  }
  return said;
}

struct WebSocket::State {
  int socket = -1;
  Patience patience;
  Descriptor plain, inner;
  FrameReader reader;
  std::string to_inner, to_browser;  // on their way; more is read only when the other side has taken them
  bool inner_over = false, browser_over = false;
  bool hung_up = false;  // by the library, which may have said something still
  Clock::time_point heard = Clock::now(), asked = heard;
  mutable std::mutex mutex;
  std::optional<Error> broken;  // guarded by mutex
  bool goodbye = false;         // guarded by mutex
  std::jthread thread;          // last: joined before the rest goes

  void carry();
  void receive();
  void send_browser();
  void exchange_inner(short events);
  void be_patient(Clock::time_point now);
  void give_up(Error error);
  bool unfinished();
};

// Nothing more is heard of the browser; the library reads the end.
void WebSocket::State::give_up(Error error) {
  if (browser_over) return;
  browser_over = true;
  const std::lock_guard lock(mutex);
  broken = std::move(error);
}

void WebSocket::State::receive() {
  std::array<std::byte, kPiece> bytes;
  const ssize_t size = recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return give_up({ErrorKind::unavailable, "the connection to the browser is lost"});
  heard = Clock::now();
  Result<FrameReader::Said> said = reader.take(std::span(bytes).first(static_cast<std::size_t>(size)));
  if (!said) {
    to_browser += close_frame(reader.refusal());
    return give_up(said.error());
  }
  to_inner += said.value().payload;
  to_browser += said.value().replies;
  if (!said.value().goodbye) return;
  browser_over = true;
  const std::lock_guard lock(mutex);
  goodbye = true;
}

void WebSocket::State::send_browser() {
  const ssize_t sent = send(socket, to_browser.data(), to_browser.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) to_browser.erase(0, static_cast<std::size_t>(sent));
  if (sent >= 0 || errno == EAGAIN || errno == EINTR) return;
  to_browser.clear();
  give_up({ErrorKind::unavailable, "the connection to the browser is lost"});
}

void WebSocket::State::exchange_inner(short events) {
  hung_up = hung_up || (events & POLLHUP) != 0;
  if ((events & POLLOUT) != 0) {
    const ssize_t sent = send(inner.fd(), to_inner.data(), to_inner.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) to_inner.erase(0, static_cast<std::size_t>(sent));
    else if (errno != EAGAIN && errno != EINTR) to_inner.clear();  // nobody reads it any more
  }
  if ((events & (POLLIN | POLLHUP)) == 0 || browser_over || inner_over || !to_browser.empty()) return;
  std::array<char, kPiece> bytes;
  const ssize_t size = recv(inner.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size > 0) to_browser = binary_frame({bytes.data(), static_cast<std::size_t>(size)});
  else if (size == 0 || (errno != EAGAIN && errno != EINTR)) inner_over = true;
}

void WebSocket::State::be_patient(Clock::time_point now) {
  if (now >= heard + patience.silence) return give_up({ErrorKind::timeout, "the browser gives no sign of life"});
  if (now < std::max(heard, asked) + patience.ping) return;
  asked = now;
  // Whoever takes nothing has no room for it, and is silent anyhow.
  if (to_browser.empty()) to_browser = ping_frame();
}

// Whether there may be something to say to the browser, or the library, still.
bool WebSocket::State::unfinished() {
  if (!browser_over && inner_over && to_browser.empty()) {
    to_browser = close_frame(kNormal);
    browser_over = true;
    const std::lock_guard lock(mutex);
    goodbye = true;
  }
  return !browser_over || !to_browser.empty() || !to_inner.empty();
}

void WebSocket::State::carry() {
  std::optional<Clock::time_point> end;
  while (unfinished() && (!end || Clock::now() < *end)) {
    // A page that asks for one pong after another without reading any is not read from either.
    const bool hear = !browser_over && to_inner.empty() && to_browser.size() < kPiece * 2;
    if (!hear) heard = Clock::now();
    const bool listen = !inner_over && !browser_over && to_browser.empty();
    const auto wait_at = [](int descriptor, bool in, bool out, bool its_end) {
      return pollfd{in || out || its_end ? descriptor : -1, static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0)), 0};
    };
    pollfd waiting[] = {wait_at(socket, hear, !to_browser.empty(), false), wait_at(inner.fd(), listen, !to_inner.empty(), !hung_up)};
    const auto next = hung_up || browser_over ? kFarewell / 4 : std::min(patience.ping, patience.silence) / 2;
    poll(waiting, 2, static_cast<int>(next.count()));
    if ((waiting[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && hear) receive();
    if ((waiting[0].revents & (POLLOUT | POLLERR)) != 0 && !to_browser.empty()) send_browser();
    if (waiting[1].revents != 0) exchange_inner(waiting[1].revents);
    if (!browser_over) be_patient(Clock::now());
    if ((hung_up || browser_over) && !end) end = Clock::now() + kFarewell;
  }
  shutdown(socket, SHUT_WR);
  inner.reset();
}

WebSocket::WebSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}

WebSocket::~WebSocket() {
  shutdown(state_->plain.fd(), SHUT_RDWR);
}

int WebSocket::plain() const { return state_->plain.fd(); }

Result<void> WebSocket::ending() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->broken) return *state_->broken;
  if (state_->goodbye) return {};
  return Error{ErrorKind::unavailable, "the connection to the browser is lost"};
}

Result<std::unique_ptr<WebSocket>> WebSocket::open(int socket, Patience patience) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    return Error{ErrorKind::unavailable, "there is no descriptor left for the browser"};
  auto state = std::make_unique<State>();
  state->socket = socket;
  state->patience = patience;
  state->plain = Descriptor(pair[0]);
  state->inner = Descriptor(pair[1]);
  state->thread = std::jthread([raw = state.get()] { raw->carry(); });
  return std::unique_ptr<WebSocket>(new WebSocket(std::move(state)));
}

}  // namespace frostgate::relay::vnc
