#include "gateway/redact/stage.h"

#include "gateway/redact/pointer_arrow.h"

namespace frostgate::redact {
namespace {

constexpr auto kPointerInterval = std::chrono::milliseconds(100);

}  // namespace

SessionTime time_of(const Recorded& recorded) {
  return std::visit([](const auto& what) { return what.at; }, recorded);
}

Stage::Stage(FrameView screen, std::optional<PointerMoved> pointer, SessionTime at)
    : screen_(Frame::copy_of(screen)), canvas_(screen.size), changed_(Rect::of(screen.size)), pointer_(pointer), shown_at_(at) {}

bool Stage::apply(const Recorded& recorded) {
  return std::visit([this](const auto& what) { return apply(what); }, recorded);
}

bool Stage::apply(const RecordedState& state) {
  if (screen_.size() != state.frame.size) {
    screen_ = Frame(state.frame.size);
    canvas_ = Frame(state.frame.size);
    changed_ = Region(Rect::of(state.frame.size));
    arrow_ = {};
  }
  for (const Rect& rect : state.damage.rects()) screen_.copy_from(state.frame, rect);
  changed_.add(state.damage);
  return true;
}

bool Stage::apply(const RecordedPointer& moved) {
  const bool pressed_changed = pointer_ && pointer_->buttons != moved.pointer.buttons;
  pointer_ = moved.pointer;
  const bool soon = shown_at_ && moved.at - *shown_at_ < kPointerInterval;
  return has_picture() && (!soon || pressed_changed);
}

void Stage::compose() {
  changed_.add(arrow_);
  for (const Rect& rect : changed_.rects()) canvas_.copy_from(screen_.view(), rect);
  arrow_ = pointer_ ? draw_pointer(canvas_, pointer_->position, pointer_->buttons != 0) : Rect{};
  changed_.add(arrow_);
}

}  // namespace frostgate::redact
