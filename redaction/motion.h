// Areas that keep changing like a video: they are not read in every state. They hold a picture that was read, and once a second
// the next one is read and shown; or, where the policy says so, they are covered while they move. Pure.
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

  // The next state of the recording. Calls `each` with what is to be read of it: the state with what is held in it instead of
  // what moved on; sometimes before that the state before once more, with what then turned out to have come to rest.
  // `covers` says whether the policy covers a box that moves.
  Result<void> next(const Observation& observation, const std::function<bool(const Rect&)>& covers, const Each& each);
  // No state follows: what is held back yet is shown in the last one.
  Result<void> finish(const Each& each);

  // By `from`. One that is not over goes on for ever, as far as is known.
  std::vector<Hold> holds() const;

 private:
  struct Tile {
    SessionTime first{};  // of the changes that followed one another closely
    SessionTime last{};
    int changes = 0;
  };
  struct Moving {
    Hold hold;
    Frame latest;  // what has come since, where something has
    SessionTime changed{};
  };

  void note(const Observation& observation);
  bool moves(const Tile& tile, SessionTime at) const;
  std::vector<Rect> moving_boxes(const Observation& observation) const;
  bool due(const Moving& moving, SessionTime at) const;
  Result<void> come_to_rest(SessionTime at, const Each& each);
  void end(Moving& moving, SessionTime to);
  void begin(const Observation& observation, const std::function<bool(const Rect&)>& covers);
  Result<void> show(const Observation& observation, const std::vector<Rect>& refreshed, const Each& each);

  Size size_;
  int columns_ = 0;
  std::vector<Tile> tiles_;
  std::vector<Moving> moving_;
  std::vector<Hold> over_;
  Frame shown_;  // with what is held; only while something is
  SessionTime last_{};
};

}  // namespace frostgate::redaction
