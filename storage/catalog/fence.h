// What a worker writes into the catalog counts only while its lease does. Private to this room.
#pragma once

#include "codec/base/result.h"
#include "storage/catalog/database.h"
#include "storage/catalog/jobs.h"

namespace frostgate::catalog {

// Inside the transaction that writes: `denied` when the token is not the job's last or the job is no longer leased.
Result<void> check_lease(soci::session& sql, const Dialect& dialect, const Lease& lease);

}  // namespace frostgate::catalog
