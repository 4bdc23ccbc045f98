#include "gateway/oidc/token.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "gateway/oidc/json_text.h"

namespace frostgate::oidc {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxKeyId = 256, kMaxClaim = 1024, kMaxGroups = 1024;

Error invalid(const std::string& what) { return {ErrorKind::invalid, "the ID token: " + what}; }

Result<std::string> text_of(std::string_view part, const char* what) {
  const auto bytes = from_base64url(part);
  if (!bytes) return invalid(std::string("its ") + what + " is " + bytes.error().message);
  return std::string(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size());
}

Result<std::string> short_text(const json& claims, const std::string& name) {
  std::string out = TRY(text_member(claims, name.c_str()));
  if (out.size() > kMaxClaim) return invalid("\"" + name + "\" is too long");
  return out;
}

// RFC 7519 2: seconds since 1970, possibly with a fraction.
Result<std::optional<UtcTime>> time_of(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::optional<UtcTime>();
  constexpr double kYear9999 = 253402300799;
  const double seconds = found->is_number() ? found->get<double>() : -1;
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kYear9999) return invalid(std::string("\"") + name + "\" is no time");
  return std::optional<UtcTime>(UtcTime(Microseconds(static_cast<std::int64_t>(seconds * 1e6))));
}

Result<UtcTime> required_time(const json& claims, const char* name) {
  const std::optional<UtcTime> out = TRY(time_of(claims, name));
  if (!out) return invalid(std::string("\"") + name + "\" is missing");
  return *out;
}

// A text, or a list of them.
Result<std::vector<std::string>> texts_of(const json& claims, const std::string& name) {
  const auto found = claims.find(name);
  if (found == claims.end() || found->is_null()) return std::vector<std::string>();
  if (found->is_string()) return std::vector<std::string>{found->get<std::string>()};
  if (!found->is_array() || found->size() > kMaxGroups) return invalid("\"" + name + "\" is no list of at most " + std::to_string(kMaxGroups) + " texts");
  std::vector<std::string> out;
  for (const json& one : *found) {
    if (!one.is_string()) return invalid("\"" + name + "\" is no list of texts");
    out.push_back(one.get<std::string>());
  }
  return out;
}

}  // namespace

Result<Token> parse_token(std::string_view text) {
  if (text.size() > kMaxToken) return invalid("it has more than " + std::to_string(kMaxToken) + " characters");
  const std::size_t first = text.find('.'), last = text.rfind('.');
  if (first == std::string_view::npos || first == last || text.find('.', first + 1) != last) return invalid("expected three parts with dots between them");
  const std::string head = TRY(text_of(text.substr(0, first), "header"));
  const Result<json> header = parse_object(head);
  if (!header) return invalid("its header is " + header.error().message);
  Token out;
  const std::string algorithm = TRY(text_member(header.value(), "alg"));
  if (algorithm != "RS256" && algorithm != "ES256") return Error{ErrorKind::unsupported, "the ID token: its algorithm is \"" + algorithm.substr(0, 16) + "\"; expected RS256 or ES256"};
  out.algorithm = algorithm == "RS256" ? Algorithm::rs256 : Algorithm::es256;
  if (header.value().contains("crit")) return Error{ErrorKind::unsupported, "the ID token: it has critical extensions"};
  out.key_id = TRY(text_member(header.value(), "kid"));
  if (out.key_id.size() > kMaxKeyId) return invalid("its \"kid\" is too long");
  out.signed_text = std::string(text.substr(0, last));
  out.claims = TRY(text_of(text.substr(first + 1, last - first - 1), "claims"));
  const auto signature = from_base64url(text.substr(last + 1));
  if (!signature || signature.value().empty()) return invalid("it has no signature");
  out.signature = signature.value();
  return out;
}

Result<Claims> read_claims(std::string_view text, const ClaimNames& names) {
  const Result<json> parsed = parse_object(text);
  if (!parsed) return invalid("its claims are " + parsed.error().message);
  const json& claims = parsed.value();
  Claims out;
  out.issuer = TRY(short_text(claims, "iss"));
  out.subject = TRY(short_text(claims, "sub"));
  out.authorized_party = TRY(short_text(claims, "azp"));
  out.nonce = TRY(short_text(claims, "nonce"));
  out.user = TRY(short_text(claims, names.user));
  if (out.subject.empty()) return invalid("\"sub\" is missing");
  if (out.user.empty()) return invalid("\"" + names.user + "\", which says who it is, is missing");
  out.audiences = TRY(texts_of(claims, "aud"));
  out.groups = TRY(texts_of(claims, names.groups));
  out.issued = TRY(required_time(claims, "iat"));
  out.expires = TRY(required_time(claims, "exp"));
  out.not_before = TRY(time_of(claims, "nbf"));
  // OpenID Connect Core 5.6.2. Some of the groups could mean other rights than all of them.
  const auto elsewhere = claims.find("_claim_names");
  if (elsewhere != claims.end() && elsewhere->is_object() && elsewhere->contains(names.groups)) {
    return Error{ErrorKind::unsupported, "the ID token: \"" + names.groups + "\" is not in it, because the user is in too many; let the provider send those that are assigned to this application"};
  }
  return out;
}

Result<void> check_claims(const Claims& claims, const Expected& expected, UtcTime now) {
  const auto denied = [](const std::string& why) { return Error{ErrorKind::denied, "the ID token: " + why}; };
  if (claims.issuer != expected.issuer) return denied("its issuer is \"" + claims.issuer + "\"; expected " + expected.issuer);
  if (std::find(claims.audiences.begin(), claims.audiences.end(), expected.client) == claims.audiences.end()) return denied("it is not for us: \"aud\" has not " + expected.client);
  if (claims.audiences.size() > 1 && claims.authorized_party.empty()) return denied("it is for several, and does not say who asked for it");
  if (!claims.authorized_party.empty() && claims.authorized_party != expected.client) return denied("\"" + claims.authorized_party + "\" asked for it; expected " + expected.client);
  if (claims.nonce.empty() || claims.nonce != expected.nonce) return denied("it answers another sign-in than this one (nonce)");
  if (claims.expires + kSkew <= now) return denied("it has expired");
  if (claims.issued > now + kSkew) return denied("it was issued in the future; compare the clocks");
  if (claims.issued + kFreshness + kSkew < now) return denied("it was issued more than " + std::to_string(kFreshness.count()) + " minutes ago; compare the clocks");
  if (claims.not_before && *claims.not_before > now + kSkew) return denied("it is not valid yet; compare the clocks");
  return {};
}

}  // namespace frostgate::oidc
