#include "gateway/relay/surface.h"

#include <algorithm>
#include <utility>

namespace frostgate::relay {

Surface::Reader::Reader(Surface& surface, View view, BeforeChange before) : surface_(surface), view_(view), before_(std::move(before)) {
  const std::lock_guard lock(surface_.mutex_);
  surface_.readers_.push_back(this);
  damage_all();
}

Surface::Reader::~Reader() {
  const std::lock_guard lock(surface_.mutex_);
  std::erase(surface_.readers_, this);
}

// Under the surface's lock.
void Surface::Reader::damage_all() {
  damage_.clear();
  const Size size = surface_.seen_by(*this).size();
  if (!size.empty()) {
    damage_.add(Rect::of(size));
    ++states_;
  }
  cursor_changed_ = surface_.cursor_ != nullptr || surface_.cover_;
  if (states_ > 0 || cursor_changed_) changed.raise();
}

void Surface::Reader::look_again() {
  const std::lock_guard lock(surface_.mutex_);
  damage_all();
}

unsigned Surface::Reader::take(const std::function<void(const Look&)>& look) {
  changed.lower();
  std::unique_lock lock(surface_.mutex_);
  if (view_ == View::target) surface_.frame_ended_.wait_for(lock, kLongestFrame, [this] { return !surface_.in_frame_; });
  if (states_ == 0 && !cursor_changed_) return 0;
  const unsigned states = states_;
  const Frame& frame = surface_.seen_by(*this);
  const bool resized = seen_size_ != frame.size();
  const CursorShape* cursor = shows_covers() && surface_.cover_ ? &surface_.cover_cursor_ : surface_.cursor_.get();
  look(Look{frame, damage_, resized, cursor_changed_ ? cursor : nullptr, states});
  seen_size_ = frame.size();
  damage_.clear();
  cursor_changed_ = false;
  states_ = 0;
  if (!under_way_) under_way_ = oldest_;
  oldest_.reset();
  return states;
}

void Surface::Reader::read(const std::function<void(const Frame&)>& look) const {
  const std::lock_guard lock(surface_.mutex_);
  look(surface_.seen_by(*this));
}

void Surface::Reader::sent() {
  if (!under_way_) return;
  const std::lock_guard lock(surface_.mutex_);
  surface_.delays_.add(std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - *under_way_));
  under_way_.reset();
}

Histogram Surface::take_delays() {
  const std::lock_guard lock(mutex_);
  return std::exchange(delays_, Histogram(kRelayDelays));
}

const Frame& Surface::seen_by(const Reader& reader) const {
  return reader.shows_covers() && cover_ ? *cover_ : frame_;
}

// Targets tell of more than they changed, freerdp-shadow of one rectangle around all: to compare costs less than to code, send and record it again.
Region Surface::changed(FrameView source, Point place, const Region& damage) const {
  constexpr int kSide = 64;
  const auto next = [](int at, int end) { return std::min((at / kSide + 1) * kSide, end); };
  std::vector<Rect> parts;
  const auto add = [&](const Rect& run) {  // of tiles beside each other
    if (run.empty()) return;
    const auto above = std::ranges::find_if(parts, [&](const Rect& part) { return part.x == run.x && part.width == run.width && part.bottom() == run.y; });
    if (above == parts.end()) parts.push_back(run);
    else above->height += run.height;
  };
  for (const Rect& rect : damage.rects()) {
    for (int y = rect.y; y < rect.bottom(); y = next(y, rect.bottom())) {
      Rect run;
      for (int x = rect.x; x < rect.right(); x = next(x, rect.right())) {
        const Rect tile = Rect::between(x, y, next(x, rect.right()), next(y, rect.bottom()));
        if (same_pixels(source.part({tile.x - place.x, tile.y - place.y, tile.width, tile.height}), frame_.view().part(tile), Rect{0, 0, tile.width, tile.height})) continue;
        if (run.right() == tile.x && !run.empty()) {
          run.width += tile.width;
          continue;
        }
        add(run);
        run = tile;
      }
      add(run);
    }
  }
  Region out;
  for (const Rect& part : parts) out.add(part);
  return out;
}

void Surface::commit(FrameView source, Region damage, bool part) {
  if (source.size.empty()) return;
  const std::lock_guard lock(mutex_);
  if (source.size == frame_.size()) {
    damage.clip(Rect::of(source.size));
    damage = changed(source, {}, damage);
    tell_before(damage);
  } else {
    damage = Rect::of(source.size);
    tell_before(Rect::of(frame_.size()));
    frame_ = Frame(source.size);
    for (Reader* reader : readers_) {
      if (&seen_by(*reader) == &frame_) reader->damage_.clear();
    }
  }
  take(source, {}, damage, part);
}

void Surface::commit_part(FrameView picture, Point place) {
  const std::lock_guard lock(mutex_);
  const Region damage = changed(picture, place, Rect{place.x, place.y, picture.size.width, picture.size.height});
  tell_before(damage);
  take(picture, place, damage, true);
}

void Surface::tell_before(const Region& damage) const {
  if (damage.empty()) return;
  for (const Reader* reader : readers_) {
    if (reader->before_ && &seen_by(*reader) == &frame_) reader->before_(frame_, damage);
  }
}

void Surface::take(FrameView source, Point place, const Region& damage, bool part) {
  const bool begins_frame = !in_frame_, ends_frame = in_frame_ && !part;
  if (damage.empty() && !ends_frame) return;
  in_frame_ = part;
  if (ends_frame) frame_ended_.notify_all();
  for (const Rect& rect : damage.rects()) frame_.copy_from(source, rect, place);
  const auto now = std::chrono::steady_clock::now();
  for (Reader* reader : readers_) {
    if (&seen_by(*reader) != &frame_) continue;
    reader->damage_.add(damage);
    if (!reader->oldest_ && !damage.empty()) reader->oldest_ = now;
    if (reader->damage_.empty()) continue;
    // A frame is one state, whatever its parts; but who shows what is there is told of each.
    if (reader->view_ == View::shown ? damage.empty() : reader->view_ == View::shown_whole ? part : !begins_frame && reader->states_ > 0) continue;
    ++reader->states_;
    reader->changed.raise();
  }
}

void Surface::cover(Frame picture, CursorShape pointer) {
  const std::lock_guard lock(mutex_);
  Region damage;
  const bool again = cover_ && cover_->size() == picture.size();
  constexpr int kBand = 16;  // rows that are compared as one
  for (int y = 0; again && y < picture.size().height; y += kBand) {
    const Rect band = Rect{0, y, picture.size().width, kBand}.intersected(Rect::of(picture.size()));
    if (!same_pixels(cover_->view(), picture.view(), band)) damage.add(band);
  }
  cover_ = std::move(picture);
  cover_cursor_ = std::move(pointer);
  for (Reader* reader : readers_) {
    if (!reader->shows_covers()) continue;
    if (!again) {
      reader->damage_all();
    } else if (!damage.empty()) {
      reader->damage_.add(damage);
      ++reader->states_;
      reader->changed.raise();
    }
  }
}

void Surface::uncover() {
  const std::lock_guard lock(mutex_);
  if (!cover_) return;
  cover_.reset();
  for (Reader* reader : readers_)
    if (reader->shows_covers()) reader->damage_all();
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
  return cover_ ? cover_->size() : frame_.size();
}

Frame Surface::target() const {
  const std::lock_guard lock(mutex_);
  return frame_;
}

void Surface::read_target(const std::function<void(const Frame&)>& look) const {
  const std::lock_guard lock(mutex_);
  look(frame_);
}

}  // namespace frostgate::relay
