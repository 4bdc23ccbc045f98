// One-time tickets: the right of one user to open one session to one target before a moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/targets.h"

namespace frostgate::catalog {

struct NewTicket {
  std::vector<std::byte> wrapped_value;  // what the user must know, wrapped; the catalog cannot open it
  std::string user;
  std::string target;
  Protocol kind = Protocol::rdp;  // the front it opens, not the target's protocol
  UtcTime expires;
  std::string source_address = "";  // the only one it works from; empty: any
};

struct Ticket : NewTicket {
  std::int64_t id = 0;
  UtcTime created;
  std::optional<UtcTime> used_at;
  std::string used_by_session;
};

class Tickets {
 public:
  explicit Tickets(Catalog& catalog) : database_(catalog.database()) {}

  // Errors: `not_found` user or target, `denied` when the user is disabled, `invalid` when it would expire at once.
  Result<Ticket> issue(const NewTicket& ticket, UtcTime now);
  // Unused, not expired, of users who are not disabled; oldest first.
  Result<std::vector<Ticket>> live(UtcTime now, Protocol kind);
  // Of this user and target, used or expired: the last twenty.
  Result<std::vector<Ticket>> spent(UtcTime now, Protocol kind, const std::string& user, const std::string& target);
  // Succeeds at most once for each ticket, whatever the number of callers. `denied` when it was used, has expired or its user is
  // disabled; `not_found`.
  Result<void> use(std::int64_t id, const std::string& session, UtcTime now);
  // Forgets tickets that were used or expired before that time; how many.
  Result<std::int64_t> prune(UtcTime before);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
