// Joining: a second person who looks at a running session, uncovered and at once, in a page of the portal. The rule's gate `join` lets them; they only look.
#pragma once

#include "gateway/access/entitlements.h"
#include "gateway/approvals/approvals.h"
#include "gateway/serve/browser_door.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Whose role, on what has these tags, lets them ask.
inline constexpr access::Role kJoiners[] = {access::Role::operator_, access::Role::auditor};
bool may_join(const access::Entitlements& may, const std::string& target, const access::Tags& tags);

// Completes a wish of kind join, of which requester, reason and ticket are given. Errors: `not_found` (it does not run), `denied`, with a sentence.
Result<void> aim_at_join(Core& core, approvals::Wish& wish, const catalog::Recording& session);

// Whether the visitor could join now. Errors: `not_found` (it does not run here), `denied` with a sentence.
Result<void> ask_to_join(Core& core, const catalog::Recording& session, const std::string& user, UtcTime now);

// Uses the approval up, notes it in the audit log, alerts, and hands the client to the session's relay. `visit.joins` names the session. Errors: as above; then nothing
// is used up.
Result<void> join_session(Core& core, Descriptor client, const BrowserVisit& visit, UtcTime now);

}  // namespace frostgate::serve
