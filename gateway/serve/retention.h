// Retention carried out: what policy/retention.h decides is deleted by its keys, and a signed tombstone stays.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/policy/policy.h"
#include "gateway/policy/retention.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Is told of a recording what would be done with it; says whether it wants to hear of more.
using PlanListener = std::function<Result<bool>(const catalog::Recording&, policy::RetentionDecision)>;

// What would be done at a moment (now, or one that will come), by the configured classes, with every recording, or with those that something would be done with; the newest first, from the one after
// `after` on (empty: from the first). Recordings that are too young for any class are not even looked at for the latter. `not_found` when `after` is gone.
enum class Planned { all, due };
Result<void> plan_retention(Core& core, UtcTime at, Planned which, const std::string& after, const PlanListener& listener);

// Whether the classes that the policy's rules name are configured: `invalid` otherwise, with the rule.
Result<void> check_classes(const std::vector<policy::RetentionClass>& classes, const policy::Policy& policy);

struct RetentionRun {
  std::vector<policy::RetentionDecision> deleted, archived;
  std::vector<std::string> problems;  // a sentence for each that could not be
};

// Deletes and archives what the plan of a moment that has come says (nullopt: of now), one recording after the other.
Result<RetentionRun> run_retention(Core& core, UtcTime now, std::optional<UtcTime> planned = std::nullopt);

// Destroys the recording's keys, so that its film and journal are unreadable from then on, forgets it, and removes its files. `why` stands in
// the tombstone. `denied` when it is held or not finished. It is found no more, but words of its text lie in the catalog's files until
// VisibleText::wipe, which finish_deletions does.
Result<void> delete_recording(Core& core, const std::string& recording, const std::string& why, UtcTime now);

// The same before its time, for `by`, whose roles allow it already: through the gate `delete` of the recording's rule. `denied` with a sentence; an approval
// that came to nothing is given back.
Result<void> delete_early(Core& core, const std::string& recording, const std::string& by, const policy::Pretext& pretext, UtcTime now);

// Moves the film to the archive. May be interrupted anywhere and called again.
Result<void> archive_recording(Core& core, const std::string& recording, UtcTime now);

// Removes files of recordings that have a tombstone, empties the catalog's log, and wipes the words of their text: what a crash or a busy catalog left of a deletion.
void finish_deletions(Core& core);

// Retention runs once a night, as of 02:00 UTC, so that what a plan says of that moment is what is done, however late serve comes to it.
// The run that is to be made: nullopt when none has become due since `last`.
std::optional<UtcTime> retention_due(UtcTime last, UtcTime now);
// The first one after `now`.
UtcTime next_retention(UtcTime now);

}  // namespace frostgate::serve
