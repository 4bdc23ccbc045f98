// What happens in serve that people must be told: raised as alerts (gateway/alerts), with the words for each. One that cannot be kept is logged.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/base/time.h"
#include "gateway/alerts/alerts.h"
#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// "anna on dc1 (session 20260131-...)"
std::string session_words(const catalog::Recording& row);

// " at https://.../requests/ID", where the portal's address is known: it opens the request and decides nothing (programs that look at mail open links).
std::string link_to(const Core& core, const approvals::Request& request);

void raise_alert(Core& core, const alerts::Event& event, UtcTime now);

// A session that begins: begun, off hours, and the first time that this user reaches this target.
void alert_session(Core& core, const catalog::Recording& row, UtcTime now);
// A session that has ended, when it was unusually long for its user, or much more was typed, copied or passed as files (unusual_sessions.cpp).
void alert_session_end(Core& core, const catalog::Recording& row, UtcTime now);
// A film that is published: degraded for these reasons, and the masks in it by rule.
void alert_film(Core& core, const catalog::Recording& row, const std::vector<std::string>& reasons, const std::map<std::string, std::int64_t>& masks, UtcTime now);
// A change of an approval, as its listener hears of it.
void alert_approval(Core& core, const approvals::Request& request, const std::string& what, UtcTime now);
// Somebody who was refused without a look, after too many failures.
void alert_brute_force(Core& core, const std::string& address, const std::string& why, UtcTime now);
// A request of `by` that changed who may do what, or how somebody signs in; nothing for others.
void alert_rights(Core& core, const ipc::Message& request, const std::string& by, UtcTime now);
// Somebody who is who they say, and wanted what the policy does not allow.
void alert_unauthorised(Core& core, const std::string& user, const std::string& address, const std::string& target, UtcTime now);

// What is not as it should be at this moment, apart from events: disk, certificate, policy reviews, films that wait, the directory, and trouble.h.
void look_for_trouble(Core& core, UtcTime now);
// Whether the audit log is what was written, and each session of the last week was approved where it had to be. Reads all of it.
void look_for_tampering(Core& core, UtcTime now);

}  // namespace frostgate::serve
