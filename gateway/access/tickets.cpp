// One-time tickets, as each protocol carries them.
#include "gateway/access/access.h"
#include "gateway/access/denied.h"
#include "gateway/base/log.h"
#include "gateway/base/source_network.h"
#include "gateway/crypto/passwords.h"
#include "storage/catalog/tickets.h"
#include "storage/catalog/users.h"

namespace frostgate::access {
namespace {

constexpr std::size_t kVncTicketLength = 8, kRdpTicketLength = 22;

}  // namespace

void Access::allow_return(const catalog::Ticket& ticket, const std::string& session, const std::string& address) {
  const std::lock_guard lock(mutex_);
  Return& kept = returns_[session] = {ticket, address};
  kept.ticket.used_by_session = session;
}

void Access::forget_return(const std::string& session) {
  const std::lock_guard lock(mutex_);
  returns_.erase(session);
}

// Those that were never used, and those whose session may be come back to from this address.
Result<std::vector<catalog::Ticket>> Access::usable_tickets(catalog::Protocol kind, const std::string& address, UtcTime now) {
  std::vector<catalog::Ticket> tickets = TRY(catalog::Tickets(catalog_).live(now, kind));
  std::vector<catalog::Ticket> used;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [session, kept] : returns_)
      if (kept.ticket.kind == kind && kept.address == address) used.push_back(kept.ticket);
  }
  for (catalog::Ticket& ticket : used) {
    const Result<catalog::User> user = catalog::Users(catalog_).find(ticket.user);
    if (user && !user.value().disabled) tickets.push_back(std::move(ticket));
  }
  return tickets;
}

// Who knows a ticket that is over guesses at nothing: it is a client that its server invited to come back, and that tries on when it may no longer. Ten of these must not
// keep everybody else of its address out. What 128 bits are in; a VNC ticket is short enough to be guessed.
Result<bool> Access::was_good_once(const catalog::Ticket& wanted, UtcTime now, const std::function<Result<bool>(const Secret&)>& opens) {
  if (wanted.kind != catalog::Protocol::rdp) return false;
  for (const catalog::Ticket& ticket : TRY(catalog::Tickets(catalog_).spent(now, wanted.kind, wanted.user, wanted.target))) {
    const Result<Secret> value = kek_.unwrap(ticket.wrapped_value, kTicketContext);
    if (value && TRY(opens(value.value()))) return true;
  }
  return false;
}

Result<Identity> Access::use_ticket(const catalog::Ticket& wanted, const std::string& session, const std::string& address,
                                    UtcTime now, const std::function<Result<bool>(const Secret&)>& opens) {
  const std::string network = source_network(address);
  if (address_failures_.full(network, now)) return Error{ErrorKind::timeout, "too many wrong tickets or passwords from " + address + "; refused without a look for a while"};
  const catalog::Ticket* found = nullptr;
  const std::vector<catalog::Ticket> usable = TRY(usable_tickets(wanted.kind, address, now));
  for (const catalog::Ticket& ticket : usable) {
    if (!wanted.user.empty() && (ticket.user != wanted.user || ticket.target != wanted.target)) continue;
    if (!ticket.source_address.empty() && ticket.source_address != address) continue;
    const Result<Secret> value = kek_.unwrap(ticket.wrapped_value, kTicketContext);
    if (!value) {
      // It opens nothing any more; everybody else's still do.
      log::warning("-", "ticket {} of {} cannot be read: {}", ticket.id, ticket.user, value.error().message);
      continue;
    }
    if (TRY(opens(value.value()))) found = &ticket;
  }
  if (!found && TRY(was_good_once(wanted, now, opens))) return denied("its ticket was used before, or has expired");
  if (!found) {
    address_failures_.note(network, now);
    return denied("no live ticket fits (wrong, used, expired, or bound to another address)");
  }
  if (found->used_by_session.empty()) TRY(catalog::Tickets(catalog_).use(found->id, session, now));
  return Identity{found->user, found->target, *found, found->used_by_session};
}

Result<Identity> Access::by_vnc_response(std::span<const std::byte, 16> challenge,
                                         std::span<const std::byte, 16> response, const std::string& session,
                                         const std::string& address, UtcTime now) {
  catalog::Ticket wanted;
  wanted.kind = catalog::Protocol::vnc;
  return use_ticket(wanted, session, address, now, [&](const Secret& value) -> Result<bool> {
    return crypto::equal_in_constant_time(crypto::vnc_response(challenge, value.text()), response);
  });
}

Result<Identity> Access::by_rdp_ticket(std::string_view login, const std::string& session,
                                       const std::string& address, UtcTime now) {
  const std::size_t hash = login.find('#');
  const Identity typed_name = parse_login(std::string(login.substr(0, hash)));
  if (hash == login.npos || typed_name.user.empty() || typed_name.target.empty()) {
    return denied("expected the user name user@target#ticket");
  }
  const Secret typed = Secret::from_text(login.substr(hash + 1));
  catalog::Ticket wanted;
  wanted.user = typed_name.user;
  wanted.target = typed_name.target;
  return use_ticket(wanted, session, address, now, [&](const Secret& value) -> Result<bool> {
    return crypto::equal_in_constant_time(value.bytes(), typed.bytes());
  });
}

Result<Access::NtlmIdentity> Access::by_ntlm(const crypto::NtlmProof& proof, const std::string& session,
                                             const std::string& address, UtcTime now) {
  const Identity named = parse_login(proof.user);
  if (named.user.empty() || named.target.empty()) {
    return denied("the user name \"" + proof.user + "\" names no target; NLA expects user@target");
  }
  catalog::Ticket wanted;
  wanted.user = named.user;
  wanted.target = named.target;
  NtlmIdentity out;
  const auto opens = [&](const Secret& value) -> Result<bool> {
    Secret hash = TRY(crypto::ntlm_hash_when_proven(proof, value));
    if (hash.empty()) return false;
    out.hash = std::move(hash);
    return true;
  };
  out.identity = TRY(use_ticket(wanted, session, address, now, opens));
  return out;
}

Result<Access::IssuedTicket> Access::issue_ticket(const TicketRequest& request, UtcTime now) {
  const bool vnc = request.front == catalog::Protocol::vnc;
  Secret value = crypto::random_ticket(vnc ? kVncTicketLength : kRdpTicketLength);
  catalog::NewTicket ticket;
  ticket.wrapped_value = TRY(kek_.wrap(value, kTicketContext));
  ticket.user = request.user;
  ticket.target = request.target;
  ticket.kind = request.front;
  ticket.expires = now + request.lifetime;
  ticket.source_address = request.source_address;
  const catalog::Ticket issued = TRY(catalog::Tickets(catalog_).issue(ticket, now));
  return IssuedTicket{std::move(value), issued.expires};
}

}  // namespace frostgate::access
