#include "gateway/relay/rdp/graphics_surfaces.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/relay/rdp/paste.h"

namespace frostgate::relay::rdp {
namespace {

std::string shown(Size size) { return std::to_string(size.width) + "x" + std::to_string(size.height); }

std::int64_t bytes_of(const Frame& picture) { return picture.size().area() * kBytesPerPixel; }

// Many small orders may ask for the same work again and again.
constexpr std::int64_t kMostTimes = 64;  // that a surface may be painted by one order

Result<void> paste_all(FrameView picture, GraphicsSurface& to, std::span<const Point> places) {
  if (picture.size.area() * static_cast<std::int64_t>(places.size()) > kMostTimes * to.pixels.size().area()) return Error{ErrorKind::corrupt, "one picture at " + std::to_string(places.size()) + " places"};
  for (const Point& place : places) {
    const Rect rect{place.x, place.y, picture.size.width, picture.size.height};
    TRY(check_inside(rect, to));
    paste(picture, to.pixels, place);
    to.painted.add(rect);
  }
  return {};
}

}  // namespace

Result<void> check_inside(const Rect& rect, const GraphicsSurface& surface) {
  if (!rect.empty() && Rect::of(surface.pixels.size()).contains(rect)) return {};
  return Error{ErrorKind::corrupt, "a picture of " + shown({rect.width, rect.height}) + " pixels outside its surface of " + shown(surface.pixels.size())};
}

Result<void> GraphicsSurfaces::create(std::uint32_t number, Size size, Size screen) {
  std::int64_t area = size.area();
  for (const auto& [other, surface] : surfaces_) area += other == number ? 0 : surface.pixels.size().area();
  if (!size.acceptable() || area > 2 * screen.area() + kSpare) return Error{ErrorKind::corrupt, "a surface of " + shown(size) + " pixels for a screen of " + shown(screen)};
  if (surfaces_.size() >= kMost) return Error{ErrorKind::corrupt, "more than " + std::to_string(kMost) + " surfaces"};
  surfaces_.insert_or_assign(number, GraphicsSurface{Frame(size), {}, false, {}});
  return {};
}

Result<GraphicsSurface*> GraphicsSurfaces::find(std::uint32_t number) {
  const auto found = surfaces_.find(number);
  if (found == surfaces_.end()) return Error{ErrorKind::corrupt, "the surface " + std::to_string(number) + ", which there is not"};
  return &found->second;
}

Result<void> GraphicsSurfaces::fill(std::uint32_t number, std::uint32_t colour, std::span<const Rect> rects) {
  GraphicsSurface& surface = *TRY(find(number));
  std::int64_t area = 0;
  for (const Rect& rect : rects) {
    TRY(check_inside(rect, surface));
    area += rect.area();
  }
  if (area > kMostTimes * surface.pixels.size().area()) return Error{ErrorKind::corrupt, "a surface that is filled again and again"};
  for (const Rect& rect : rects) {
    for (int y = rect.y; y < rect.bottom(); ++y) {
      auto* const row = reinterpret_cast<std::uint32_t*>(surface.pixels.row(y)) + rect.x;
      std::fill(row, row + rect.width, colour);
    }
    surface.painted.add(rect);
  }
  return {};
}

Result<void> GraphicsSurfaces::copy(std::uint32_t from, const Rect& rect, std::uint32_t to, std::span<const Point> places) {
  const GraphicsSurface& source = *TRY(find(from));
  GraphicsSurface& target = *TRY(find(to));
  TRY(check_inside(rect, source));
  return paste_all(source.pixels.view().part(rect), target, places);
}

Result<void> GraphicsSurfaces::keep(std::uint32_t number, const Rect& rect, std::uint32_t slot) {
  const GraphicsSurface& surface = *TRY(find(number));
  TRY(check_inside(rect, surface));
  if (slot == 0 || slot > kMostSlots) return Error{ErrorKind::corrupt, "a cache with a slot " + std::to_string(slot)};
  forget(slot);
  if (cached_ + rect.area() * kBytesPerPixel > kMostCached) return Error{ErrorKind::corrupt, "more pictures in the cache than it has room for"};
  Frame picture(Size{rect.width, rect.height});
  paste(surface.pixels.view().part(rect), picture, {});
  cached_ += bytes_of(picture);
  cache_.emplace(slot, std::move(picture));
  return {};
}

Result<void> GraphicsSurfaces::paste_kept(std::uint32_t slot, std::uint32_t number, std::span<const Point> places) {
  const auto kept = cache_.find(slot);
  if (kept == cache_.end()) return Error{ErrorKind::corrupt, "a picture of the cache's slot " + std::to_string(slot) + ", which is empty"};
  return paste_all(kept->second.view(), *TRY(find(number)), places);
}

void GraphicsSurfaces::forget(std::uint32_t slot) {
  const auto kept = cache_.find(slot);
  if (kept == cache_.end()) return;
  cached_ -= bytes_of(kept->second);
  cache_.erase(kept);
}

void GraphicsSurfaces::clear() {
  surfaces_.clear();
  cache_.clear();
  cached_ = 0;
}

}  // namespace frostgate::relay::rdp
