#include "gateway/serve/client_line.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

namespace frostgate::serve {

ClientLine::ClientLine(int socket) : socket_(fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  const auto set = [&](int level, int option, int value) { setsockopt(socket, level, option, &value, sizeof value); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(kProbe / std::chrono::seconds(1)));
  set(IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(kProbe / std::chrono::seconds(1)));
  set(IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(kGiveUp / kProbe));
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(kGiveUp.count()));
}

bool ClientLine::heard_within(std::chrono::milliseconds span) const {
  tcp_info state{};
  socklen_t size = sizeof state;
  if (getsockopt(socket_.fd(), IPPROTO_TCP, TCP_INFO, &state, &size) != 0 || state.tcpi_state != TCP_ESTABLISHED) return false;
  return std::min(state.tcpi_last_ack_recv, state.tcpi_last_data_recv) <= span.count();
}

}  // namespace frostgate::serve
