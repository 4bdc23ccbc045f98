// HMAC-SHA256 (RFC 2104). OpenSSL without it is a broken installation: this aborts.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace frostgate::crypto {

std::array<std::byte, 32> hmac_sha256(std::string_view key, std::string_view text);

}  // namespace frostgate::crypto
