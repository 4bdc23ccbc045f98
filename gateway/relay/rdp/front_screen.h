// What a client has still to be sent of the Surface: a copy of the pixels, and for each tile what of it is due.
// States that come faster than the client takes them merge here; the Surface never waits. One thread.
#pragma once

#include <optional>
#include <vector>

#include "gateway/relay/rdp/bitmap_encoder.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay::rdp {

class FrontScreen {
 public:
  explicit FrontScreen(Surface& surface) : reader_(surface) {}

  // Readable when the surface has changed since look().
  int changed_descriptor() const { return reader_.changed.descriptor(); }
  // Takes over what the surface shows now. The pointer's shape, when that changed.
  std::optional<CursorShape> look();
  Size size() const { return frame_.size(); }

  void make_due(const Rect& rect);
  void make_all_due() { make_due(Rect::of(frame_.size())); }
  bool due() const { return due_tiles_ > 0; }
  // Sends one due tile, which is then not due. False: the connection is broken.
  bool send_tile(BitmapEncoder& encoder, rdpContext* context);
  // Due tiles, which are then not due: at most so many, those beside each other as one rectangle, none higher than a tile.
  std::vector<Rect> take_due(int tiles);
  FrameView view() const { return frame_.view(); }

 private:
  int columns() const { return (frame_.size().width + kTileSide - 1) / kTileSide; }

  Surface::Reader reader_;
  Frame frame_;
  std::vector<Rect> tiles_;  // row by row, the part of each that is due
  int due_tiles_ = 0;
  std::size_t next_ = 0;
};

}  // namespace frostgate::relay::rdp
