// Copies of some tiles of a frame: what they were, while the frame itself goes on. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::codec {

inline constexpr int kTileSide = 64;

class TileCopies {
 public:
  // From now on of a frame of this size; there are none. Room for some is kept.
  void restart(Size size);
  // Keeps no room but for what is here.
  void give_back_room();
  Size size() const { return size_; }

  // Copies those tiles that `area` touches, and of which there is no copy yet. Of a frame of another size than size() nothing is copied.
  void add(FrameView frame, const Region& area);
  // The same for one tile.
  void add(FrameView frame, std::uint32_t number);
  // Of what there are copies, as they were added.
  const std::vector<std::uint32_t>& numbers() const { return numbers_; }
  // One of them. Valid until restart().
  FrameView tile(std::uint32_t number) const;

 private:
  std::uint8_t* place(std::size_t index) const;

  Size size_;
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint32_t> indices_;  // of each tile of the frame, that of its copy and one; 0: there is none
  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;  // of kTilesInBlock
};

}  // namespace frostgate::codec
