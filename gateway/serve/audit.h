// What goes into the audit log (storage/catalog/ledger.h): what people did, and what the gateway did for them.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/evidence/verification.h"
#include "gateway/serve/core.h"
#include "storage/catalog/ledger.h"

namespace frostgate::serve {

// Adds an entry. `details` is an object without secrets; texts in it are cut after 1000 bytes. Whoever does what must be noted does it only
// when this succeeds.
Result<void> audit(Core& core, catalog::LedgerEvent event, const std::string& subject, const std::string& actor, const nlohmann::json& details, UtcTime now);

// For what has happened already: a failure is logged, since nobody else is left to tell.
void note(Core& core, catalog::LedgerEvent event, const std::string& subject, const std::string& actor, const nlohmann::json& details, UtcTime now);

// number, at, at_us, event, subject, actor, detail (an object; none for begun, published and deleted), digest, link. detail.dump() is the text
// that the digest was made of.
nlohmann::json to_json(const catalog::LedgerEntry& entry);

// The listener of the approvals: an entry for each change.
void note_approval(Core& core, const approvals::Request& request, const std::string& what, UtcTime now);

// The chain against itself, the legal holds, and the signed heads in the vault and in the directory that they are copied to.
Result<evidence::Verification> verify_audit(Core& core);

}  // namespace frostgate::serve
