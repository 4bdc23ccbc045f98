#include "gateway/serve/target_account.h"

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "storage/catalog/personal_credentials.h"

namespace frostgate::serve {

std::string credential_context(const std::string& target) { return "credential of target " + target; }
std::string personal_context(const std::string& owner) { return "personal credential of " + owner; }

Result<TargetAccount> account_for(Core& core, const catalog::Target& target, const std::string& user) {
  TargetAccount out{target.account, target.name, "", target.login_user, target.domain, {}, {}};
  switch (target.account) {
    case catalog::Account::nobody: return Error{ErrorKind::denied, "nobody may sign in to target " + target.name};
    case catalog::Account::asked: return out;
    case catalog::Account::shared:
      out.refused = target.credential_refused;
      if (!out.refused && !target.wrapped_credential.empty()) out.password = TRY(core.kek->unwrap(target.wrapped_credential, credential_context(target.name)));
      return out;
    case catalog::Account::personal: break;
  }
  if (user.empty()) return Error{ErrorKind::invalid, "everybody has an account of their own on " + target.name + "; say whose is meant"};
  const catalog::PersonalCredential own = TRY(catalog::PersonalCredentials(*core.catalog).find(target.name, user));
  out.owner = own.user;
  out.user = own.login_user;
  out.domain = own.domain;
  out.refused = own.refused;
  if (!out.refused) out.password = TRY(core.kek->unwrap(own.wrapped, personal_context(own.target + "/" + own.user)));
  return out;
}

void account_refused(Core& core, const std::string& session, const TargetAccount& account, UtcTime now) {
  const std::string& target = account.target;
  if (account.kind == catalog::Account::asked) {
    log::warning(session, "target {} refused the password that its user typed", target);
    return core.refused_guesses.note(target, now);
  }
  const bool own = account.kind == catalog::Account::personal;
  const std::string of = own ? " of " + account.owner : "", option = own ? " --of " + account.owner : "";
  raise_alert(core, {"target.credential_refused", alerts::Severity::critical, own ? target + "/" + account.owner : target,
                     "The target " + target + " refused its stored credential" + of + ", which is set aside from now on. When it is right again, run: frostgate target credential " +
                         target + option + ", or target retry " + target + option},
              now);
  const auto noted = own ? catalog::PersonalCredentials(*core.catalog).set_aside(target, account.owner, now) : catalog::Targets(*core.catalog).set_credential_aside(target, now);
  if (!noted) log::error(session, "that could not be noted: {}", noted.error().message);
}

bool too_many_refused(Core& core, const TargetAccount& account, UtcTime now) { return account.kind == catalog::Account::asked && core.refused_guesses.full(account.target, now); }

}  // namespace frostgate::serve
