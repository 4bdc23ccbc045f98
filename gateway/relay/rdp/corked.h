// Sends together what libfreerdp sends in pieces: each PDU, and each 1600 bytes of a dynamic channel, by itself.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace frostgate::relay::rdp {

// As long as this lives, full packets alone leave; the rest does when it ends. `socket` stays the caller's.
class Corked {
 public:
  explicit Corked(int socket) : socket_(socket) { set(1); }
  ~Corked() { set(0); }
  Corked(const Corked&) = delete;
  Corked& operator=(const Corked&) = delete;

 private:
  // On a socket that is none of TCP it changes nothing.
  void set(int on) { (void)setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &on, sizeof on); }
  const int socket_;
};

// By itself the system takes megabytes for a client's line, and who sits at the end of a slow one sees what was there half a minute ago. From now on little is
// taken before it can leave: what comes next leaves soon. A socket that is none of TCP has no such limit, and needs none.
inline void limit_unsent(int socket) {
  constexpr int kUnsent = 16 << 10;
  (void)setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsent, sizeof kUnsent);
}

}  // namespace frostgate::relay::rdp
