#include "gateway/oidc/key_set.h"

#include <optional>

#include <nlohmann/json.hpp>

#include "gateway/oidc/json_text.h"

namespace frostgate::oidc {
namespace {

using nlohmann::json;

Result<std::vector<std::byte>> number(const json& key, const char* name) {
  const std::string text = TRY(text_member(key, name));
  return from_base64url(text);
}

// Errors: unsupported (not for us), invalid.
Result<crypto::PublicKey> key_of(const json& key) {
  const std::string type = TRY(text_member(key, "kty"));
  const std::string curve = TRY(text_member(key, "crv"));
  const std::string use = TRY(text_member(key, "use"));
  const std::string algorithm = TRY(text_member(key, "alg"));
  const bool rsa = type == "RSA";
  const Error other{ErrorKind::unsupported, "a key for something else"};
  if (!rsa && (type != "EC" || curve != "P-256")) return other;
  if (!use.empty() && use != "sig") return other;
  if (!algorithm.empty() && algorithm != (rsa ? "RS256" : "ES256")) return other;
  const std::vector<std::byte> first = TRY(number(key, rsa ? "n" : "x"));
  const std::vector<std::byte> second = TRY(number(key, rsa ? "e" : "y"));
  return rsa ? crypto::PublicKey::rsa(first, second) : crypto::PublicKey::p256(first, second);
}

}  // namespace

Result<KeySet> KeySet::parse(std::string_view text) {
  const Result<json> parsed = parse_object(text);
  if (!parsed) return Error{ErrorKind::invalid, "the key set is " + parsed.error().message};
  const auto keys = parsed.value().find("keys");
  if (keys == parsed.value().end() || !keys->is_array() || keys->size() > kMaxKeys) return Error{ErrorKind::invalid, "the key set has no list of at most " + std::to_string(kMaxKeys) + " keys"};
  KeySet out;
  std::string why;
  for (const json& one : *keys) {
    if (!one.is_object()) return Error{ErrorKind::invalid, "the key set has something else than keys"};
    const std::string name = TRY(text_member(one, "kid"));
    const Result<crypto::PublicKey> key = key_of(one);
    if (!key) {
      // One bad key of a rotation must not lock everybody out, and opens nothing.
      if (key.error().kind != ErrorKind::unsupported) why = " (" + key.error().message + ")";
      continue;
    }
    out.keys_[name].push_back(key.value());
    ++out.count_;
  }
  if (out.count_ == 0) return Error{ErrorKind::invalid, "the key set has no key for RS256 or ES256" + why};
  return out;
}

Result<void> KeySet::check(const Token& token) const {
  const auto denied = [](const std::string& why) { return Error{ErrorKind::denied, "the ID token: " + why}; };
  const crypto::PublicKey* key = nullptr;
  if (token.key_id.empty()) {
    if (count_ != 1) return denied("it names no key, and the provider has " + std::to_string(count_));
    key = &keys_.begin()->second.front();
  } else {
    const auto found = keys_.find(token.key_id);
    if (found == keys_.end()) return Error{ErrorKind::not_found, "the ID token: the provider has no key \"" + token.key_id + "\""};
    if (found->second.size() > 1) return denied("the provider has " + std::to_string(found->second.size()) + " keys \"" + token.key_id + "\"");
    key = &found->second.front();
  }
  if (key->is_rsa() != (token.algorithm == Algorithm::rs256)) return denied("its algorithm is not that of the key it names");
  if (!key->verifies(token.signed_text, token.signature)) return denied("its signature is wrong");
  return {};
}

}  // namespace frostgate::oidc
