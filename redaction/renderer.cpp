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
  std::vector<Rect> boxes;
  for (const Cover& cover : covers) boxes.push_back(cover.box);
  Region changed = damage;
  if (!shown_ || shown_->size() != frame.size) {
    shown_ = std::make_shared<Frame>(frame.size);
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
  if (shown_.use_count() > 1) shown_ = std::make_shared<Frame>(*shown_);
  std::vector<Colour> papers;
  for (const Cover& cover : covers) papers.push_back(cover.paper ? *cover.paper : ring_colour(frame, cover.box, boxes));
  for (const Rect& rect : changed.rects()) {
    shown_->copy_from(frame, rect);
    for (std::size_t i = 0; i < covers.size(); ++i) fill(*shown_, covers[i].box, papers[i], rect);
  }
  covers_ = std::move(covers);
  return ClearedFrame(ClearedFramePasskey{}, shown_, std::move(changed));
}

}  // namespace frostgate::redaction
