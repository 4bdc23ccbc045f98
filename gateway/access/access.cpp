#include "gateway/access/access.h"

#include <algorithm>

#include "gateway/access/denied.h"
#include "gateway/crypto/passwords.h"
#include "storage/catalog/targets.h"
#include "storage/catalog/users.h"

namespace frostgate::access {

Identity parse_login(const std::string& login) {
  const std::size_t at = login.find_last_of("@%");
  return {login.substr(0, at), at == std::string::npos ? "" : login.substr(at + 1)};
}

namespace {

constexpr auto kWindow = std::chrono::minutes(1);
constexpr std::size_t kMaxRemembered = 10000;

}  // namespace

bool Access::throttled(const std::string& key, UtcTime now) {
  const std::lock_guard lock(mutex_);
  const auto it = failures_.find(key);
  if (it == failures_.end()) return false;
  std::erase_if(it->second, [&](UtcTime at) { return at + kWindow < now; });
  return it->second.size() >= kMaxFailures;
}

void Access::failed(const std::string& key, UtcTime now) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= kMaxRemembered) {
    std::erase_if(failures_, [&](const auto& entry) { return entry.second.empty() || entry.second.back() + kWindow < now; });
  }
  // Still full: an attack from very many addresses. Forgetting nobody is worse for memory than for safety here.
  if (failures_.size() >= kMaxRemembered) failures_.erase(failures_.begin());
  failures_[key].push_back(now);
}

bool Access::throttled(const std::string& user, const std::string& address, UtcTime now) {
  return throttled("address " + address, now) || (!user.empty() && throttled("account " + user, now));
}

void Access::note_failure(const std::string& user, const std::string& address, UtcTime now) {
  failed("address " + address, now);
  if (!user.empty()) failed("account " + user, now);
}

Result<Identity> Access::by_password(const std::string& login, const Secret& password, const std::string& address,
                                     UtcTime now) {
  const Identity out = parse_login(login);
  const Error without_a_look{ErrorKind::timeout, "more than " + std::to_string(kMaxFailures) + " failed logins within a minute for \"" + out.user + "\" or from " + address +
                                                     "; refused without a look"};
  if (throttled(out.user, address, now)) return without_a_look;
  const Result<catalog::User> user = catalog::Users(catalog_).find(out.user);
  if (!user && user.error().kind != ErrorKind::not_found && user.error().kind != ErrorKind::invalid) return user.error();
  const bool usable = user && !user.value().disabled;
  // An unknown, disabled or passwordless user costs the same time as a wrong password.
  hashing_.acquire();
  // Of very many who came at once, those before have failed meanwhile.
  const bool late = throttled(out.user, address, now);
  const bool right = !late && crypto::check_password(password, usable ? user.value().password_hash : "");
  if (!late && !right) note_failure(out.user, address, now);
  hashing_.release();
  if (late) return without_a_look;
  if (!right) {
    return denied(!user                     ? "no user \"" + out.user + "\""
                  : user.value().disabled   ? "user \"" + out.user + "\" is disabled"
                  : password.empty()        ? "no password was given for \"" + out.user + "\""
                                            : "wrong password for \"" + out.user + "\"");
  }
  return out;
}

}  // namespace frostgate::access
