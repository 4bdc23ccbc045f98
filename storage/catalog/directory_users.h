// Users whom an outside directory (LDAP) or identity provider (OpenID Connect) knows: it checks who they are and says in which groups they are. They have the
// same row as local users, so that sessions, tickets, second factors and roles are theirs like anybody's. A name belongs to where it was first seen, for ever.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

class DirectoryUsers {
 public:
  // Those of the provider of that name; with an empty one, of the directory.
  explicit DirectoryUsers(Catalog& catalog, std::string provider = "") : database_(catalog.database()), provider_(std::move(provider)) {}

  // Whether the directory may be asked about this name. Error: `denied`, when a user of elsewhere has it, or an administrator has disabled the user.
  Result<void> may_ask(const std::string& name);

  // What the directory says of somebody now: makes the user at the first time, replaces the groups, and takes back refuse(). `dn` is its own
  // name for them; with a provider it is always the same (`denied` for another person with the name). Errors: as may_ask(), and `invalid` for a name that no user
  // can have, or a group's that none can have.
  Result<void> renew(const std::string& name, const std::string& dn, const std::vector<std::string>& groups, UtcTime now);

  // The directory does not let this user in any more: counts as disabled until renew(). Nothing changes for local users and unknown names.
  Result<void> refuse(const std::string& name);

  // refuse() for all whom renew() has not seen since then.
  Result<void> refuse_unseen(UtcTime since);

  // Those who may come in, by name.
  Result<std::vector<std::string>> list();

 private:
  Database& database_;
  const std::string provider_;
};

}  // namespace frostgate::catalog
