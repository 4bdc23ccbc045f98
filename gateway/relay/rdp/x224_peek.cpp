#include "gateway/relay/rdp/x224_peek.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::size_t kTpktHeader = 4;                     // version 3, reserved, length (big-endian, of everything)
constexpr std::size_t kShortest = kTpktHeader + 7;         // X.224: length indicator, code, two references, class
constexpr std::size_t kLengthIndicator = 4, kCode = 5;
constexpr unsigned kConnectionRequest = 0xE0;

// RDP_NEG_REQ (MS-RDPBCGR 2.2.1.1.1) and RDP_NEG_CORRELATION_INFO (2.2.1.1.2) behind it.
constexpr std::size_t kNegotiation = 8, kCorrelation = 36;
constexpr unsigned kNegotiationType = 1, kCorrelationType = 6, kCorrelationPresent = 8;

unsigned at(std::span<const std::byte> bytes, std::size_t i) { return std::to_integer<unsigned>(bytes[i]); }

Peek incomplete(std::size_t needed) {
  Peek out;
  out.greeting = Greeting::incomplete;
  out.needed = needed;
  return out;
}

// The part after the X.224 header: a token or cookie that CR LF ends, then the negotiation, each optional.
bool read_variable_part(std::span<const std::byte> rest, Peek& out) {
  if (rest.empty()) return true;
  if (at(rest, 0) != kNegotiationType) {
    const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return false;
    out.token = text.substr(0, end);
    rest = rest.subspan(end + 2);
    if (rest.empty()) return true;
  }
  const bool whole = rest.size() >= kNegotiation && at(rest, 0) == kNegotiationType && at(rest, 2) == kNegotiation &&
                     at(rest, 3) == 0;
  if (!whole) return false;
  out.protocols = at(rest, 4) | at(rest, 5) << 8 | at(rest, 6) << 16 | at(rest, 7) << 24;
  const std::size_t correlation = at(rest, 1) & kCorrelationPresent ? kCorrelation : 0;
  return rest.size() == kNegotiation + correlation && (correlation == 0 || at(rest, kNegotiation) == kCorrelationType);
}

}  // namespace

Peek peek_x224(std::span<const std::byte> bytes) {
  if (bytes.size() > 0 && at(bytes, 0) != 3) return {};
  if (bytes.size() > 1 && at(bytes, 1) != 0) return {};
  if (bytes.size() > kCode && at(bytes, kCode) != kConnectionRequest) return {};
  if (bytes.size() < kTpktHeader) return incomplete(kShortest);
  const std::size_t length = at(bytes, 2) << 8 | at(bytes, 3);
  if (length < kShortest || length > kLongestConnectionRequest) return {};
  // The length indicator does not count itself; 255 is reserved, and then there is nothing to compare.
  if (bytes.size() > kLengthIndicator && at(bytes, kLengthIndicator) + kTpktHeader + 1 != length) return {};
  if (bytes.size() < length) return incomplete(length);
  Peek out;
  out.greeting = Greeting::rdp;
  out.needed = length;
  return read_variable_part(bytes.subspan(kShortest, length - kShortest), out) ? out : Peek{};
}

Security security_for(const Peek& peek) {
  const bool nla = peek.protocols & kOffersNla, tls = peek.protocols & kOffersTls;
  return nla && (!tls || peek.token == kNlaToken) ? Security::nla : Security::tls;
}

}  // namespace frostgate::relay::rdp
