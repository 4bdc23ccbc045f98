// The first bytes of a client, judged before libfreerdp reads any of them. No socket: bytes in, verdict out.
#pragma once

#include <cstddef>
#include <span>

namespace frostgate::relay::rdp {

enum class Greeting {
  incomplete,  // a connection request so far, but not all of it
  rdp,         // a whole X.224 connection request in a TPKT (MS-RDPBCGR 2.2.1.1)
  other,       // whatever it is, not RDP
};

struct Peek {
  Greeting greeting = Greeting::other;
  std::size_t needed = 0;  // when incomplete: how many bytes it takes to know more
};

// No connection request is longer: a routing token and a cookie take a part of this.
inline constexpr std::size_t kLongestConnectionRequest = 1024;

Peek peek_x224(std::span<const std::byte> bytes);

}  // namespace frostgate::relay::rdp
