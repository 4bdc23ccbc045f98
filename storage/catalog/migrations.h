// The tables, as numbered steps from nothing to now. A step that was released is never edited; a change is a new step.
#pragma once

#include <soci/soci.h>

#include "codec/base/result.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {

// Applies the missing steps in one transaction. `unsupported` when the database has steps that this program does not know.
Result<void> migrate(Database& database);

// The number of the last applied step.
long long applied_version(soci::session& sql);

}  // namespace frostgate::catalog
