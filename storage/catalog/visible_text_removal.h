// Forgets a recording's text inside the transaction that deletes it. Private to this room.
#pragma once

#include <string>

#include "storage/catalog/database.h"

namespace frostgate::catalog {

void forget_text(soci::session& sql, long long recording_number);

}  // namespace frostgate::catalog
