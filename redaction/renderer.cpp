#include "redaction/renderer.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "redaction/cover.h"

namespace frostgate::redaction {
namespace {

bool before(const Rect& a, const Rect& b) {
  return std::tie(a.y, a.x, a.height, a.width) < std::tie(b.y, b.x, b.height, b.width);
}

// Moves the window of entries valid at `at` along; entries are sorted by `from`.
template <class Entry>
void advance(const std::vector<Entry>& entries, SessionTime at, std::size_t& next, std::vector<std::size_t>& open) {
  while (next < entries.size() && entries[next].from <= at) open.push_back(next++);
  std::erase_if(open, [&](std::size_t i) { return entries[i].to <= at; });
}

}  // namespace

Renderer::Renderer(RedactionPlan plan) : plan_(std::move(plan)) {}

std::vector<Rect> Renderer::boxes_at(SessionTime at, Size screen) {
  advance(plan_.masks(), at, next_mask_, open_masks_);
  advance(plan_.unread(), at, next_unread_, open_unread_);
  std::vector<Rect> boxes;
  const auto add = [&](const Rect& box) {
    const Rect visible = box.intersected(Rect::of(screen));
    if (!visible.empty()) boxes.push_back(visible);
  };
  for (const RegionRule& region : plan_.regions()) add(region.on(screen));
  for (const std::size_t i : open_masks_) add(plan_.masks()[i].box);
  for (const std::size_t i : open_unread_) add(plan_.unread()[i].box);
  std::sort(boxes.begin(), boxes.end(), before);
  boxes.erase(std::unique(boxes.begin(), boxes.end()), boxes.end());
  return boxes;
}

ClearedFrame Renderer::render(SessionTime at, FrameView frame, const Region& damage) {
  std::vector<Rect> boxes = boxes_at(at, frame.size);
  Region changed = damage;
  if (size_ != frame.size) {
    changed = Region(Rect::of(frame.size));
  } else {
    std::vector<Rect> differing;
    std::set_symmetric_difference(boxes.begin(), boxes.end(), boxes_.begin(), boxes_.end(),
                                  std::back_inserter(differing), before);
    for (const Rect& box : differing) changed.add(box);
    // A box takes its colour from around it, and neighbours hide parts of that ring from it.
    const Region cause = changed;
    for (const Rect& box : boxes) {
      if (cause.intersects(box.expanded(1, 1))) changed.add(box);
    }
  }
  changed.clip(Rect::of(frame.size));
  Frame cleared = Frame::copy_of(frame);
  for (const Rect& box : boxes) fill(cleared, box, ring_colour(frame, box, boxes));
  boxes_ = std::move(boxes);
  size_ = frame.size;
  return ClearedFrame(ClearedFramePasskey{}, std::move(cleared), std::move(changed));
}

}  // namespace frostgate::redaction
