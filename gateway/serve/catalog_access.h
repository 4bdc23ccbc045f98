// Where the configuration has the catalog.
#pragma once

#include <memory>

#include "codec/base/result.h"
#include "gateway/config/config.h"
#include "storage/catalog/catalog.h"

namespace frostgate::serve {

catalog::CatalogOptions catalog_options(const config::Config& config);

// For programs beside serve: `not_found` when there is none yet, for opening would make one.
Result<std::unique_ptr<catalog::Catalog>> open_existing_catalog(const config::Config& config);

}  // namespace frostgate::serve
