#include "gateway/redact/region_json.h"

#include <string>

namespace frostgate::redact {
namespace {

using nlohmann::json;
using redaction::RegionKind;

const char* name_of(RegionKind kind) {
  switch (kind) {
    case RegionKind::window: return "window";
    case RegionKind::label: return "label";
    default: return "rectangle";
  }
}

Result<RegionKind> kind_named(const std::string& name) {
  for (const RegionKind kind : {RegionKind::rectangle, RegionKind::window, RegionKind::label}) {
    if (name == name_of(kind)) return kind;
  }
  return Error{ErrorKind::invalid, "there is no kind of region called " + name};
}

}  // namespace

json to_json(const std::vector<redaction::RegionRule>& regions) {
  json out = json::array();
  for (const redaction::RegionRule& region : regions) {
    out.push_back({{"name", region.name},
                   {"kind", name_of(region.kind)},
                   {"text", region.text},
                   {"percent", region.unit == redaction::RegionUnit::percent},
                   {"x", region.x},
                   {"y", region.y},
                   {"width", region.width},
                   {"height", region.height},
                   {"everything_but", region.everything_but},
                   {"cover", region.redact},
                   {"show_unreadable", region.unreadable == redaction::Unreadable::show},
                   {"cover_moving", region.moving == redaction::Moving::cover}});
  }
  return out;
}

Result<std::vector<redaction::RegionRule>> region_rules(const json& from) {
  std::vector<redaction::RegionRule> regions;
  try {
    for (const json& each : from) {
      redaction::RegionRule region;
      region.name = each.at("name").get<std::string>();
      const auto kind = kind_named(each.at("kind").get<std::string>());
      if (!kind) return kind.error();
      region.kind = kind.value();
      region.text = each.at("text").get<std::string>();
      if (each.at("percent").get<bool>()) region.unit = redaction::RegionUnit::percent;
      region.x = each.at("x").get<double>();
      region.y = each.at("y").get<double>();
      region.width = each.at("width").get<double>();
      region.height = each.at("height").get<double>();
      region.everything_but = each.at("everything_but").get<bool>();
      region.redact = each.at("cover").get<bool>();
      if (each.at("show_unreadable").get<bool>()) region.unreadable = redaction::Unreadable::show;
      if (each.at("cover_moving").get<bool>()) region.moving = redaction::Moving::cover;
      regions.push_back(std::move(region));
    }
  } catch (const json::exception&) {
    return Error{ErrorKind::invalid, "the regions are not as gateway/ipc/FORMAT.md says"};
  }
  return regions;
}

}  // namespace frostgate::redact
