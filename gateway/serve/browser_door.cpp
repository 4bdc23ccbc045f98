#include "gateway/serve/browser_door.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <span>

#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::serve {
namespace {

storage::Sha256Digest ticket_digest(const std::string& ticket) { return storage::Sha256::of(std::as_bytes(std::span(ticket))); }

}  // namespace

Result<std::string> BrowserDoor::issue(const BrowserVisit& visit, UtcTime now) {
  std::array<std::byte, 32> noise{};
  TRY(storage::random_bytes(noise));
  std::string ticket = storage::to_hex(noise);
  const std::lock_guard lock(mutex_);
  std::erase_if(tickets_, [&](const Ticket& one) { return one.expires <= now; });
  if (tickets_.size() >= kMostTickets) tickets_.pop_front();
  tickets_.push_back({ticket_digest(ticket), visit, now + kLifetime});
  return ticket;
}

Result<Descriptor> BrowserDoor::enter(const std::string& ticket, const BrowserVisit& visit, UtcTime now) {
  const std::lock_guard lock(mutex_);
  // By its digest, so that how long the search takes tells nothing of a ticket.
  const auto found = std::find_if(tickets_.begin(), tickets_.end(), [digest = ticket_digest(ticket)](const Ticket& one) { return one.digest == digest; });
  if (found == tickets_.end()) return Error{ErrorKind::denied, "this ticket opens nothing (wrong, used or expired)"};
  const Ticket used = std::move(*found);
  tickets_.erase(found);
  if (used.expires <= now) return Error{ErrorKind::denied, "this ticket opens nothing (wrong, used or expired)"};
  if (used.visit != visit) return Error{ErrorKind::denied, "this ticket is somebody else's, or for another target or address"};
  if (!take_) return Error{ErrorKind::unavailable, "the gateway is shutting down"};
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return Error{ErrorKind::unavailable, "there is no descriptor left for a session"};
  Descriptor here(pair[0]), there(pair[1]);
  TRY(take_(std::move(there), visit));
  return here;
}

void BrowserDoor::open(Take take) {
  const std::lock_guard lock(mutex_);
  take_ = std::move(take);
}

void BrowserDoor::close() { open(nullptr); }

}  // namespace frostgate::serve
