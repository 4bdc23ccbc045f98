// The one copy of the catalog that a backup needs while it is made. It holds the wrapped keys of films, so one that was left behind must not
// outlive their destruction.
#pragma once

#include <filesystem>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"
#include "gateway/config/config.h"

namespace frostgate::serve {

std::filesystem::path catalog_copy(const config::Config& config);

// Held while the copy is there; one that an earlier process left is removed. `unavailable` while another process holds it.
Result<Descriptor> claim_catalog_copy(const config::Config& config);

}  // namespace frostgate::serve
