// What a target keeps in the graphics pipeline (MS-RDPEGFX 3.3.1): surfaces, of which some are shown, and a cache of pictures. Bounded: both are the target's choice. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "codec/base/frame.h"
#include "codec/base/result.h"

namespace frostgate::relay::rdp {

struct GraphicsSurface {
  Frame pixels;
  Region painted;        // and not taken to the screen yet
  bool shown = false;
  Point place;           // on the screen
};

class GraphicsSurfaces {
 public:
  // All surfaces together have no more pixels than twice the screen, and some: a new one may come before the old one goes.
  static constexpr std::int64_t kSpare = 1 << 20;
  static constexpr std::size_t kMost = 256;
  // What the small cache of MS-RDPEGFX 2.2.3.1 has.
  static constexpr std::int64_t kMostCached = 16 << 20;  // bytes
  static constexpr std::uint32_t kMostSlots = 4096;

  // Errors: corrupt, as all of these: what cannot be, or has no room; nothing is made then.
  Result<void> create(std::uint32_t number, Size size, Size screen);
  void remove(std::uint32_t number) { surfaces_.erase(number); }
  Result<GraphicsSurface*> find(std::uint32_t number);
  std::map<std::uint32_t, GraphicsSurface>& all() { return surfaces_; }

  Result<void> fill(std::uint32_t number, std::uint32_t colour, std::span<const Rect> rects);
  Result<void> copy(std::uint32_t from, const Rect& rect, std::uint32_t to, std::span<const Point> places);
  Result<void> keep(std::uint32_t number, const Rect& rect, std::uint32_t slot);
  Result<void> paste_kept(std::uint32_t slot, std::uint32_t number, std::span<const Point> places);
  void forget(std::uint32_t slot);
  void clear();

 private:
  std::map<std::uint32_t, GraphicsSurface> surfaces_;
  std::map<std::uint32_t, Frame> cache_;
  std::int64_t cached_ = 0;  // bytes
};

// `rect` of a surface; the error says what is asked of it.
Result<void> check_inside(const Rect& rect, const GraphicsSurface& surface);

}  // namespace frostgate::relay::rdp
