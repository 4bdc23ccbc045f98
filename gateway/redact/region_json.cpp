#include "gateway/redact/region_json.h"

#include <cstring>
#include <memory>
#include <string>

namespace frostgate::redact {
namespace {

using nlohmann::json;
using redaction::RegionKind;

const char* name_of(RegionKind kind) {
  switch (kind) {
    case RegionKind::window: return "window";
    case RegionKind::label: return "label";
    case RegionKind::picture: return "picture";
    default: return "rectangle";
  }
}

Result<RegionKind> kind_named(const std::string& name) {
  for (const RegionKind kind : {RegionKind::rectangle, RegionKind::window, RegionKind::label, RegionKind::picture}) {
    if (name == name_of(kind)) return kind;
  }
  return Error{ErrorKind::invalid, "there is no kind of region called " + name};
}

std::size_t byte_count(Size size) { return static_cast<std::size_t>(size.area()) * kBytesPerPixel; }

// The next picture's pixels are taken off the front of `pixels`.
Result<std::shared_ptr<const Frame>> take_picture(const json& region, std::span<const std::byte>& pixels) {
  const Size size{region.at("picture_width").get<int>(), region.at("picture_height").get<int>()};
  if (!size.acceptable()) return Error{ErrorKind::invalid, "a region that is found by a picture has none"};
  const std::size_t bytes = byte_count(size);
  if (pixels.size() < bytes) return Error{ErrorKind::invalid, "a region's picture breaks off"};
  Frame frame(size);
  std::memcpy(frame.row(0), pixels.data(), bytes);
  pixels = pixels.subspan(bytes);
  return std::make_shared<const Frame>(std::move(frame));
}

}  // namespace

std::vector<std::byte> picture_pixels(const std::vector<redaction::RegionRule>& regions) {
  std::vector<std::byte> pixels;
  for (const redaction::RegionRule& region : regions) {
    if (!region.picture) continue;
    const auto* first = reinterpret_cast<const std::byte*>(region.picture->row(0));
    pixels.insert(pixels.end(), first, first + byte_count(region.picture->size()));
  }
  return pixels;
}

json to_json(const std::vector<redaction::RegionRule>& regions) {
  json out = json::array();
  for (const redaction::RegionRule& region : regions) {
    out.push_back({{"name", region.name},
                   {"kind", name_of(region.kind)},
                   {"text", region.text},
                   {"picture_width", region.picture ? region.picture->size().width : 0},
                   {"picture_height", region.picture ? region.picture->size().height : 0},
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

Result<std::vector<redaction::RegionRule>> region_rules(const json& from, std::span<const std::byte> pixels) {
  std::vector<redaction::RegionRule> regions;
  try {
    for (const json& each : from) {
      redaction::RegionRule region;
      region.name = each.at("name").get<std::string>();
      const auto kind = kind_named(each.at("kind").get<std::string>());
      if (!kind) return kind.error();
      region.kind = kind.value();
      region.text = each.at("text").get<std::string>();
      if (region.kind == RegionKind::picture) region.picture = TRY(take_picture(each, pixels));
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
  if (!pixels.empty()) return Error{ErrorKind::invalid, "there are more pictures than regions found by one"};
  return regions;
}

}  // namespace frostgate::redact
