// The rows of wrapped keys, in a transaction of the caller's. Private to this room.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "storage/catalog/database.h"
#include "storage/catalog/keys.h"

namespace frostgate::catalog {

// More than SQLite's page: see the table in migrations.cpp.
inline constexpr std::size_t kKeyPadding = 4200;

// `exists` also when such a key was destroyed.
Result<void> insert_key(soci::session& sql, const std::string& recording, KeyKind kind, std::span<const std::byte> wrapped, UtcTime now);
// Whatever is left of it: first in place, by a text of the same length; secure_delete zeroes what the shorter row then frees. Nothing when there is none.
void overwrite_key(soci::session& sql, const std::string& recording, KeyKind kind, UtcTime now);

}  // namespace frostgate::catalog
