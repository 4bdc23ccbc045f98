// What a client has still to be sent of the Surface: for each tile what of it is due, and a copy of the pixels, of which those that were sent are given
// back to the system now and then: a session's screen is rarely all in motion, and each copy of it counts.
// States that come faster than the client takes them merge here; the Surface never waits. One thread.
#pragma once

#include <optional>
#include <vector>

#include "gateway/relay/rdp/bitmap_encoder.h"
#include "gateway/relay/rdp/motion.h"
#include "gateway/relay/screen_copy.h"
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
  Size size() const { return frame_.size(); }
  // All that was due has been handed to the connection.
  void sent(Motion::Clock::time_point now);
  // When sent() has pixels to give back, if nothing is due before.
  std::optional<Motion::Clock::time_point> next_giving_back() const { return copy_.next_rest(); }

  void make_due(const Rect& rect);
  void make_all_due() { make_due(Rect::of(frame_.size())); }
  bool due() const { return due_tiles_ > 0; }
  // Sends due tiles that lie beside each other, as many as the encoder takes at once, which are then not due. False: the connection is broken.
  bool send_tiles(BitmapEncoder& encoder, rdpContext* context);
  // Due tiles, which are then not due: at most so many, those beside each other as one rectangle, none higher than a tile.
  std::vector<Rect> take_due(int tiles);
  // Holds the pixels of tiles that are, or a moment ago were, due; and outside those, where a tile is less than kLeastWidth wide, so many of the one beside it.
  FrameView view() const { return frame_.view(); }
  static constexpr int kLeastWidth = 4;  // of what can be coded

  // Tiles that are due and move, which are then not due, those beside each other as one rectangle: none unless so many move that video is worth it. What
  // was taken here becomes due again when it has come to rest, by settle(); next_settling() says when to call it, when nothing changes before.
  std::vector<Rect> take_moving(Motion::Clock::time_point now);
  void settle(Motion::Clock::time_point now);
  std::optional<Motion::Clock::time_point> next_settling() const { return motion_.next_settling(); }

 private:
  static constexpr std::size_t kLeastMoving = 24;  // tiles; as 390 pixels square

  void mark(const Rect& rect);
  Rect wide_enough(const Rect& rect) const;
  Rect tile_at(std::size_t number) const;
  // Of each tile that `rect` touches: its number, and what of it lies in `rect`.
  template <class Visit>
  void for_tiles(const Rect& rect, const Visit& visit);
  int columns() const { return (frame_.size().width + kTileSide - 1) / kTileSide; }

  Surface::Reader reader_;
  Frame frame_;
  ScreenCopy copy_;          // which of its pixels are here
  std::vector<Rect> tiles_;  // row by row, the part of each that is due
  Motion motion_;
  int due_tiles_ = 0;
  std::size_t next_ = 0;
};

}  // namespace frostgate::relay::rdp
