// Parts of a screen as people write them on the command line.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "codec/base/geometry.h"
#include "codec/base/result.h"

namespace frostgate::cli {

// "X,Y,WIDTH,HEIGHT"; `invalid` for anything else.
Result<Rect> area_from(const std::string& text);
// The same as a member of a request.
Result<nlohmann::json> area_json(const std::string& text);

}  // namespace frostgate::cli
