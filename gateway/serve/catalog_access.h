// Where the configuration has the catalog.
#pragma once

#include <memory>

#include "codec/base/result.h"
#include "gateway/config/config.h"
#include "storage/catalog/catalog.h"
#include "storage/tiered_object_store.h"

namespace frostgate::serve {

catalog::CatalogOptions catalog_options(const config::Config& config);

// For programs beside serve: `not_found` when there is none yet, for opening would make one.
Result<std::unique_ptr<catalog::Catalog>> open_existing_catalog(const config::Config& config);

// The vault, and the archive where there is one. `unavailable` when recordings were archived and it is not there.
Result<storage::TieredObjectStore> open_objects(const config::Config& config, catalog::Catalog& catalog);

}  // namespace frostgate::serve
