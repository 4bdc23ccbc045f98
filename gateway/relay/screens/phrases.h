// What the gateway's screens say, in one place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/base/redirections.h"
#include "gateway/relay/screens/dialog.h"

namespace frostgate::relay::screens {

// `session` is the number that the user tells an administrator.
Dialog login(const std::string& user, bool denied_before, const std::string& session);
// What a client asked for and does not get, by the names of its virtual channels and by what passes (nullopt: not known yet, and nothing is said of it): for
// people, or nothing, when they would miss nothing.
std::string withheld(const std::vector<std::string>& channels, const std::optional<Redirections>& passed);
Dialog consent(const std::string& text, const std::string& withheld, const std::string& session);
Dialog choose_target(const std::vector<std::string>& targets, const std::string& session);
// Fields: user, which may begin with a domain and '\\'; password.
Dialog target_account(const std::string& target, const std::string& user, bool refused_before, const std::string& session);
Dialog waiting(const std::string& text, const std::string& session);  // one button: to wait no more
// Fields, as far as they are wanted: reason, ticket. Buttons: to go on, (to begin in an emergency,) to leave.
Dialog justify(const std::string& text, bool reason, bool ticket, bool emergency, const std::string& session);
Dialog not_approved(const std::string& reason, const std::string& session);
Dialog connecting(const std::string& target, const std::string& withheld);  // no button
Dialog reconnecting(const std::string& target, int attempt, int of, const std::string& why);  // one button: to wait no more
Dialog denied(const std::string& session);
Dialog unreachable(const std::string& reason, const std::string& session);
Dialog not_recorded(const std::string& session);
Dialog target_left(const std::string& reason, const std::string& session);
Dialog ended(const std::string& text, const std::string& session);
std::string idle_text(int seconds_left);
Dialog idle(int seconds_left);       // anything the user does answers it
std::string time_text(int seconds_left);
Dialog time_is_short(int seconds_left);
// These go when they are answered.
Dialog recording_paused(const std::string& until, const std::string& session);
Dialog recording_stopped(const std::string& session);  // by an approval
Dialog recording_goes_on(const std::string& session);
Dialog guest_came(const std::string& guest, const std::string& request, const std::string& approved_by, const std::string& session);
Dialog guest_left(const std::string& guest, const std::string& session);
Dialog goes_on_unrecorded(const std::string& session);

}  // namespace frostgate::relay::screens
