// All that the key-encryption key has wrapped, wrapped anew in one transaction, when that key is replaced.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/ledger.h"

namespace frostgate::catalog {

enum class WrappedKind { journal_key, keystroke_key, film_key, credential, personal_credential, ticket, second_factor };

// `owner`: the recording, the target, target and user with a '/' between, the ticket's number, or the user.
using Rewrap = std::function<Result<std::vector<std::byte>>(WrappedKind kind, const std::string& owner, std::span<const std::byte> wrapped)>;

// Replaces each wrapped value by what `rewrap` makes of it; how many. All or nothing: the first error changes nothing. Then no copy of
// the old ones is left in the database and its log (`unavailable`: done, but a reader kept the log from being emptied).
// The ledger gets `noted` with it.
Result<int> rewrap_all(Catalog& catalog, const Rewrap& rewrap, const NewLedgerEntry& noted);

}  // namespace frostgate::catalog
