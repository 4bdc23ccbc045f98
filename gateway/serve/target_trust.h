// What serve believes of a target's certificate, and what it makes of what somebody saw who reached the target: a session's relay, or a probe's.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "gateway/serve/core.h"
#include "gateway/serve/target_account.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {

// The only certificate (SHA-256, lower-case hex) that the target may show; empty: any. A certificate that was trusted once must stay: until it is pinned, or
// forgotten, by an administrator. Authorities vouch for VNC targets only.
std::string known_certificate(const Core& core, const catalog::Target& target);

// What a relay needs to sign in to the target, in messages that name it (gateway/ipc/FORMAT.md). It carries the credential: the channel wipes its text.
nlohmann::json target_login(const Core& core, const catalog::Target& target, const TargetAccount& account, const std::string& known_certificate);

// The target was reached, and shows its screen so.
void graphics_seen(Core& core, const std::string& target, std::int64_t graphics);

// The target was reached, and showed this. `session`: for the log.
void certificate_seen(Core& core, const std::string& session, const std::string& target, const std::string& certificate, UtcTime now);
// It was not let in for what it showed (empty: no certificate): another than the known one, or one that nobody vouches for.
void certificate_refused(Core& core, const std::string& target, const std::string& shown, UtcTime now);

}  // namespace frostgate::serve
