#include "gateway/redact/text_json.h"

#include <nlohmann/json.hpp>

namespace frostgate::redact {

std::string text_json(const std::vector<redaction::VisibleLine>& lines) {
  nlohmann::json out = nlohmann::json::array();
  for (const redaction::VisibleLine& line : lines) {
    out.push_back({line.from.count(), line.to.count(), line.box.x, line.box.y, line.box.width, line.box.height, line.text});
  }
  // A reader may give any code point, also one that is no character.
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace frostgate::redact
