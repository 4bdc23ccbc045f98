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

struct FilmWish {
  std::string id;                // the recording's
  std::optional<FilmSpan> span;  // of the film; the parts have the segments alone that show something of it
  std::string export_reason;     // empty: it is watched
  std::string break_glass;       // as BundleWish has it
};

// `control` is kept by the parts.
Result<std::vector<codec::FilmPart>> stored_film(std::shared_ptr<Control> control, const FilmWish& wish);

}  // namespace frostgate::cli
