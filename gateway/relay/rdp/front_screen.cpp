#include "gateway/relay/rdp/front_screen.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace frostgate::relay::rdp {

std::optional<CursorShape> FrontScreen::look(Motion::Clock::time_point now) {
  std::optional<CursorShape> cursor;
  reader_.take([&](const Surface::Reader::Look& look) {
    if (look.cursor) cursor = *look.cursor;
    if (look.frame.size() != size_) {
      size_ = look.frame.size();
      const int rows = (size_.height + kTileSide - 1) / kTileSide;
      tiles_.assign(static_cast<std::size_t>(columns()) * static_cast<std::size_t>(rows), Rect{});
      motion_ = Motion(tiles_.size());
      due_tiles_ = 0;
      next_ = 0;
      make_all_due();
      return;
    }
    for (const Rect& rect : look.damage.rects()) {
      make_due(rect);
      for_tiles(rect, [&](std::size_t tile, const Rect&) { motion_.changed(tile, now); });
    }
  });
  return cursor;
}

template <class Visit>
void FrontScreen::for_tiles(const Rect& rect, const Visit& visit) {
  const Rect inside = rect.intersected(Rect::of(size_));
  if (inside.empty()) return;
  for (int row = inside.y / kTileSide; row <= (inside.bottom() - 1) / kTileSide; ++row) {
    for (int column = inside.x / kTileSide; column <= (inside.right() - 1) / kTileSide; ++column)
      visit(static_cast<std::size_t>(row * columns() + column), inside.intersected({column * kTileSide, row * kTileSide, kTileSide, kTileSide}));
  }
}

void FrontScreen::make_due(const Rect& rect) {
  for_tiles(rect, [&](std::size_t number, const Rect& part) {
    Rect& tile = tiles_[number];
    if (tile.empty()) ++due_tiles_;
    tile = tile.united(part);
  });
}

FrameView FrontScreen::pixels(const Rect& rect) {
  const std::size_t row = static_cast<std::size_t>(rect.width) * kBytesPerPixel;
  pixels_.resize(std::max(pixels_.size(), row * static_cast<std::size_t>(rect.height)));
  const FrameView out{pixels_.data(), {rect.width, rect.height}, static_cast<std::ptrdiff_t>(row)};
  reader_.read([&](const Frame& frame) {
    for (int y = 0; y < rect.height; ++y) {
      std::uint8_t* to = pixels_.data() + static_cast<std::size_t>(y) * row;
      if (frame.size() == size_) std::memcpy(to, frame.view().at(rect.x, rect.y + y), row);
      else std::memset(to, 0, row);
    }
  });
  return out;
}

Rect FrontScreen::tile_at(std::size_t number) const {
  const int row = static_cast<int>(number) / columns(), column = static_cast<int>(number) % columns();
  return Rect{column * kTileSide, row * kTileSide, kTileSide, kTileSide}.intersected(Rect::of(size_));
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

Rect FrontScreen::with_loss(const Rect& taken) {
  Rect tiles;
  for_tiles(taken, [&](std::size_t number, const Rect&) {
    motion_.shown_with_loss(number);
    tiles = tiles.united(tile_at(number));
  });
  return tiles;
}

std::vector<Rect> FrontScreen::take_settled(Motion::Clock::time_point now, int tiles) {
  std::vector<Rect> out;
  for (const std::size_t number : motion_.settle(now, static_cast<std::size_t>(tiles))) out.push_back(tile_at(number));
  return out;
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
  // On a grid of four pixels, as the rows of a stream are (MS-RDPBCGR 2.2.9.1.1.3.1.2.2).
  const Rect coded = Rect::between(due.x / 4 * 4, due.y, std::min((due.right() + 3) / 4 * 4, size_.width), due.bottom());
  return encoder.send(context, pixels(coded), {coded.x, coded.y});
}

}  // namespace frostgate::relay::rdp
