#include "redaction/lines/dirty_areas.h"

#include <algorithm>
#include <utility>

namespace frostgate::redaction {
namespace {

constexpr int kMarginX = 64, kMarginY = 24;  // of context around an area
constexpr int kTouch = 2;
constexpr int kNear = 16;  // areas this close are looked at together
constexpr int kMaxAttempts = 3;

// How far from a line ink can stand and still join it.
int reach_of(const Rect& line) { return line.height * 5 / 4 + 12; }

// Whether the edge of `band` may have cut the line, or what belongs to it.
bool may_be_cut(const Rect& line, const Rect& band, Size screen) {
  const int reach = reach_of(line);
  return (band.x > 0 && line.x - reach < band.x) || (band.right() < screen.width && line.right() + reach > band.right()) ||
         (band.y > 0 && line.y - kTouch < band.y) || (band.bottom() < screen.height && line.bottom() + kTouch > band.bottom());
}

void join(std::vector<Rect>& areas) {
  for (bool again = true; std::exchange(again, false);) {
    for (std::size_t i = 0; i < areas.size(); ++i) {
      for (std::size_t k = i + 1; k < areas.size();) {
        if (areas[i].expanded(kNear, kNear).intersects(areas[k].expanded(kNear, kNear))) {
          areas[i] = areas[i].united(areas[k]);
          areas.erase(areas.begin() + static_cast<std::ptrdiff_t>(k));
          again = true;
        } else {
          ++k;
        }
      }
    }
  }
}

}  // namespace

std::vector<Rect> dirty_areas(const std::vector<Rect>& damage, Size screen, const std::vector<Rect>& known) {
  std::vector<Rect> areas;
  for (const Rect& rect : damage) {
    const Rect visible = rect.intersected(Rect::of(screen));
    if (!visible.empty()) areas.push_back(visible.expanded(kTouch, kTouch).intersected(Rect::of(screen)));
  }
  join(areas);
  for (bool grown = true; std::exchange(grown, false);) {
    for (Rect& area : areas) {
      for (const Rect& line : known) {
        const Rect inside = line.intersected(Rect::of(screen));
        if (inside.empty() || area.contains(inside) || !area.intersects(inside.expanded(reach_of(inside), kTouch))) continue;
        area = area.united(inside);
        grown = true;
      }
    }
    if (grown) join(areas);
  }
  return areas;
}

FreshLook look_again(FrameView frame, const Rect& wanted) {
  Rect area = wanted;
  for (int attempt = 0;; ++attempt) {
    // What still goes on is a picture as often as a line: then all of its rows are looked at.
    if (attempt == kMaxAttempts) area = {0, area.y, frame.size.width, area.height};
    if (attempt > kMaxAttempts) area = Rect::of(frame.size);
    const Rect band = area.expanded(kMarginX << attempt, kMarginY << attempt).intersected(Rect::of(frame.size));
    FreshLook look{area, InkMap(frame, band), {}};
    Rect grown = area;
    for (const LineBox& line : find_lines(frame, look.ink)) {
      if (!line.box.intersects(area)) continue;
      if (may_be_cut(line.box, band, frame.size)) {
        grown = grown.united(line.box.expanded(reach_of(line.box), kMarginY).intersected(Rect::of(frame.size)));
      }
      look.lines.push_back(line);
    }
    if (grown == area || attempt > kMaxAttempts) return look;
    area = grown;
  }
}

}  // namespace frostgate::redaction
