// Screen states as bytes, for the journal: each state holds the 64x64 tiles that differ from the state before it, compressed against what these were.
// Lossless for colours; the undefined fourth byte becomes 0. FORMAT.md in this folder is the layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

struct ZSTD_CCtx_s;

namespace frostgate::codec {

inline constexpr int kTileSide = 64;

// Keeps a copy of the last state. Not thread-safe; any one thread at a time.
class TileEncoder {
 public:
  TileEncoder();

  // In two halves, for who reads a frame under a lock: look() takes over what changed since the last look, at the cost of
  // comparing and copying the damaged tiles, and returns false when no colour did; after true, pack() is due, and returns the state that
  // leads there from the last packed one. `damage` must cover every pixel that may have changed since; it is ignored for the
  // first frame, after restart() and when the size is another one: then the state is a key state with all tiles. `frame` must have
  // an acceptable size.
  bool look(FrameView frame, const Region& damage);
  std::vector<std::byte> pack();

  // Both at once; nullopt when no colour changed.
  std::optional<std::vector<std::byte>> encode(FrameView frame, const Region& damage);

  // The next state is a key state: one that needs none before it.
  void restart() { last_ = Frame(); }

 private:
  struct FreeContext {
    void operator()(ZSTD_CCtx_s* context) const;
  };

  std::vector<std::uint32_t> changed_tiles(FrameView frame, const Region& damage) const;
  void keep_former();
  void refer_to_former();

  Frame last_;
  std::vector<std::uint32_t> tiles_;  // what the next pack() holds
  std::vector<std::uint8_t> former_;  // their pixels in the state before, one tile after the other
  bool key_ = false;
  std::vector<std::byte> raw_;        // before and after zstd; kept for their capacity
  std::vector<std::byte> packed_;
  std::vector<std::byte> prefix_;
  std::unique_ptr<ZSTD_CCtx_s, FreeContext> context_;
};

}  // namespace frostgate::codec
