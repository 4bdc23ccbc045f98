// What was signed about a recording when its film was published, against what the catalog says of it now.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/recordings.h"
#include "storage/manifest/manifest.h"
#include "storage/object_store.h"

namespace frostgate::evidence {

// The manifest of the film that the ledger has as published last; nothing when it has none. `not_found` when it is gone from the store, `corrupt` when
// it, or what the catalog has of it, is not what was published.
Result<std::optional<storage::Manifest>> published_manifest(catalog::Catalog& catalog, storage::ObjectStore& objects, std::span<const std::string> trusted,
                                                            const std::string& recording);

// What `recording`, with its report, has otherwise than the manifest: "user", "tags", ...
std::vector<std::string> differences(const catalog::Recording& recording, const storage::Manifest& manifest);

}  // namespace frostgate::evidence
