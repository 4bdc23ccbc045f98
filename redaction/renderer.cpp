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
  const bool fresh = !shown_ || shown_->size() != frame.size;
  if (fresh) {
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
  std::vector<Filling> fillings;
  for (const Cover& cover : covers) {
    if (!cover.held) fillings.push_back({cover.box, cover.paper ? *cover.paper : ring_colour(source, cover.box, boxes)});
  }
  for (const Rect& box : unknown_) fillings.push_back({box, ring_colour(source, box, boxes)});
  const std::vector<Rect> filled = filled_before(fillings, fresh);
  Region shown;
  for (const Rect& rect : changed.rects()) {
    for (const Rect& piece : pieces_outside(rect, filled)) {
      shown_->copy_from(source, piece);
      for (const Filling& filling : fillings) fill(*shown_, filling.box, filling.colour, piece);
      shown.add(piece);
    }
  }
  covers_ = std::move(covers);
  fillings_ = std::move(fillings);
  return ClearedFrame(ClearedFramePasskey{}, shown_, std::move(shown));
}

// The boxes that look as they did: whatever has changed under them, nothing of it is seen. None that touches one which came or went.
std::vector<Rect> Renderer::filled_before(const std::vector<Filling>& fillings, bool fresh) const {
  std::vector<Rect> filled, differing;
  if (fresh) return filled;
  const auto among = [](const std::vector<Filling>& all, const Filling& one) { return std::find(all.begin(), all.end(), one) != all.end(); };
  for (const Filling& one : fillings) (among(fillings_, one) ? filled : differing).push_back(one.box);
  for (const Filling& one : fillings_) {
    if (!among(fillings, one)) differing.push_back(one.box);
  }
  std::erase_if(filled, [&](const Rect& box) { return std::any_of(differing.begin(), differing.end(), [&](const Rect& other) { return other.intersects(box); }); });
  return filled;
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
