#include "gateway/base/tcp_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include <memory>

namespace frostgate {
namespace {

using Clock = std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

Result<Descriptor> connect_one(const addrinfo& address, Clock::time_point deadline) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return Error{ErrorKind::io, strerror(errno)};
  if (connect(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return Error{ErrorKind::unavailable, strerror(errno)};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd waiting{socket.fd(), POLLOUT, 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) {
      return Error{ErrorKind::timeout, "no answer in time"};
    }
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) return Error{ErrorKind::unavailable, strerror(failure)};
  }
  fcntl(socket.fd(), F_SETFL, fcntl(socket.fd(), F_GETFL) & ~O_NONBLOCK);
  const int on = 1;
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // A peer that has vanished is noticed within 20 s.
  const int idle = 8, interval = 4, count = 3, patience_ms = 20'000;
  setsockopt(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
  return socket;
}

}  // namespace

Result<Descriptor> connect_tcp(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failure = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found); failure != 0) {
    return Error{ErrorKind::not_found, "the name " + host + " cannot be resolved (" + gai_strerror(failure) + ")"};
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  Error last{ErrorKind::not_found, "no address"};
  for (const addrinfo* address = addresses.get(); address; address = address->ai_next) {
    Result<Descriptor> socket = connect_one(*address, deadline);
    if (socket) return socket;
    last = socket.error();
  }
  return Error{last.kind, host + " port " + std::to_string(port) + ": " + last.message};
}

}  // namespace frostgate
