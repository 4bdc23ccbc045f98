// Small files that are read and replaced as a whole. Any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "codec/base/result.h"

namespace frostgate {

// Nullopt when there is none; `invalid` when it is larger than `limit` or no regular file.
Result<std::optional<std::vector<std::byte>>> read_whole_file(const std::filesystem::path& path, std::size_t limit);

// Mode 0600. Written beside it, synced and renamed: whatever happens, the name stands for the old bytes or the new ones.
Result<void> replace_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace frostgate
