// Codes of an authenticator (RFC 6238 with SHA-1, 6 digits, 30 s, which is all that common apps know) and Base32 (RFC 4648 6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codec/base/time.h"

namespace frostgate::crypto {

std::int64_t totp_step(UtcTime now);
std::string totp_code(std::span<const std::byte> secret, std::int64_t step);
// The step that `code` belongs to: the present one, the one before, or the one after; nullopt when it is of none. In constant time.
std::optional<std::int64_t> matching_totp_step(std::span<const std::byte> secret, std::string_view code, UtcTime now);

// Without padding.
std::string to_base32(std::span<const std::byte> bytes);

}  // namespace frostgate::crypto
