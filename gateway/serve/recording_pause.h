// Pauses of a recording whose session goes on, and its stop: its user passes the rule's gate `pause` or `stop`, and the thread that runs the session (pause_watch.cpp) sees to
// it that its relay obeys, and goes on in time. Whatever goes wrong, it is recorded.
#pragma once

#include <string>

#include "gateway/approvals/approvals.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Completes a wish of kind pause or stop, of which requester, reason and ticket are given. Errors: `denied` when it is not the requester's own session,
// `not_found` when it does not run.
Result<void> aim_at_pause(Core& core, approvals::Wish& wish, const catalog::Recording& session);

// Uses the approval up, notes it in the audit log, and tells the session's relay. Until when at the latest nothing is recorded. Errors: `denied`, with a
// sentence for the user; `exists` while it is paused or stopped; `not_found` when no such session runs here.
Result<UtcTime> pause_recording(Core& core, const std::string& session, const std::string& user, UtcTime now);
// The same, for as long as the session lasts: its user does not come back to it after a lost connection.
Result<void> stop_recording(Core& core, const std::string& session, const std::string& user, UtcTime now);
// Of a session that ended with the serve that ran it: where its recording was paused then, the audit log says that it is not any more.
void settle_pause(Core& core, const std::string& session, UtcTime now);
// Ends either. `by`: for the film. Error: `not_found`.
Result<void> record_again(Core& core, const std::string& session, const std::string& by);

}  // namespace frostgate::serve
