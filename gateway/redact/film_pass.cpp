#include "gateway/redact/film_pass.h"

namespace frostgate::redact {
namespace {

constexpr auto kPointerInterval = std::chrono::milliseconds(100);

}  // namespace

Result<void> FilmPass::state(const RecordedState& state) {
  clock_.charge("decode");
  screen_ = state.frame;
  if (canvas_.size() != screen_.size) canvas_ = Frame(screen_.size);
  canvas_changed_.add(state.damage);
  return show(state.at);
}

Result<void> FilmPass::pointer(const RecordedPointer& moved) {
  const bool pressed_changed = pointer_ && pointer_->buttons != moved.pointer.buttons;
  pointer_ = moved.pointer;
  const bool soon = shown_at_ && moved.at - *shown_at_ < kPointerInterval;
  if (screen_.pixels == nullptr || (soon && !pressed_changed)) return {};
  return show(moved.at);
}

Result<void> FilmPass::finish(SessionTime end) {
  if (screen_.pixels == nullptr) return {};
  const std::vector<Segment> last = TRY(encoder_.finish(end));
  return serve_.store(last);
}

Result<void> FilmPass::show(SessionTime at) {
  canvas_changed_.add(arrow_);
  for (const Rect& rect : canvas_changed_.rects()) canvas_.copy_from(screen_, rect);
  arrow_ = pointer_ ? draw_pointer(canvas_, pointer_->position, pointer_->buttons != 0) : Rect{};
  canvas_changed_.add(arrow_);
  const ClearedFrame cleared = renderer_.render(at, canvas_.view(), canvas_changed_);
  clock_.charge("render");
  canvas_changed_.clear();
  shown_at_ = at;
  const std::vector<Segment> segments = TRY(encoder_.add(cleared, at));
  clock_.charge("encode");
  return serve_.store(segments);
}

}  // namespace frostgate::redact
