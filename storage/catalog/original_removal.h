// The end of a sealed original's shares, in a transaction of the caller's. Private to this room.
#pragma once

#include <string>

#include "storage/catalog/database.h"

namespace frostgate::catalog {

// Overwritten in place before they are removed, as wrapped keys are. Nothing when there are none.
void forget_original(soci::session& sql, const std::string& recording);

}  // namespace frostgate::catalog
