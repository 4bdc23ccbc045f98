// Whose account a session signs in to a target with, and what becomes of one that the target refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/secret.h"
#include "gateway/serve/core.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {

// What the key-encryption key binds a stored password to. `owner`: target and user, with a '/' between.
std::string credential_context(const std::string& target);
std::string personal_context(const std::string& owner);

struct TargetAccount {
  catalog::Account kind = catalog::Account::nobody;
  std::string target;
  std::string owner;   // of a personal one: the gateway's user
  std::string user, domain;
  Secret password;     // empty where it is asked for, or the target wants none
  std::optional<UtcTime> refused;  // since when it is set aside; then there is no password
};

// Of somebody's session; where it is asked for, user and domain are what is proposed. `user` may be empty where the account is shared. Errors: not_found (the user has none
// of their own there), invalid (it takes a user), and those of the key.
Result<TargetAccount> account_for(Core& core, const catalog::Target& target, const std::string& user);

// The target refused it. One that is stored nobody tries again until an administrator says so: a second try could lock the account, or this machine's address, and so everybody out.
void account_refused(Core& core, const std::string& session, const TargetAccount& account, UtcTime now);

// Guesses of those who type it: whether the target has refused so many lately that there must be none for a while. VNC servers lock out whoever guesses, which would be everybody.
bool too_many_refused(Core& core, const TargetAccount& account, UtcTime now);

}  // namespace frostgate::serve
