// A connection to one LDAP server, encrypted before anything is said on it. All of libldap is behind this door. Blocking, until its deadline at most, whatever the
// server does or does not do; used by one thread at a time.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "gateway/directory/settings.h"

namespace frostgate::directory {

// What a search finds. Attributes' names are in lower case; their values are bytes.
struct Entry {
  std::string dn;
  std::map<std::string, std::vector<std::string>> attributes;

  const std::vector<std::string>& values(const std::string& attribute) const;  // none, when it has none
  std::optional<std::string> value(const std::string& attribute) const;        // the first
};

class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  // Errors of all three: `unavailable` and `timeout` (the server), `corrupt` (no TLS, or its certificate is not trusted or not for this host; TLS 1.2 at least).
  static Result<std::unique_ptr<Connection>> open(const Server& server, const std::filesystem::path& authorities, Clock::time_point deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `denied`: the server refuses it. So is an empty name or password, which is never sent: it would be an unauthenticated bind, which succeeds and
  // proves nothing (RFC 4513 5.1.2).
  Result<void> bind(const std::string& dn, const Secret& password);

  struct Search {
    std::string base;
    std::string filter;
    std::vector<std::string> attributes;
    int limit = 0;      // `invalid`, when there are more
    bool below = true;  // the base and all below it; else the base alone
  };
  // An absent base has no entries. Referrals to other servers are not followed.
  Result<std::vector<Entry>> search(const Search& search);

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  Error failed(const char* what, int code) const;
  std::unique_ptr<State> state_;
};

// A distinguished name as it can be compared (RFC 4514; lower case, blanks and escapes alike). Error: `invalid`.
Result<std::string> comparable_dn(const std::string& dn);

}  // namespace frostgate::directory
