#include "gateway/relay/rdp/front_screen.h"

#include <utility>

namespace frostgate::relay::rdp {

std::optional<CursorShape> FrontScreen::look(Motion::Clock::time_point now) {
  std::optional<CursorShape> cursor;
  reader_.take([&](const Surface::Reader::Look& look) {
    if (look.cursor) cursor = *look.cursor;
    if (look.frame.size() != frame_.size()) {
      frame_ = look.frame;
      const int rows = (frame_.size().height + kTileSide - 1) / kTileSide;
      tiles_.assign(static_cast<std::size_t>(columns()) * static_cast<std::size_t>(rows), Rect{});
      copy_.restart(frame_.row(0), frame_.size(), frame_.stride());
      motion_ = Motion(tiles_.size());
      due_tiles_ = 0;
      next_ = 0;
      mark(Rect::of(frame_.size()));
      return;
    }
    for (const Rect& rect : look.damage.rects()) {
      copy_.take(rect, look.frame);
      copy_.fetch(wide_enough(rect), look.frame);
      mark(rect);
      for_tiles(rect, [&](std::size_t tile, const Rect&) { motion_.changed(tile, now); });
    }
  });
  return cursor;
}

template <class Visit>
void FrontScreen::for_tiles(const Rect& rect, const Visit& visit) {
  const Rect inside = rect.intersected(Rect::of(frame_.size()));
  if (inside.empty()) return;
  for (int row = inside.y / kTileSide; row <= (inside.bottom() - 1) / kTileSide; ++row) {
    for (int column = inside.x / kTileSide; column <= (inside.right() - 1) / kTileSide; ++column)
      visit(static_cast<std::size_t>(row * columns() + column), inside.intersected({column * kTileSide, row * kTileSide, kTileSide, kTileSide}));
  }
}

// With what lies beside the last column of tiles, which may be too narrow by itself.
Rect FrontScreen::wide_enough(const Rect& rect) const {
  const Rect edge{frame_.size().width - kLeastWidth, rect.y, kLeastWidth, rect.height};
  return rect.intersects(edge) ? rect.united(edge) : rect;
}

void FrontScreen::make_due(const Rect& rect) {
  reader_.read([&](const Frame& frame) {
    // Of a surface that has another size by now, the next look takes everything.
    if (frame.size() == frame_.size()) copy_.fetch(wide_enough(rect), frame);
  });
  mark(rect);
}

void FrontScreen::sent(Motion::Clock::time_point now) {
  reader_.sent();
  copy_.rest(now);
}

void FrontScreen::mark(const Rect& rect) {
  for_tiles(rect, [&](std::size_t number, const Rect& part) {
    Rect& tile = tiles_[number];
    if (tile.empty()) ++due_tiles_;
    tile = tile.united(part);
  });
}

Rect FrontScreen::tile_at(std::size_t number) const {
  const int row = static_cast<int>(number) / columns(), column = static_cast<int>(number) % columns();
  return Rect{column * kTileSide, row * kTileSide, kTileSide, kTileSide}.intersected(Rect::of(frame_.size()));
}

std::vector<Rect> FrontScreen::take_moving(Motion::Clock::time_point now) {
  std::vector<std::size_t> moving;
  if (static_cast<std::size_t>(due_tiles_) < kLeastMoving) return {};
  for (std::size_t number = 0; number < tiles_.size(); ++number) {
    if (!tiles_[number].empty() && motion_.moves(number, now)) moving.push_back(number);
  }
  if (moving.size() < kLeastMoving) return {};
  std::vector<Rect> out;
  for (std::size_t i = 0; i < moving.size(); ++i) {
    const Rect tile = tile_at(moving[i]);
    tiles_[moving[i]] = {};
    --due_tiles_;
    motion_.shown_with_loss(moving[i]);
    if (i > 0 && moving[i - 1] + 1 == moving[i] && out.back().y == tile.y) out.back().width += tile.width;
    else out.push_back(tile);
  }
  return out;
}

void FrontScreen::settle(Motion::Clock::time_point now) {
  for (const std::size_t number : motion_.settle(now)) make_due(tile_at(number));
}

std::vector<Rect> FrontScreen::take_due(int tiles) {
  std::vector<Rect> out;
  std::size_t last = tiles_.size();  // the tile that `out` ends with
  for (std::size_t i = 0; i < tiles_.size() && tiles > 0 && due_tiles_ > 0; ++i) {
    if (tiles_[i].empty()) continue;
    const Rect due = std::exchange(tiles_[i], Rect{});
    --due_tiles_;
    --tiles;
    const bool continues = last + 1 == i && i % static_cast<std::size_t>(columns()) != 0 && out.back().right() == due.x &&
                           out.back().y == due.y && out.back().height == due.height;
    if (continues) out.back().width += due.width;
    else out.push_back(due);
    last = i;
  }
  return out;
}

bool FrontScreen::send_tiles(BitmapEncoder& encoder, rdpContext* context) {
  while (tiles_[next_].empty()) next_ = (next_ + 1) % tiles_.size();
  Rect due = std::exchange(tiles_[next_], Rect{});
  --due_tiles_;
  for (int more = 1; more < encoder.tiles_at_once() && (next_ + 1) % static_cast<std::size_t>(columns()) != 0; ++more) {
    Rect& beside = tiles_[next_ + 1];
    if (beside.x != due.right() || beside.y != due.y || beside.height != due.height) break;
    due.width += std::exchange(beside, Rect{}).width;
    --due_tiles_;
    ++next_;
  }
  // From a multiple of four, so that most tiles are coded where they lie.
  const int left = due.x / 4 * 4;
  return encoder.send(context, frame_.view(), Rect::between(left, due.y, due.right(), due.bottom()));
}

}  // namespace frostgate::relay::rdp
