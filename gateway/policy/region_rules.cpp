#include "gateway/policy/region_rules.h"

namespace frostgate::policy {
namespace {

using redaction::RegionKind;
using redaction::RegionUnit;

constexpr std::size_t kMaxTextBytes = 200;
constexpr std::size_t kLeastLetters = 3;  // fewer are found on every screen

std::size_t letters_of(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += c != ' ';
  return count;
}

// `window: TITLE` or `label: TEXT`; neither is a rectangle.
void read_anchor(config::MappingReader& in, redaction::RegionRule& region) {
  const std::string window = in.text("window", ""), label = in.text("label", "");
  if (!window.empty() && !label.empty()) in.problem("label", "stands beside \"window\"; expected one of them");
  if (window.empty() && label.empty()) return;
  region.kind = window.empty() ? RegionKind::label : RegionKind::window;
  region.text = window.empty() ? label : window;
  const char* key = window.empty() ? "label" : "window";
  if (region.text.size() > kMaxTextBytes || letters_of(region.text) < kLeastLetters) {
    in.problem(key, "is \"" + region.text.substr(0, kMaxTextBytes) + "\"; expected " + std::to_string(kLeastLetters) + " letters or more, in at most " +
                        std::to_string(kMaxTextBytes) + " bytes");
  }
}

}  // namespace

redaction::RegionRule read_region(config::MappingReader& in) {
  redaction::RegionRule region;
  region.name = in.required_text("name").value_or("?");
  read_anchor(in, region);
  if (region.kind != RegionKind::window) {
    if (region.kind == RegionKind::rectangle && in.choice("unit", "pixels", {"pixels", "percent"}) == "percent") region.unit = RegionUnit::percent;
    const int limit = region.unit == RegionUnit::percent ? 100 : kMaxScreenSide;
    const int least = region.kind == RegionKind::label ? -limit : 0;
    region.x = static_cast<double>(in.number("x", 0, least, limit));
    region.y = static_cast<double>(in.number("y", 0, least, limit));
    region.width = static_cast<double>(in.number("width", 0, 1, limit));
    region.height = static_cast<double>(in.number("height", 0, 1, limit));
  }
  region.everything_but = in.flag("everything_but", false);
  region.redact = in.flag("cover", true);
  if (in.choice("unreadable", "cover", {"cover", "show"}) == "show") region.unreadable = redaction::Unreadable::show;
  if (region.redact && region.unreadable == redaction::Unreadable::show) {
    in.problem("unreadable", "is \"show\" where everything is covered; expected \"cover: false\" beside it");
  }
  if (in.choice("motion", "sample", {"sample", "cover"}) == "cover") region.moving = redaction::Moving::cover;
  return region;
}

}  // namespace frostgate::policy
