// An ID token (OpenID Connect Core 1.0, 2) in the compact form of RFC 7515, and what it must say to be believed. Pure: the time is given, and nothing
// is believed here that is not checked here or in key_set.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::oidc {

inline constexpr std::size_t kMaxToken = 32 * 1024;     // characters
inline constexpr std::chrono::seconds kSkew{60};        // that the provider's clock may be off
inline constexpr std::chrono::minutes kFreshness{10};   // how old a token may be that we were just given

// Two, and no other: `none` and the symmetric ones, whose key would be public here, cannot be said.
enum class Algorithm { rs256, es256 };

struct Token {
  Algorithm algorithm = Algorithm::rs256;
  std::string key_id;       // empty: none was named
  std::string signed_text;  // header and claims as they came
  std::vector<std::byte> signature;
  std::string claims;       // JSON, believed only after the signature was checked
};

// Errors: invalid (no token, too long), unsupported (another algorithm, critical extensions).
Result<Token> parse_token(std::string_view text);

// Which claims hold what each provider names in its own way.
struct ClaimNames {
  std::string user = "preferred_username", groups = "groups";
};

struct Claims {
  std::string issuer, subject, authorized_party, nonce, user;
  std::vector<std::string> audiences, groups;
  UtcTime issued, expires;
  std::optional<UtcTime> not_before;
};

// Errors: invalid (a claim is missing or of another type), unsupported (the groups are too many to stand in the token: the provider says where else they are).
Result<Claims> read_claims(std::string_view json, const ClaimNames& names);

struct Expected {
  std::string issuer, client, nonce;
};
// Error: denied, with what was expected.
Result<void> check_claims(const Claims& claims, const Expected& expected, UtcTime now);

}  // namespace frostgate::oidc
