// The text that a film shows, as a worker hands it to serve: a JSON array of [from_us, to_us, x, y, width, height, text].
#pragma once

#include <string>
#include <vector>

#include "redaction/visible_text.h"

namespace frostgate::redact {

std::string text_json(const std::vector<redaction::VisibleLine>& lines);

}  // namespace frostgate::redact
