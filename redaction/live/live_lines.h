// What somebody who watches live must not see yet, beyond what is covered already: lines that are still changing, what stands where
// somebody may be typing, and whatever is not plainly a word, since a label or the rest of it may only come later. No thread, no clock.
#pragma once

#include <deque>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/lines/line_cache.h"
#include "redaction/lines/line_hash.h"
#include "redaction/plan.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// A line is shown live at a time only when it has stayed the same for so long after that time.
inline constexpr SessionTime kLiveHold = std::chrono::seconds(2);

class LiveLines {
 public:
  // All lines on screen in the state at `at`. Times never go back.
  void observe(SessionTime at, const std::vector<LiveLine>& lines);

  // For the times up to `head` - kLiveHold, when nothing but what was observed has happened up to `head`. Times that are too long ago
  // are covered as a whole.
  std::vector<UnreadArea> covers(SessionTime head) const;

 private:
  struct Line {
    LineHash hash;
    LineBox line;
    ReadingPtr reading;
  };
  struct State {
    SessionTime at{};
    std::vector<Line> lines;
    std::vector<LineHash> hashes;  // sorted
    bool has(const LineHash& hash) const;
  };

  void follow_cursor(const State& state);
  SessionTime lost_at(std::size_t state, const LineHash& hash) const;
  void cover(const Line& line, SessionTime from, SessionTime to, std::vector<UnreadArea>& out) const;

  std::deque<State> states_;      // the latest
  std::vector<LineHash> cursor_;  // sorted; lines that may be typed on
};

}  // namespace frostgate::redaction
