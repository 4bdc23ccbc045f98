#include "gateway/relay/surface.h"

#include <algorithm>

namespace frostgate::relay {

Surface::Reader::Reader(Surface& surface) : surface_(surface) {
  const std::lock_guard lock(surface_.mutex_);
  surface_.readers_.push_back(this);
  if (!surface_.frame_.size().empty()) {
    damage_.add(Rect::of(surface_.frame_.size()));
    states_ = 1;
    changed.raise();
  }
  cursor_changed_ = surface_.cursor_ != nullptr;
}

Surface::Reader::~Reader() {
  const std::lock_guard lock(surface_.mutex_);
  std::erase(surface_.readers_, this);
}

unsigned Surface::Reader::take(const std::function<void(const Look&)>& look) {
  changed.lower();
  const std::lock_guard lock(surface_.mutex_);
  if (states_ == 0 && !cursor_changed_) return 0;
  const unsigned states = states_;
  const bool resized = seen_size_ != surface_.frame_.size();
  look(Look{surface_.frame_, damage_, resized, cursor_changed_ ? surface_.cursor_.get() : nullptr, states});
  seen_size_ = surface_.frame_.size();
  damage_.clear();
  cursor_changed_ = false;
  states_ = 0;
  return states;
}

void Surface::commit(FrameView source, Region damage) {
  if (source.size.empty()) return;
  const std::lock_guard lock(mutex_);
  if (source.size != frame_.size()) {
    frame_ = Frame(source.size);
    damage = Region(Rect::of(source.size));
    for (Reader* reader : readers_) reader->damage_.clear();
  } else {
    damage.clip(Rect::of(source.size));
  }
  if (damage.empty()) return;
  for (const Rect& rect : damage.rects()) frame_.copy_from(source, rect);
  for (Reader* reader : readers_) {
    reader->damage_.add(damage);
    ++reader->states_;
    reader->changed.raise();
  }
}

void Surface::set_cursor(CursorShape shape) {
  if (shape.size.width > kMaxCursorSide || shape.size.height > kMaxCursorSide) return;
  if (shape.pixels.size() != static_cast<std::size_t>(std::max<std::int64_t>(shape.size.area(), 0)) * 4) return;
  const std::lock_guard lock(mutex_);
  cursor_ = std::make_shared<const CursorShape>(std::move(shape));
  for (Reader* reader : readers_) {
    reader->cursor_changed_ = true;
    reader->changed.raise();
  }
}

Size Surface::size() const {
  const std::lock_guard lock(mutex_);
  return frame_.size();
}

}  // namespace frostgate::relay
