// What a client has still to be sent of the Surface: for each tile what of it is due. The pixels stay where they are until they are coded: a copy of the screen
// for each client would be most of what a relay needs. States that come faster than the client takes them merge here; the Surface never waits. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/relay/rdp/bitmap_encoder.h"
#include "gateway/relay/rdp/motion.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay::rdp {

class FrontScreen {
 public:
  // Whole frames: of parts that come one by one nobody could tell what moves.
  explicit FrontScreen(Surface& surface) : reader_(surface, Surface::View::shown_whole) {}

  // Readable when the surface has changed since look().
  int changed_descriptor() const { return reader_.changed.descriptor(); }
  // Takes over what the surface shows now. The pointer's shape, when that changed.
  std::optional<CursorShape> look(Motion::Clock::time_point now);
  Size size() const { return size_; }
  // All that was due has been handed to the connection.
  void sent() { reader_.sent(); }

  void make_due(const Rect& rect);
  void make_all_due() { make_due(Rect::of(size_)); }
  bool due() const { return due_tiles_ > 0; }
  // Sends due tiles that lie beside each other, as many as the encoder takes at once, which are then not due. False: the connection is broken.
  bool send_tiles(BitmapEncoder& encoder, rdpContext* context);
  // Due tiles, which are then not due: at most so many, those beside each other as one rectangle, none higher than a tile.
  std::vector<Rect> take_due(int tiles);
  // The pixels of `rect`, which lies on the screen, as the surface shows them now: a copy, valid until the next call. Black where the surface has another size by
  // now: the next look takes all of it.
  FrameView pixels(const Rect& rect);

  // Tiles that are due and move, which are then not due, those beside each other as one rectangle: none unless so many move that video is worth it. These
  // are shown with loss.
  std::vector<Rect> take_moving(Motion::Clock::time_point now);
  // Shows what was taken of one row of tiles with loss: the tiles that it touches, whole.
  Rect with_loss(const Rect& taken);
  // Tiles that were shown with loss and have come to rest, at most so many, to be shown exactly; next_settling() says from when on there are any, when nothing
  // changes before.
  std::vector<Rect> take_settled(Motion::Clock::time_point now, int tiles);
  std::optional<Motion::Clock::time_point> next_settling() const { return motion_.next_settling(); }

 private:
  static constexpr std::size_t kLeastMoving = 24;  // tiles; as 390 pixels square

  Rect tile_at(std::size_t number) const;
  // Of each tile that `rect` touches: its number, and what of it lies in `rect`.
  template <class Visit>
  void for_tiles(const Rect& rect, const Visit& visit);
  int columns() const { return (size_.width + kTileSide - 1) / kTileSide; }

  Surface::Reader reader_;
  Size size_;
  std::vector<std::uint8_t> pixels_;
  std::vector<Rect> tiles_;  // row by row, the part of each that is due
  Motion motion_;
  int due_tiles_ = 0;
  std::size_t next_ = 0;
};

}  // namespace frostgate::relay::rdp
