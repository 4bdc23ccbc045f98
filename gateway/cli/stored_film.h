// A stored film as its parts, their segments read from serve when somebody asks for them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/film_writer.h"
#include "gateway/cli/control.h"

namespace frostgate::cli {

struct FilmSpan {
  SessionTime from{}, to{};
};

// With a span, the parts have the segments alone that show something of it. `control` is kept by the parts.
Result<std::vector<codec::FilmPart>> stored_film(std::shared_ptr<Control> control, const std::string& id,
                                                 const std::optional<FilmSpan>& span = std::nullopt);

}  // namespace frostgate::cli
