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

}  // namespace frostgate::relay::rdp
