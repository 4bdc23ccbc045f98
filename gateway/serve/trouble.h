// What should never be, or not for so long: looked for again and again, and told as alerts (alarms.h). Thread-safe.
#pragma once

#include "codec/base/time.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Whether the key-encryption key is still where it was, and works; kept for /readyz too.
void look_at_key(Core& core, UtcTime now);
// Recordings that wait although a worker of this node is free to take them.
void look_at_workers(Core& core, UtcTime now);
// Requests that nobody decided in time, and emergencies that nobody has signed for.
void look_at_requests(Core& core, UtcTime now);

// A session whose rule asks for an approval has one that it used: whatever let it begin, the catalog is asked. Those that run; one that has ended; and all of the last week.
void look_at_running_sessions(Core& core, UtcTime now);
void look_at_session(Core& core, const catalog::Recording& row, UtcTime now);
void look_at_past_sessions(Core& core, UtcTime now);

}  // namespace frostgate::serve
