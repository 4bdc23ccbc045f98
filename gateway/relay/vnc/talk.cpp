#include "gateway/relay/vnc/talk.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace frostgate::relay::vnc {

Result<void> Talk::read(std::span<std::byte> wanted) {
  while (!wanted.empty()) {
    TRY(wait());
    const ssize_t size = recv(socket_, wanted.data(), wanted.size(), MSG_DONTWAIT);
    if (size == 0) return Error{ErrorKind::unavailable, peer_ + " left during the VNC handshake"};
    if (size < 0 && errno != EAGAIN && errno != EINTR)
      return Error{ErrorKind::unavailable, "the connection to " + peer_ + " broke during the VNC handshake"};
    if (size > 0) wanted = wanted.subspan(static_cast<std::size_t>(size));
  }
  return {};
}

Result<std::uint8_t> Talk::read_byte() {
  std::byte value{};
  TRY(read({&value, 1}));
  return static_cast<std::uint8_t>(value);
}

Result<std::uint32_t> Talk::read_word() {
  std::array<std::byte, 4> bytes{};
  TRY(read(bytes));
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | static_cast<std::uint32_t>(byte);
  return value;
}

Result<std::string> Talk::read_text(std::uint32_t size, std::uint32_t most) {
  if (size > most) return Error{ErrorKind::corrupt, peer_ + " announced a text of " + std::to_string(size) + " bytes"};
  std::string text(size, '\0');
  TRY(read(std::as_writable_bytes(std::span(text))));
  return text;
}

Result<void> Talk::write(std::string_view bytes) {
  if (send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
    return Error{ErrorKind::unavailable, peer_ + " does not take the VNC handshake"};
  return {};
}

Result<void> Talk::wait() {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  if (left <= 0) return Error{ErrorKind::timeout, peer_ + " did not finish the VNC handshake in time"};
  pollfd waiting[] = {{socket_, POLLIN, 0}, {stop_, POLLIN, 0}};
  poll(waiting, 2, static_cast<int>(left));
  if (waiting[1].revents != 0) return Error{ErrorKind::cancelled, "the session was ended"};
  return {};
}

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

Result<int> version_of(std::string_view greeting) {
  int minor = 0;
  bool well_formed = greeting.size() == kOurVersion.size() && greeting.starts_with("RFB 00") && greeting.ends_with('\n');
  well_formed = well_formed && greeting[6] >= '3' && greeting[6] <= '5' && greeting[7] == '.';
  for (std::size_t i = 8; well_formed && i < 11; ++i) {
    well_formed = greeting[i] >= '0' && greeting[i] <= '9';
    minor = minor * 10 + (greeting[i] - '0');
  }
  // RealVNC's servers call themselves 004.001 and 005.000, and speak 3.8.
  if (well_formed && greeting[6] > '3') return 8;
  if (!well_formed || minor < 3) return Error{ErrorKind::corrupt, "what was sent is not VNC"};
  return minor >= 8 ? 8 : minor == 7 ? 7 : 3;
}

}  // namespace frostgate::relay::vnc
