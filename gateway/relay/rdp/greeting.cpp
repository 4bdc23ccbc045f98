#include "gateway/relay/rdp/greeting.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>

namespace frostgate::relay::rdp {
namespace {

// Makes poll() wait until so many bytes are there; the ones before stay in the socket and would wake it at once.
void set_low_water(int socket, std::size_t bytes) {
  const int wanted = static_cast<int>(bytes);
  setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &wanted, sizeof wanted);
}

}  // namespace

Result<Security> await_connection_request(int socket, const Wakeup& wake, int seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  std::array<std::byte, kLongestConnectionRequest> bytes;
  std::size_t seen = 0;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    std::array<pollfd, 2> waiting{{{socket, POLLIN, 0}, {wake.descriptor(), POLLIN, 0}}};
    if (left <= 0 || poll(waiting.data(), waiting.size(), static_cast<int>(left)) == 0)
      return Error{ErrorKind::timeout, "the client sent no RDP connection request in time"};
    if (waiting[1].revents) return Error{ErrorKind::cancelled, "ended before the client sent anything"};
    const ssize_t received = recv(socket, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
    if (received < 0) continue;
    const Peek peek = peek_x224({bytes.data(), static_cast<std::size_t>(received)});
    if (peek.greeting == Greeting::other) return Error{ErrorKind::corrupt, "the client does not speak RDP"};
    if (peek.greeting == Greeting::rdp) {
      set_low_water(socket, 1);
      return security_for(peek);
    }
    // Woken with no more than before: there will be no more.
    if (static_cast<std::size_t>(received) == seen || received == 0)
      return Error{ErrorKind::unavailable, "the client left before it had asked for a connection"};
    seen = static_cast<std::size_t>(received);
    set_low_water(socket, peek.needed);
  }
}

}  // namespace frostgate::relay::rdp
