// The text that a film shows, as a worker sent it. A worker has read hostile pixels: all of it is checked.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "codec/base/result.h"
#include "storage/catalog/visible_text.h"

namespace frostgate::serve {

inline constexpr std::size_t kMaxVisibleTextBytes = std::size_t{64} << 20;

// gateway/redact/text_json.h. `corrupt` when it is not that, or has more or longer lines than a screen can show.
Result<std::vector<catalog::VisibleLine>> read_visible_text(std::span<const std::byte> json);

}  // namespace frostgate::serve
