// How people and programs stay signed in to the HTTP API: web sessions, API tokens, second factors. Of secrets the catalog has the
// SHA-256 (64 lower-case hex digits), or what it cannot unwrap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

struct WebSession {
  std::string id;
  std::string user;
  UtcTime created;
  UtcTime seen;
  std::string address;
};

class WebSessions {
 public:
  explicit WebSessions(Catalog& catalog) : database_(catalog.database()) {}

  // The id; `seen` is `created` at first. `not_found` without such a user.
  Result<std::string> begin(const std::string& digest, const std::string& user, const std::string& address, UtcTime now);
  Result<WebSession> find(const std::string& digest);  // `not_found`
  Result<void> touch(const std::string& id, UtcTime now);
  // `not_found` when that user has no such session.
  Result<void> end(const std::string& id, const std::string& user);
  // All of the user's but one (empty: all).
  Result<void> end_others(const std::string& user, const std::string& kept);
  Result<std::vector<WebSession>> list(const std::string& user);  // newest first
  // Forgets those that were not seen since, or were created before.
  Result<void> forget(UtcTime seen_before, UtcTime created_before);

 private:
  Database& database_;
};

struct ApiToken {
  std::string id;  // given by add()
  std::string user;
  std::string name;
  std::string roles;  // words, with blanks between
  UtcTime created;
  UtcTime expires;
  std::optional<UtcTime> used;  // about the last time
};

class ApiTokens {
 public:
  explicit ApiTokens(Catalog& catalog) : database_(catalog.database()) {}

  Result<std::string> add(const std::string& digest, const ApiToken& token);
  Result<ApiToken> find(const std::string& digest);  // `not_found`
  Result<void> note_use(const std::string& id, UtcTime now);
  // `not_found` when that user has no such token; an empty user: whoever has it.
  Result<void> revoke(const std::string& id, const std::string& user);
  Result<std::vector<ApiToken>> list(const std::string& user);  // oldest first; an empty user: all

 private:
  Database& database_;
};

struct SecondFactor {
  std::vector<std::byte> wrapped_secret;
  bool confirmed = false;
  std::int64_t last_step = 0;  // of the last code that was used
};

class SecondFactors {
 public:
  explicit SecondFactors(Catalog& catalog) : database_(catalog.database()) {}

  // A secret that does not count yet. `exists` when the user has one that does.
  Result<void> propose(const std::string& user, const std::vector<std::byte>& wrapped_secret);
  Result<SecondFactor> find(const std::string& user);  // `not_found`
  // From now on it counts; these recovery codes replace all earlier ones.
  Result<void> confirm(const std::string& user, std::int64_t step, const std::vector<std::string>& recovery_digests);
  // A code of this step is used up: `denied` when it, or a later one, was before.
  Result<void> use_step(const std::string& user, std::int64_t step);
  // `denied` when there is no such code, or it was used.
  Result<void> use_recovery(const std::string& user, const std::string& digest);
  // The user has none any more; nor recovery codes.
  Result<void> remove(const std::string& user);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
