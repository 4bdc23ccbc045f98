// The bytes of an RFB handshake, before any library sees them: read and written within a deadline, never more than was
// asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "codec/base/result.h"

namespace frostgate::relay::vnc {

class Talk {
 public:
  using Clock = std::chrono::steady_clock;
  // `socket` is non-blocking and stays the caller's; `peer` is what errors call it ("the client"). Whatever is read
  // or waited for ends early when `stop` becomes readable.
  Talk(int socket, int stop, Clock::time_point deadline, std::string peer)
      : socket_(socket), stop_(stop), deadline_(deadline), peer_(std::move(peer)) {}

  int socket() const { return socket_; }
  int stop() const { return stop_; }
  Clock::time_point deadline() const { return deadline_; }
  // Goes on with another socket: the inner end of a TLS connection.
  void move_to(int socket) { socket_ = socket; }

  // Errors: unavailable (the peer left), timeout, cancelled (stop).
  Result<void> read(std::span<std::byte> wanted);
  Result<std::uint8_t> read_byte();
  Result<std::uint32_t> read_word();  // big-endian
  // `size` bytes as text. Corrupt when there are more than `most`: nothing is allocated or read then.
  Result<std::string> read_text(std::uint32_t size, std::uint32_t most);
  // What a handshake writes fits into an empty socket buffer; a peer that takes nothing has left.
  Result<void> write(std::string_view bytes);

 private:
  Result<void> wait();

  int socket_;
  int stop_;
  Clock::time_point deadline_;
  std::string peer_;
};

std::string big_endian(std::uint32_t value);
// 3, 7 or 8: the minor version of RFB 3 that a peer of this greeting ("RFB 003.008\n") speaks with us, where versions that
// never were are taken as the one below. Corrupt when it is no greeting.
Result<int> version_of(std::string_view greeting);
inline constexpr std::string_view kOurVersion = "RFB 003.008\n";

// RFC 6143 7.2 and the VeNCrypt extension (github.com/rfbproto/rfbproto).
namespace security {
inline constexpr std::uint8_t kInvalid = 0, kNone = 1, kVncAuth = 2, kVeNCrypt = 19;
inline constexpr std::uint32_t kTlsNone = 257, kTlsVnc = 258, kTlsPlain = 259, kX509None = 260, kX509Vnc = 261, kX509Plain = 262;
inline constexpr std::uint32_t kSuccess = 0, kFailure = 1;
}  // namespace security

}  // namespace frostgate::relay::vnc
