// The glyph atlases (redaction/glyphs/FORMAT.md): one file a target in data_dir/atlas. Serve only keeps their bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"
#include "gateway/config/config.h"

namespace frostgate::serve {

inline constexpr std::size_t kMaxAtlasBytes = std::size_t{8} << 20;

// For reading; not valid when nothing was learned yet.
Descriptor open_atlas(const config::Config& config, const std::string& target);

// Of two recordings of one target that are redacted at the same time, the later one's stays.
Result<void> keep_atlas(const config::Config& config, const std::string& target, std::span<const std::byte> bytes);

}  // namespace frostgate::serve
