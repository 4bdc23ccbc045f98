// UTC times in signed texts: "2026-01-31T23:59:59.123456Z".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/base/time.h"

namespace frostgate::storage {

std::string utc_text(UtcTime time);
std::optional<UtcTime> utc_from_text(std::string_view text);

}  // namespace frostgate::storage
