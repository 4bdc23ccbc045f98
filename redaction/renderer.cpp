#include "redaction/renderer.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "redaction/cover.h"

namespace frostgate::redaction {
namespace {

auto order(const Rect& box) { return std::tie(box.y, box.x, box.height, box.width); }

// Moves the window of entries valid at `at` along; entries are sorted by `from`.
template <class Entry>
void advance(const std::vector<Entry>& entries, SessionTime at, std::size_t& next, std::vector<std::size_t>& open) {
  while (next < entries.size() && entries[next].from <= at) open.push_back(next++);
  std::erase_if(open, [&](std::size_t i) { return entries[i].to <= at; });
}

}  // namespace

Renderer::Renderer(RedactionPlan plan) : plan_(std::move(plan)) {}

bool Renderer::Cover::operator<(const Cover& other) const {
  return order(box) != order(other.box) ? order(box) < order(other.box) : paper < other.paper;
}

std::vector<Renderer::Cover> Renderer::covers_at(SessionTime at, Size screen) {
  advance(plan_.masks(), at, next_mask_, open_masks_);
  advance(plan_.unread(), at, next_unread_, open_unread_);
  std::vector<Cover> covers;
  const auto add = [&](const Rect& box, std::optional<Colour> paper) {
    const Rect visible = box.intersected(Rect::of(screen));
    if (!visible.empty()) covers.push_back({visible, paper});
  };
  for (const RegionRule& region : plan_.regions()) add(region.on(screen), std::nullopt);
  for (const std::size_t i : open_masks_) add(plan_.masks()[i].box, plan_.masks()[i].paper);
  for (const std::size_t i : open_unread_) add(plan_.unread()[i].box, plan_.unread()[i].paper);
  std::sort(covers.begin(), covers.end());
  covers.erase(std::unique(covers.begin(), covers.end(), [](const Cover& a, const Cover& b) { return a.box == b.box; }),
               covers.end());
  // A box inside another would only show the other's outline within it.
  const std::vector<Cover> all = covers;
  std::erase_if(covers, [&](const Cover& cover) {
    return std::any_of(all.begin(), all.end(), [&](const Cover& other) {
      return other.box != cover.box && other.box.contains(cover.box);
    });
  });
  return covers;
}

ClearedFrame Renderer::render(SessionTime at, FrameView frame, const Region& damage) {
  std::vector<Cover> covers = covers_at(at, frame.size);
  std::vector<Rect> boxes;
  for (const Cover& cover : covers) boxes.push_back(cover.box);
  Region changed = damage;
  if (size_ != frame.size) {
    changed = Region(Rect::of(frame.size));
  } else {
    std::vector<Cover> differing;
    std::set_symmetric_difference(covers.begin(), covers.end(), covers_.begin(), covers_.end(),
                                  std::back_inserter(differing));
    for (const Cover& cover : differing) changed.add(cover.box);
    // A region takes its colour from around it, and neighbours hide parts of that ring from it.
    const Region cause = changed;
    for (const Rect& box : boxes) {
      if (cause.intersects(box.expanded(1, 1))) changed.add(box);
    }
  }
  changed.clip(Rect::of(frame.size));
  Frame cleared = Frame::copy_of(frame);
  for (const Cover& cover : covers) fill(cleared, cover.box, cover.paper ? *cover.paper : ring_colour(frame, cover.box, boxes));
  covers_ = std::move(covers);
  size_ = frame.size;
  return ClearedFrame(ClearedFramePasskey{}, std::move(cleared), std::move(changed));
}

}  // namespace frostgate::redaction
