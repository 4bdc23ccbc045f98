#include "redaction/renderer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "redaction/cover.h"

namespace frostgate::redaction {

Renderer::Renderer(RedactionPlan plan) : Renderer(std::make_shared<const RedactionPlan>(std::move(plan))) {}

void Renderer::follow(RedactionPlan plan) {
  plan_ = std::make_shared<const RedactionPlan>(std::move(plan));
  covered_ = CoverTimeline(*plan_);
}

ClearedFrame Renderer::render(SessionTime at, FrameView frame, const Region& damage) {
  std::vector<Cover> covers = covered_.at(at, frame.size);
  std::vector<Rect> boxes, held;
  for (const Cover& cover : covers) (cover.held ? held : boxes).push_back(cover.box);
  Region changed = damage;
  if (!shown_ || shown_->size() != frame.size) {
    shown_ = std::make_shared<Frame>(frame.size);
    unknown_ = held;
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
  std::erase_if(unknown_, [&](const Rect& box) { return std::find(held.begin(), held.end(), box) == held.end(); });
  const FrameView source = held_back(frame, changed, held);
  if (shown_.use_count() > 1) shown_ = std::make_shared<Frame>(*shown_);
  std::vector<std::pair<Rect, Colour>> fillings;
  for (const Cover& cover : covers) {
    if (!cover.held) fillings.emplace_back(cover.box, cover.paper ? *cover.paper : ring_colour(source, cover.box, boxes));
  }
  for (const Rect& box : unknown_) fillings.emplace_back(box, ring_colour(source, box, boxes));
  for (const Rect& rect : changed.rects()) {
    shown_->copy_from(source, rect);
    for (const auto& [box, colour] : fillings) fill(*shown_, box, colour, rect);
  }
  covers_ = std::move(covers);
  return ClearedFrame(ClearedFramePasskey{}, shown_, std::move(changed));
}

// The frame with what is held instead of what has come there.
FrameView Renderer::held_back(FrameView frame, const Region& changed, const std::vector<Rect>& held) {
  if (plan_->holds().empty()) {
    plain_ = Frame();
    return frame;
  }
  if (plain_.size() != frame.size) {
    plain_ = Frame::copy_of(frame);
    unknown_ = held;
    return plain_.view();
  }
  for (const Rect& rect : changed.rects()) {
    for (const Rect& piece : pieces_outside(rect, held)) plain_.copy_from(frame, piece);
  }
  return plain_.view();
}

}  // namespace frostgate::redaction
