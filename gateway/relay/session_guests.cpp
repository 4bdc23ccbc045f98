// Others who look on, by an approval. The film, serve and the user hear of each, when it comes and when it goes.
#include "gateway/base/log.h"
#include "gateway/relay/relayed_session.h"
#include "gateway/relay/screens/phrases.h"

namespace frostgate::relay {

void RelayedSession::let_in(ServeLink::Invitation invitation) {
  std::vector<std::unique_ptr<Guest>> gone;  // destroyed without the lock, for which its thread may wait
  {
    const std::lock_guard lock(mutex_);
    for (auto& [number, guest] : guests_) {
      if (guest->gone()) gone.push_back(std::move(guest));
    }
    std::erase_if(guests_, [](const auto& one) { return one.second == nullptr; });
    if (recorder_ && end_reason_.empty() && !guests_.contains(invitation.number)) {
      recorder_->note(invitation.guest);
      guests_.emplace(invitation.number, std::make_unique<Guest>(std::move(invitation.client), surface_, [this, number = invitation.number, guest = invitation.guest] { guest_left(number, guest); }));
    }
  }
  if (invitation.client.valid()) return tell_guest_left(invitation.number);
  log::warning(id_, "{} looks on (request {})", invitation.guest.user, invitation.guest.request);
  if (!ending()) stage_.show(screens::guest_came(invitation.guest.user, invitation.guest.request, invitation.guest.approved_by, id_));
}

void RelayedSession::show_out(int number) {
  const std::lock_guard lock(mutex_);
  if (const auto found = guests_.find(number); found != guests_.end()) found->second->show_out();
}

void RelayedSession::guest_left(int number, GuestSeen guest) {
  log::warning(id_, "{} looks on no more", guest.user);
  guest.here = false;
  {
    const std::lock_guard lock(mutex_);
    if (recorder_) recorder_->note(guest);
  }
  tell_guest_left(number);
  if (!ending()) stage_.show(screens::guest_left(guest.user, id_));
}

void RelayedSession::tell_guest_left(int number) { (void)link_.tell({{"type", "guest_left"}, {"number", number}}).has_value(); }

void RelayedSession::show_all_out() {
  std::map<int, std::unique_ptr<Guest>> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(guests_);
  }
}

}  // namespace frostgate::relay
