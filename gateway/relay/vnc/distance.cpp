#include "gateway/relay/vnc/distance.h"

// The kernel's header, not netinet/tcp.h, whose tcp_info ends before the field that is read here.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace frostgate::relay::vnc {

std::optional<std::chrono::microseconds> round_trip(int socket) {
  tcp_info state{};
  socklen_t size = sizeof state;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &state, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_min_rtt) + sizeof state.tcpi_min_rtt) return std::nullopt;
  return std::chrono::microseconds(state.tcpi_min_rtt);
}

bool is_near(int socket) {
  constexpr std::chrono::milliseconds kNear{2};
  return round_trip(socket).value_or(std::chrono::microseconds(0)) <= kNear;
}

}  // namespace frostgate::relay::vnc
