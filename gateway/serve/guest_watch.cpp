#include "gateway/serve/guest_watch.h"

#include "gateway/base/log.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/joining.h"

namespace frostgate::serve {
namespace {

constexpr auto kBetweenGuestLooks = std::chrono::milliseconds(400);
constexpr int kMostNumbers = 1 << 20;

}  // namespace

RelayReply GuestWatch::invitation(SessionControl::Guest guest) {
  RelayReply out;
  out.body = {{"type", "join"}, {"number", guest.number}, {"user", guest.user}, {"request", guest.request}, {"approved_by", guest.approved_by}};
  out.descriptors.push_back(std::move(guest.client));
  guests_[guest.number] = {guest.user, guest.web_session, guest.request};
  return out;
}

void GuestWatch::turned_away(const std::string& session, const SessionControl::Guest& guest, UtcTime now) {
  left(session, {guest.user, guest.web_session, guest.request}, "the user's connection is lost", now);
}

Result<RelayReply> GuestWatch::relay_says(const std::string& session, const ipc::Message& message, UtcTime now) {
  const Result<std::int64_t> number = message.number("number", 1, kMostNumbers);
  const auto found = number ? guests_.find(static_cast<int>(number.value())) : guests_.end();
  if (found == guests_.end()) return Error{ErrorKind::corrupt, "told of a guest that it does not have"};
  left(session, found->second, found->second.shown_out.empty() ? "left" : found->second.shown_out, now);
  guests_.erase(found);
  return RelayReply{};
}

RelayReply GuestWatch::due(const PauseWatch::Session& session, UtcTime now) {
  if (guests_.empty() || (looked_ && now >= *looked_ && now < *looked_ + kBetweenGuestLooks)) return {};
  looked_ = now;
  for (auto& [number, guest] : guests_) {
    if (!guest.shown_out.empty()) continue;
    guest.shown_out = why_not(session, guest, now);
    if (guest.shown_out.empty()) continue;
    log::warning(session.id, "{} may look on no more: {}", guest.user, guest.shown_out);
    return {{{"type", "show_out"}, {"number", number}}, {}, false};
  }
  return {};
}

void GuestWatch::relay_ended(const std::string& session, UtcTime now) {
  for (const auto& [number, guest] : guests_) left(session, guest, "the connection is over", now);
  guests_.clear();
}

// Empty: nothing, or the catalog is busy.
std::string GuestWatch::why_not(const PauseWatch::Session& session, const Guest& guest, UtcTime now) const {
  const Result<void> still = core_.web_access->still_signed_in(guest.user, guest.web_session, now);
  if (!still && still.error().kind == ErrorKind::denied) return "signed out of the portal";
  if (const auto may = access::entitlements_of(*core_.catalog, guest.user); may && !may_join(may.value(), session.target, session.tags)) return "the role was taken back";
  const Result<approvals::Request> request = core_.approvals->find(guest.request, now);
  return request && request.value().state == approvals::State::revoked ? "the approval was revoked by " + request.value().ended_by : "";
}

void GuestWatch::left(const std::string& session, const Guest& guest, const std::string& why, UtcTime now) {
  note(core_, catalog::LedgerEvent::left, session, guest.user, {{"request", guest.request}, {"why", why}}, now);
}

}  // namespace frostgate::serve
