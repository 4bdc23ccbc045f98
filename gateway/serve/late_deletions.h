// Deletions that the vault knows of and the catalog does not: it is an earlier copy that was put back, or serve died between the signing of
// a tombstone and the deletion. The signed tombstone decides: what was deleted stays deleted.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "storage/catalog/catalog.h"
#include "storage/object_store.h"

namespace frostgate::serve {

struct LateDeletions {
  std::vector<std::string> deleted;   // recordings whose keys the catalog has no more
  std::vector<std::string> problems;  // a sentence each: tombstones that nobody trusted has signed, or that a hold or an unfinished film contradicts
};

// While nobody else deletes or holds. A recording of which there are no objects left is deleted whatever the catalog says of it: it was, once.
// Its other files are the caller's to remove (finish_deletions).
Result<LateDeletions> catch_up_on_deletions(catalog::Catalog& catalog, storage::ObjectStore& objects, std::span<const std::string> trusted);

}  // namespace frostgate::serve
