// Adds to the ledger inside the transaction of what it notes. Private to this room.
#pragma once

#include <cstdint>
#include <string>

#include "codec/base/time.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger.h"

namespace frostgate::catalog {

// Of a recording: begun, published or deleted.
void append_to_ledger(soci::session& sql, LedgerEvent event, const std::string& recording, const std::string& digest, UtcTime at);
// Any other. Its number.
std::int64_t append_to_ledger(soci::session& sql, const NewLedgerEntry& entry);

}  // namespace frostgate::catalog
