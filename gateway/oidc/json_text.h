// JSON and base64url as JOSE wants them (RFC 7515 2, RFC 7519 4): strictly, so that a text means one thing only. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "codec/base/result.h"

namespace frostgate::oidc {

// An object. Error: invalid, when it is none, has a member twice, or is nested deeper than kMaxDepth.
inline constexpr int kMaxDepth = 16;
Result<nlohmann::json> parse_object(std::string_view text);

// The member's text; empty when there is none. Error: invalid, when it is no text.
Result<std::string> text_member(const nlohmann::json& object, const char* name);

// Error: invalid, for anything but base64url without padding whose unused bits are zero.
Result<std::vector<std::byte>> from_base64url(std::string_view text);
std::string to_base64url(std::span<const std::byte> bytes);

}  // namespace frostgate::oidc
