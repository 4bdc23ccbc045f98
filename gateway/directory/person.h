// Finding somebody in the directory: the entry, whether the account counts, and the groups. On a connection that may search.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/directory/connection.h"
#include "gateway/directory/names.h"
#include "gateway/directory/settings.h"

namespace frostgate::directory {

struct Person {
  std::string user;  // as everything else knows them: the name attribute, in lower case
  std::string dn;
  std::vector<std::string> groups;
};

// The one entry with this name. Errors: `denied` (none, more than one, a domain that is not ours, a name that no user can have), and those of the connection.
Result<Entry> find_entry(Connection& connection, const Settings& settings, const TypedName& name);

// Pure. Error: `denied` for an account that is disabled, expired or locked for good, as Active Directory (userAccountControl, accountExpires) and OpenLDAP's
// password policy (pwdAccountLockedTime) say it.
Result<void> check_account(const Entry& entry, UtcTime now);

// Names of all groups that the entry is in, directly or through other groups; sorted. Those outside groups.base, or that groups.filter leaves out, are none. Error: `invalid`
// when they are too many or nested too deep: some of them would mean other rights than all of them.
Result<std::vector<std::string>> groups_of(Connection& connection, const Settings& settings, const Entry& entry);

// Of Active Directory: it can follow members of members by itself.
Result<bool> follows_chains(Connection& connection);

// All of the above. Error: also `denied`.
Result<Person> find_person(Connection& connection, const Settings& settings, const TypedName& name, UtcTime now);

}  // namespace frostgate::directory
