// What happened in a session, as chapters of a clip.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "codec/base/result.h"
#include "codec/clip_writer.h"

namespace frostgate::exporting {

// Of the film's signed manifest (storage/FORMAT.md): pauses, clipboards, sizes and new beginnings that its report has, by time. Nothing in them comes from pixels.
// Errors: those of storage::parse_manifest.
Result<std::vector<codec::ClipChapter>> chapters_of(std::span<const std::byte> film_manifest);

}  // namespace frostgate::exporting
