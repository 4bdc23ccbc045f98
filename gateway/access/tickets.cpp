// One-time tickets, as each protocol carries them.
#include "gateway/access/access.h"
#include "gateway/base/log.h"
#include "gateway/crypto/passwords.h"
#include "storage/catalog/tickets.h"

namespace frostgate::access {
namespace {

constexpr std::size_t kVncTicketLength = 8, kRdpTicketLength = 22;

Error denied(const std::string& why) { return {ErrorKind::denied, why}; }

}  // namespace

Result<catalog::Ticket> Access::find_ticket(const catalog::Ticket& wanted, const std::string& address, UtcTime now,
                                            const std::function<Result<bool>(const Secret&)>& opens) {
  const std::string address_key = "address " + address;
  if (throttled(address_key, now)) return denied("too many wrong tickets from " + address + " within a minute");
  const catalog::Ticket* found = nullptr;
  const std::vector<catalog::Ticket> live = TRY(catalog::Tickets(catalog_).live(now, wanted.kind));
  for (const catalog::Ticket& ticket : live) {
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
  if (found) return *found;
  failed(address_key, now);
  return denied("no live ticket fits (wrong, used, expired, or bound to another address)");
}

Result<Identity> Access::by_vnc_response(std::span<const std::byte, 16> challenge,
                                         std::span<const std::byte, 16> response, const std::string& session,
                                         const std::string& address, UtcTime now) {
  catalog::Ticket wanted;
  wanted.kind = catalog::Protocol::vnc;
  const catalog::Ticket ticket = TRY(find_ticket(wanted, address, now, [&](const Secret& value) -> Result<bool> {
    return crypto::equal_in_constant_time(crypto::vnc_response(challenge, value.text()), response);
  }));
  TRY(catalog::Tickets(catalog_).use(ticket.id, session, now));
  return Identity{ticket.user, ticket.target};
}

Result<Identity> Access::by_rdp_ticket(const std::string& login, const std::string& session,
                                       const std::string& address, UtcTime now) {
  const std::size_t hash = login.find('#');
  const Identity out = parse_login(login.substr(0, hash));
  if (hash == std::string::npos || out.user.empty() || out.target.empty()) {
    return denied("expected the user name user@target#ticket");
  }
  Secret typed = Secret::from_text(std::string_view(login).substr(hash + 1));
  catalog::Ticket wanted;
  wanted.user = out.user;
  wanted.target = out.target;
  const catalog::Ticket ticket = TRY(find_ticket(wanted, address, now, [&](const Secret& value) -> Result<bool> {
    return crypto::equal_in_constant_time(value.bytes(), typed.bytes());
  }));
  TRY(catalog::Tickets(catalog_).use(ticket.id, session, now));
  return out;
}

Result<Access::NtlmIdentity> Access::by_ntlm(const crypto::NtlmProof& proof, const std::string& session,
                                             const std::string& address, UtcTime now) {
  NtlmIdentity out{parse_login(proof.user), {}};
  if (out.identity.user.empty() || out.identity.target.empty()) {
    return denied("the user name \"" + proof.user + "\" names no target; NLA expects user@target");
  }
  catalog::Ticket wanted;
  wanted.user = out.identity.user;
  wanted.target = out.identity.target;
  const auto opens = [&](const Secret& value) -> Result<bool> {
    Secret hash = TRY(crypto::ntlm_hash_when_proven(proof, value));
    if (hash.empty()) return false;
    out.hash = std::move(hash);
    return true;
  };
  const catalog::Ticket ticket = TRY(find_ticket(wanted, address, now, opens));
  TRY(catalog::Tickets(catalog_).use(ticket.id, session, now));
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
