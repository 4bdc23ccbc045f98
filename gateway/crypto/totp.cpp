#include "gateway/crypto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "gateway/crypto/passwords.h"

namespace frostgate::crypto {

std::int64_t totp_step(UtcTime now) { return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() / 30; }

std::string totp_code(std::span<const std::byte> secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (int i = 0; i < 8; ++i) counter[static_cast<std::size_t>(i)] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (!HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size) || size != 20) std::abort();
  // RFC 4226 5.3: four bytes from where the last half byte says.
  const std::size_t at = mac[19] & 0x0f;
  const std::uint32_t number = (static_cast<std::uint32_t>(mac[at] & 0x7f) << 24) | (static_cast<std::uint32_t>(mac[at + 1]) << 16) |
                               (static_cast<std::uint32_t>(mac[at + 2]) << 8) | mac[at + 3];
  char text[8];
  std::snprintf(text, sizeof text, "%06u", number % 1'000'000);
  return text;
}

std::optional<std::int64_t> matching_totp_step(std::span<const std::byte> secret, std::string_view code, UtcTime now) {
  std::optional<std::int64_t> out;
  for (const std::int64_t step : {totp_step(now) - 1, totp_step(now), totp_step(now) + 1}) {
    const std::string right = totp_code(secret, step);
    if (equal_in_constant_time(std::as_bytes(std::span(right)), std::as_bytes(std::span(code)))) out = step;
  }
  return out;
}

std::string to_base32(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8) | std::to_integer<std::uint32_t>(byte);
    for (bits += 8; bits >= 5; bits -= 5) out += kDigits[(held >> (bits - 5)) & 31];
  }
  if (bits > 0) out += kDigits[(held << (5 - bits)) & 31];
  return out;
}

}  // namespace frostgate::crypto
