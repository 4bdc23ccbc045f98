// Adds to the ledger inside the transaction of what it notes. Private to this room.
#pragma once

#include <string>

#include "codec/base/time.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger.h"

namespace frostgate::catalog {

void append_to_ledger(soci::session& sql, LedgerEvent event, const std::string& recording, const std::string& digest, UtcTime at);

}  // namespace frostgate::catalog
