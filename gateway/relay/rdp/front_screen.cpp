#include "gateway/relay/rdp/front_screen.h"

#include <utility>

namespace frostgate::relay::rdp {

std::optional<CursorShape> FrontScreen::look() {
  std::optional<CursorShape> cursor;
  reader_.take([&](const Surface::Reader::Look& look) {
    if (look.cursor) cursor = *look.cursor;
    if (look.frame.size() != frame_.size()) {
      frame_ = look.frame;
      const int rows = (frame_.size().height + kTileSide - 1) / kTileSide;
      tiles_.assign(static_cast<std::size_t>(columns()) * static_cast<std::size_t>(rows), Rect{});
      due_tiles_ = 0;
      next_ = 0;
      make_all_due();
      return;
    }
    for (const Rect& rect : look.damage.rects()) {
      frame_.copy_from(look.frame.view(), rect);
      make_due(rect);
    }
  });
  return cursor;
}

void FrontScreen::make_due(const Rect& rect) {
  const Rect inside = rect.intersected(Rect::of(frame_.size()));
  if (inside.empty()) return;
  for (int row = inside.y / kTileSide; row <= (inside.bottom() - 1) / kTileSide; ++row) {
    for (int column = inside.x / kTileSide; column <= (inside.right() - 1) / kTileSide; ++column) {
      Rect& tile = tiles_[static_cast<std::size_t>(row * columns() + column)];
      if (tile.empty()) ++due_tiles_;
      tile = tile.united(inside.intersected({column * kTileSide, row * kTileSide, kTileSide, kTileSide}));
    }
  }
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

bool FrontScreen::send_tile(BitmapEncoder& encoder, rdpContext* context) {
  while (tiles_[next_].empty()) next_ = (next_ + 1) % tiles_.size();
  const Rect due = std::exchange(tiles_[next_], Rect{});
  --due_tiles_;
  // From a multiple of four, so that most tiles are coded where they lie.
  const int left = due.x / 4 * 4;
  return encoder.send(context, frame_.view(), Rect::between(left, due.y, due.right(), due.bottom()));
}

}  // namespace frostgate::relay::rdp
