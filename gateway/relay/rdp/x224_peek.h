// The first bytes of a client, judged before libfreerdp reads any of them. No socket: bytes in, verdict out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace frostgate::relay::rdp {

enum class Greeting {
  incomplete,  // a connection request so far, but not all of it
  rdp,         // a whole X.224 connection request in a TPKT (MS-RDPBCGR 2.2.1.1)
  other,       // whatever it is, not RDP
};

struct Peek {
  Greeting greeting = Greeting::other;
  std::size_t needed = 0;  // when incomplete: how many bytes it takes to know more
  // Of a whole request. Protocols that the client can do (MS-RDPBCGR 2.2.1.1.1), kOffers*; 0 without an RDP_NEG_REQ.
  std::uint32_t protocols = 0;
  std::string_view token;  // the routing token or cookie, without its CR LF; views the bytes that were given
};
inline constexpr std::uint32_t kOffersTls = 1, kOffersNla = 2;

enum class Security { tls, nla };

// The routing token by which a file that the gateway wrote asks for NLA.
inline constexpr std::string_view kNlaToken = "Cookie: msts=frostgate-nla";

// No connection request is longer: a routing token and a cookie take a part of this.
inline constexpr std::size_t kLongestConnectionRequest = 1024;

Peek peek_x224(std::span<const std::byte> bytes);

// What to negotiate with this client. TLS is for passwords and one-click tickets, and for the NLA of domain- and
// Entra-joined PCs, which libfreerdp 2.11 cannot read: who offers both gets NLA only when its token asks for it.
Security security_for(const Peek& peek);

}  // namespace frostgate::relay::rdp
