// Small pictures of a published film.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/serve/core.h"
#include "storage/catalog/thumbnails.h"

namespace frostgate::serve {

// `not_found` when the recording has no film that is shown, or is quarantined.
Result<std::vector<catalog::ThumbnailRow>> storyboard(Core& core, const std::string& recording);
// A JPEG file's bytes; errors as above.
Result<std::vector<std::byte>> thumbnail(Core& core, const std::string& recording, int number);

}  // namespace frostgate::serve
