// Time-stamps by an outside authority (RFC 3161): proof that bytes existed at a moment. Carrying the request to the authority is the
// caller's; requests and responses are DER.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::storage {

// For the SHA-256 of `data`, with a random nonce, asking for the authority's certificate.
Result<std::vector<std::byte>> timestamp_request(std::span<const std::byte> data);

struct Timestamp {
  UtcTime at;             // to the second
  std::string authority;  // the subject of its certificate
};

// That `response` stamps `data`, signed by a certificate that `trusted_pem` vouches for and that may sign time-stamps. Where
// `request` is given, the response must answer that one. `corrupt`, with the reason, otherwise; `denied` when the authority refused.
// Whether the certificate is valid is asked for the stamp's own moment: a stamp outlives it.
Result<Timestamp> check_timestamp(std::span<const std::byte> data, std::span<const std::byte> response,
                                  std::string_view trusted_pem,
                                  std::optional<std::span<const std::byte>> request = std::nullopt);

}  // namespace frostgate::storage
