// A browser's WebSocket (RFC 6455) as a stream of bytes, for libraries that know nothing of frames. Its upgrade was answered by serve, which
// carries the frames and looks into none.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "codec/base/result.h"

namespace frostgate::relay::vnc {

// What a client's frames say, read as they come; keeps nothing of a payload but a control frame's. Fragments are frames like others.
class FrameReader {
 public:
  static constexpr std::uint64_t kMaxPayload = 4 << 20;  // of one frame; a clipboard is the largest thing that a page sends

  struct Said {
    std::string payload;  // of binary messages
    std::string replies;  // frames that are owed: pongs, and the answer to a close
    bool goodbye = false;  // a close frame; what follows it is not read
  };
  // Error: corrupt; refusal() has the code then (RFC 6455 7.4.1) that a close frame tells the client.
  Result<Said> take(std::span<const std::byte> bytes);
  std::uint16_t refusal() const { return refusal_; }

 private:
  Result<void> begin_frame();
  Result<void> end_control(Said& said);
  Error refuse(std::uint16_t code, const std::string& why);

  std::array<std::uint8_t, 14> header_{};
  std::size_t header_size_ = 0;
  std::uint8_t opcode_ = 0;
  std::uint64_t left_ = 0;  // of the frame's payload
  std::array<std::uint8_t, 4> mask_{};
  std::size_t masked_ = 0;
  bool in_frame_ = false, in_message_ = false, over_ = false;
  std::string control_;
  std::uint16_t refusal_ = 0;
};

// One whole frame as a server sends it: not masked.
std::string binary_frame(std::string_view payload);
std::string ping_frame();
std::string close_frame(std::uint16_t code);

class WebSocket {
 public:
  struct Patience {
    std::chrono::milliseconds ping{20'000};     // silence after which the browser is asked for a sign of life
    std::chrono::milliseconds silence{60'000};  // after which it is cut
  };
  // `socket` is connected, stays the caller's, and open as long as this. Error: unavailable.
  static Result<std::unique_ptr<WebSocket>> open(int socket, Patience patience);
  // Delivers what plain() took and a close frame, for a second at most.
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // A stream socket that carries the bytes of both sides; at its end when the browser has gone, or was cut. Stays this one's.
  int plain() const;
  // Known when plain() is at its end. Ok: the browser said goodbye. Errors: corrupt (no WebSocket, or more than is allowed),
  // timeout (no sign of life), unavailable (the connection broke).
  Result<void> ending() const;

 private:
  struct State;
  explicit WebSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace frostgate::relay::vnc
