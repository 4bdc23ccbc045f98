#include "gateway/access/access.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/crypto/passwords.h"
#include "storage/catalog/targets.h"
#include "storage/catalog/tickets.h"
#include "storage/catalog/users.h"

namespace frostgate::access {
namespace {

constexpr auto kWindow = std::chrono::minutes(1);
constexpr std::size_t kMaxRemembered = 10000;
constexpr const char* kTicketContext = "ticket";

Error denied(const std::string& why) { return {ErrorKind::denied, why}; }

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

Result<Identity> Access::by_password(const std::string& login, const Secret& password, const std::string& address,
                                     UtcTime now) {
  const std::size_t at = login.find_last_of("@%");
  Identity out;
  out.user = login.substr(0, at);
  out.target = at == std::string::npos ? "" : login.substr(at + 1);
  const std::string account_key = "account " + out.user, address_key = "address " + address;
  if (throttled(account_key, now) || throttled(address_key, now)) {
    return denied("more than " + std::to_string(kMaxFailures) + " failed logins within a minute for \"" + out.user +
                  "\" or from " + address + "; refused without a look");
  }
  const Result<catalog::User> user = catalog::Users(catalog_).find(out.user);
  if (!user && user.error().kind != ErrorKind::not_found && user.error().kind != ErrorKind::invalid) return user.error();
  const bool usable = user && !user.value().disabled;
  // An unknown, disabled or passwordless user costs the same time as a wrong password.
  hashing_.acquire();
  const bool right = crypto::check_password(password, usable ? user.value().password_hash : "");
  hashing_.release();
  if (!right) {
    failed(account_key, now);
    failed(address_key, now);
    return denied(!user                     ? "no user \"" + out.user + "\""
                  : user.value().disabled   ? "user \"" + out.user + "\" is disabled"
                  : password.empty()        ? "no password was given for \"" + out.user + "\""
                                            : "wrong password for \"" + out.user + "\"");
  }
  if (out.target.empty()) return denied("the user name \"" + login + "\" names no target; expected user@target");
  return out;
}

Result<Identity> Access::by_vnc_response(std::span<const std::byte, 16> challenge,
                                         std::span<const std::byte, 16> response, const std::string& session,
                                         const std::string& address, UtcTime now) {
  const std::string address_key = "address " + address;
  if (throttled(address_key, now)) return denied("too many wrong tickets from " + address + " within a minute");
  catalog::Tickets tickets(catalog_);
  const std::vector<catalog::Ticket> live = TRY(tickets.live(now, catalog::Protocol::vnc));
  const catalog::Ticket* found = nullptr;
  for (const catalog::Ticket& ticket : live) {
    const Result<Secret> value = kek_.unwrap(ticket.wrapped_value, kTicketContext);
    if (!value) {
      // It opens nothing any more; everybody else's still do.
      log::warning(session, "ticket {} of {} cannot be read: {}", ticket.id, ticket.user, value.error().message);
      continue;
    }
    const auto expected = crypto::vnc_response(challenge, value.value().text());
    if (crypto::equal_in_constant_time(expected, response)) found = &ticket;
  }
  if (!found) {
    failed(address_key, now);
    return denied("no live ticket gives this response (wrong, used or expired)");
  }
  TRY(tickets.use(found->id, session, now));
  return Identity{found->user, found->target};
}

Result<Access::IssuedTicket> Access::issue_vnc_ticket(const std::string& user, const std::string& target,
                                                      Microseconds lifetime, UtcTime now) {
  Secret value = crypto::random_ticket(8);
  catalog::NewTicket ticket;
  ticket.wrapped_value = TRY(kek_.wrap(value, kTicketContext));
  ticket.user = user;
  ticket.target = target;
  ticket.kind = catalog::Protocol::vnc;
  ticket.expires = now + lifetime;
  const catalog::Ticket issued = TRY(catalog::Tickets(catalog_).issue(ticket, now));
  return IssuedTicket{std::move(value), issued.expires};
}

}  // namespace frostgate::access
