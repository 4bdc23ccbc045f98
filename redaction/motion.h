// Areas that keep changing like a video: they are not read in every state. They hold a picture that was read, and once a second
// the next one is read and shown; or, where the policy says so, they are covered while they move. Pure.
//
// Tiles of 64 pixels that look like a picture tell that something moves. What is covered is more: all that changes in the tiles around
// them, in steps of 8, since a video ends anywhere; never anything outside the policy's places.
#pragma once

#include <functional>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "redaction/observation.h"

namespace frostgate::redaction {

// In every state at `from` < t < `to` the box shows what stood there at `from`; a covered one is covered from `from` on.
struct Hold {
  SessionTime from{};
  SessionTime to{};
  Rect box;
  bool covered = false;
};

// What is left of `rect` outside of `holes`, in disjoint pieces.
std::vector<Rect> pieces_outside(const Rect& rect, const std::vector<Rect>& holes);

class Motion {
 public:
  using Each = std::function<Result<void>(const Observation&)>;
  using Places = std::function<std::vector<Rect>()>;

  // The next state of the recording. Calls `each` with what is to be read of it: the state with what is held in it instead of
  // what moved on; sometimes before that the state before once more, with what then turned out to have come to rest.
  // `places` tells where the policy covers what moves, when the state has been read: in disjoint boxes.
  Result<void> next(const Observation& observation, const Places& places, const Each& each);
  // No state follows until `end`: what is held back yet is shown in the last one, but for what is covered and has not come to rest by then.
  Result<void> finish(SessionTime end, const Each& each);

  // By `from`. One that is not over goes on for ever, as far as is known.
  std::vector<Hold> holds() const;

 private:
  struct Tile {
    SessionTime first{};  // of the changes that followed one another closely
    SessionTime last{};
    int changes = 0;
    Rect changed;  // of its pixels, by all but the first of these: a window that opens is no part of what moves in it
  };
  struct Moving {
    Hold hold;
    Frame latest;  // what has come since, where something has
    SessionTime changed{};
    Rect tiles{};  // of a covered one: those that look like a video; counted in tiles
  };

  Rect tile_at(int column, int row) const { return Rect{column * kTile, row * kTile, kTile, kTile}.intersected(Rect::of(size_)); }
  int rows() const { return (size_.height + kTile - 1) / kTile; }
  void note(const Observation& observation);
  bool beside_covered(int column, int row) const;
  bool moves(const Tile& tile, SessionTime at) const;
  std::vector<Rect> moving_tiles(const Observation& observation, const std::vector<Rect>& besides) const;
  Rect whole_video(Rect tiles, const Observation& observation) const;
  Rect with_rim(const Rect& tiles, SessionTime at) const;
  bool due(const Moving& moving, SessionTime at) const;
  bool superseded(std::size_t index) const;
  Result<void> come_to_rest(SessionTime at, const Each& each);
  void end(Moving& moving, SessionTime to);
  void begin(const Observation& observation);
  void cover(const Observation& observation);
  void cover_part(const Observation& observation, Rect part, Rect tiles, const Rect& place);
  Result<void> show(const Observation& observation, const std::vector<Rect>& refreshed, const Each& each);

  static constexpr int kTile = 64;

  Size size_;
  int columns_ = 0;
  std::vector<Tile> tiles_;
  std::vector<Rect> places_;
  Frame before_;  // the state before; only while there are places
  std::vector<Moving> moving_;
  std::vector<Hold> over_;
  Frame shown_;  // with what is held; only while something is
  SessionTime last_{};
};

}  // namespace frostgate::redaction
