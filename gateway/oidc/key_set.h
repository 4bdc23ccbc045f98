// The keys that a provider signs with (RFC 7517 5), by the names that it gives them. A value.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "gateway/crypto/public_key.h"
#include "gateway/oidc/token.h"

namespace frostgate::oidc {

inline constexpr std::size_t kMaxKeys = 64;

class KeySet {
 public:
  // Keys of other kinds and for other uses are left out. Errors: invalid, when it is no set, has more than kMaxKeys, or none that we can use.
  static Result<KeySet> parse(std::string_view json);

  // Errors: not_found (no such key: the provider may have a new one), denied (two keys with this name, a key of the other kind, a wrong signature, or no name
  // where there are several keys).
  Result<void> check(const Token& token) const;
  std::size_t size() const { return count_; }

 private:
  std::map<std::string, std::vector<crypto::PublicKey>> keys_;  // by name; those without under the empty one
  std::size_t count_ = 0;
};

}  // namespace frostgate::oidc
