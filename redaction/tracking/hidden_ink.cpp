#include "redaction/tracking/hidden_ink.h"

#include <algorithm>
#include <iterator>

#include "redaction/lines/byte_loops.h"
#include "redaction/lines/colour.h"
#include "redaction/tracking/ink_match.h"
#include "redaction/tracking/line_text.h"

namespace frostgate::redaction {
namespace {

constexpr int kFewPixels = 6;

// What of a line is left of a place in it.
Rect in_front_of(const Rect& line, const Rect& place) { return {line.x, line.y, place.x - line.x, line.height}; }

}  // namespace

HiddenInk::HiddenInk(FrameView screen, const LiveLine& line, const Rect& box) : place_(line.line) {
  place_.box = line.line.box.intersected(box).intersected(Rect::of(screen.size));
  if (place_.box.empty()) return;
  pixels_ = std::make_shared<const Frame>(Frame::copy_of(screen.part(place_.box)));
  text_ = std::make_shared<const std::u32string>(text_in(line, place_.box));
  lead_ = std::make_shared<const std::u32string>(text_in(line, in_front_of(line.line.box, place_.box)));
}

HiddenInk HiddenInk::moved(Point by) const {
  HiddenInk there = *this;
  there.place_.box = redaction::moved(place_.box, by);
  return there;
}

bool HiddenInk::mostly_stands_on(FrameView screen) const {
  if (!pixels_) return false;
  const InkCount count = remaining_ink({pixels_->view(), screen, {place_.box.x, place_.box.y}}, Rect::of(pixels_->size()), place_);
  return count.same >= kFewPixels && mostly_same(count);
}

bool HiddenInk::stands_on(FrameView screen) const {
  if (!pixels_) return false;
  const Change change{pixels_->view(), screen, {place_.box.x, place_.box.y}};
  const Rect all = Rect::of(pixels_->size());
  const InkCount count = remaining_ink(change, all, place_);
  if (count.same < kFewPixels) return false;
  return mostly_same(count) || rows_remain(change, all, place_) || remaining_columns(change, all, place_).has_value();
}

// Three pixels side by side, not all of them ink: whatever else has the colour of the ink has none of its edges.
bool HiddenInk::leaves_traces(FrameView screen, std::span<const Rect> read) const {
  if (!pixels_) return false;
  const Rect seen = place_.box.intersected(Rect::of(screen.size));
  std::vector<Rect> near;
  std::ranges::copy_if(read, std::back_inserter(near), [&](const Rect& box) { return box.intersects(seen); });
  if (std::ranges::any_of(near, [&](const Rect& box) { return box.contains(seen); })) return false;
  for (int y = seen.y; y < seen.bottom(); ++y) {
    const std::uint8_t* hidden = pixels_->view().at(seen.x - place_.box.x, y - place_.box.y);
    if (count_ink(hidden, screen.at(seen.x, y), place_.background, place_.ink, static_cast<std::size_t>(seen.width)).same == 0) continue;
    int same = 0, inked = 0;
    for (int x = seen.x; x < seen.right(); ++x) {
      const Colour colour = colour_of(hidden + std::ptrdiff_t{x - seen.x} * kBytesPerPixel);
      const auto covers = [&](const Rect& box) { return box.contains({x, y, 1, 1}); };
      if (colour_of(screen.at(x, y)) != colour || std::ranges::any_of(near, covers)) {
        same = inked = 0;
        continue;
      }
      ++same;
      inked += distance(colour, place_.background) > place_.ink;
      if (same >= 3 && inked > 0 && inked < same) return true;
    }
  }
  return false;
}

bool HiddenInk::makes_up(FrameView screen, const LiveLine& line) const {
  if (!pixels_ || !same_ground(line.line, place_)) return false;
  const Rect area = place_.box.intersected(line.line.box);
  if (area.width < 2 * area.height && !may_follow(line)) return false;
  const InkCount count = remaining_ink({screen, pixels_->view(), {-place_.box.x, -place_.box.y}}, area, line.line);
  return count.same >= kFewPixels && mostly_same(count);
}

bool HiddenInk::may_follow(const LiveLine& line) const {
  const std::u32string lead = text_in(line, in_front_of(line.line.box, place_.box));
  return lead.size() < kSharedCharacters || longest_shared_run(*lead_, lead).length >= kSharedCharacters;
}

bool HiddenInk::told_by(const LiveLine& line) const {
  if (!pixels_) return false;
  const std::u32string inside = text_in(line, place_.box);
  if (inside.size() >= kSharedCharacters - 1 && text_->find(inside) != std::u32string::npos) return true;
  return longest_shared_run(*text_, inside).length >= kSharedCharacters;
}

}  // namespace frostgate::redaction
