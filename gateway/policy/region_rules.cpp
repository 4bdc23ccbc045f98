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

// `picture: FILE` with its digest.
void read_picture_file(config::MappingReader& in, const std::string& file, RegionEntry& entry) {
  RegionPicture picture{0, file, in.required_text("sha256").value_or(""), in.line()};
  if (!file.starts_with('/')) in.problem("picture", "is \"" + file + "\"; expected the absolute path of a PNG file");
  if (picture.sha256.size() != 64 || picture.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    in.problem("sha256", "is \"" + picture.sha256.substr(0, kMaxTextBytes) + "\"; expected what sha256sum says of the picture");
  }
  entry.rule.kind = RegionKind::picture;
  entry.rule.text = file;
  entry.picture = std::move(picture);
}

// `window: TITLE`, `label: TEXT` or `picture: FILE`; none is a rectangle.
void read_anchor(config::MappingReader& in, RegionEntry& entry) {
  redaction::RegionRule& region = entry.rule;
  const std::string window = in.text("window", ""), label = in.text("label", ""), picture = in.text("picture", "");
  if (!window.empty() && !label.empty()) in.problem("label", "stands beside \"window\"; expected one of them");
  if (!picture.empty() && !(window + label).empty()) in.problem("picture", "stands beside \"window\" or \"label\"; expected one of them");
  if (!picture.empty()) return read_picture_file(in, picture, entry);
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

RegionEntry read_region(config::MappingReader& in) {
  RegionEntry entry;
  redaction::RegionRule& region = entry.rule;
  region.name = in.required_text("name").value_or("?");
  read_anchor(in, entry);
  // A picture without a box stands for the window around it.
  const bool window = region.kind == RegionKind::window || (region.kind == RegionKind::picture && !in.has("width"));
  if (!window) {
    if (region.kind == RegionKind::rectangle && in.choice("unit", "pixels", {"pixels", "percent"}) == "percent") region.unit = RegionUnit::percent;
    const int limit = region.unit == RegionUnit::percent ? 100 : kMaxScreenSide;
    const int least = region.kind == RegionKind::rectangle ? 0 : -limit;
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
  return entry;
}

}  // namespace frostgate::policy
