#include "gateway/relay/rdp/certificate.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {
namespace {

std::optional<unsigned> base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return std::nullopt;
}

// Empty when there is anything but base64 and line ends.
std::vector<BYTE> decode(std::string_view text) {
  std::vector<BYTE> bytes;
  unsigned bits = 0, held = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ' || c == '=') continue;
    const auto digit = base64_digit(c);
    if (!digit) return {};
    held = held << 6 | *digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<BYTE>(held >> bits));
      held &= (1u << bits) - 1;
    }
  }
  return bytes;
}

}  // namespace

std::string certificate_fingerprint(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";
  const auto begin = pem.find(kBegin);
  if (begin == std::string_view::npos) return {};
  const auto body = begin + kBegin.size();
  const auto end = pem.find(kEnd, body);
  if (end == std::string_view::npos) return {};
  const std::vector<BYTE> der = decode(pem.substr(body, end - body));
  std::array<BYTE, 32> digest{};
  if (der.empty() || !winpr_Digest(WINPR_MD_SHA256, der.data(), der.size(), digest.data(), digest.size())) return {};
  std::string hex;
  for (const BYTE byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace frostgate::relay::rdp
