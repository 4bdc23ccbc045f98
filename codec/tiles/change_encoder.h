// Screen states as bytes, for the journal: each state holds the 64x64 tiles that differ from the state before it, compressed against what these were.
// Lossless for colours; the undefined fourth byte becomes 0. FORMAT.md in this folder is the layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "codec/base/frame.h"
#include "codec/tiles/tile_copies.h"

struct ZSTD_CCtx_s;

namespace frostgate::codec {

// Keeps no screen: who paints a frame keeps what its tiles were, of those that it changed. Not thread-safe; any one thread at a time.
class ChangeEncoder {
 public:
  ChangeEncoder();

  // In two halves, for who reads a frame under a lock. look() compares the tiles of `former` with what they are now, copies those of which a colour
  // changed, and returns false when none did; after true, pack() is due, and returns the state that leads there from the last packed one.
  // `former` has each tile that may have changed since the last look, as it was then; it is empty afterwards, and goes on with this frame. When it is of
  // another size, as in the beginning, the state is a key state: it has all tiles and needs none before it. `frame` must have an acceptable size.
  bool look(FrameView frame, TileCopies& former);
  std::vector<std::byte> pack();

  // The room that is kept between states, so that the next one comes sooner, goes back to the system. Not between look() and pack().
  void give_back_room();

  // What the last look() has found to be changed.
  const std::vector<std::uint32_t>& changed() const { return tiles_; }

 private:
  struct FreeContext {
    void operator()(ZSTD_CCtx_s* context) const;
  };

  static ZSTD_CCtx_s* make_context();
  void refer_to_former();

  std::vector<std::uint32_t> tiles_;  // what the next pack() holds
  TileCopies former_, latter_;        // their pixels in the state before, and in this one
  bool key_ = false;
  // For as many bytes as are asked for, with what they happen to hold: writing zeros to megabytes first would take as long as what is done with them.
  class Room {
   public:
    std::byte* take(std::size_t bytes);
    void keep(std::size_t most);  // a whole screen needs many times what a usual state does

   private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_ = 0;
  };
  Room raw_, packed_, prefix_;  // before and after zstd
  std::unique_ptr<ZSTD_CCtx_s, FreeContext> context_;
};

}  // namespace frostgate::codec
