// Follows lines through time, so that a mask reaches back to the birth of its line and forward until its pixels were
// read clean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/time.h"
#include "redaction/tracking/ledger.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

struct Step;

class Tracker {
 public:
  const std::vector<LiveLine>& lines() const { return lines_; }

  // The lines with `gone` set have been looked at again: `fresh` is what now stands there, and some of them may well be
  // the same. `before` is the screen at the state before, `last` its time, and nothing differs outside of `changed`. The two may differ in size.
  void replace(SessionTime last, SessionTime at, FrameView before, FrameView after, std::span<const Rect> changed, const std::vector<bool>& gone,
               std::vector<LiveLine> fresh);

  // lines()[line] shows something that `box` must hide: now, and ever since the line was born. `change` is that of the last replace().
  void mask(const Change& change, std::size_t line, const std::string& rule, const Rect& box);

  // Type that is no line, which was looked for after the masks of a state.
  void add(SessionTime at, std::vector<LiveLine> loose);

  // After the masks of a state: what is covered as unread, and lies wholly in a mask, is not covered for itself.
  void settle_unread(SessionTime at);

  // lines()[line] is covered otherwise: it teaches nothing.
  void hide_lessons(std::size_t line) { lines_[line].hide_lessons(); }
  // What the lines that are over may teach: those that never were covered. The rest of it is only counted.
  Lessons take_lessons() { return std::exchange(over_, {}); }
  // Nothing comes after: all lines are over.
  void end_lessons();

  // What was decided, when nothing comes after: what is covered now stays covered.
  Ledger ledger() const;

 private:
  // A mask that is over but stays a little.
  struct Held {
    LiveMask mask;
    SessionTime until{};
  };

  // A line that went away, as under a window, before anything was found in it.
  struct Vanished {
    HiddenInk ink;
    std::vector<Placement> history;
  };

  void bury(Step& step);
  bool still_shows(const Step& step, const LiveMask& mask) const;
  std::vector<Rect> read_in(const Step& step, const Rect& box) const;
  void unearth(Step& step, std::span<const Rect> changed);
  void sort();
  void end(const Step& step, const LiveMask& mask);
  void close(const LiveMask& mask, SessionTime to);
  void settle(LiveLine& old);
  // Covers the mask's box wherever its line was.
  void reach_back(const std::vector<Placement>& history, const Mask& mask);
  std::uint32_t secret_at(const LiveLine& line, const std::string& rule, const Rect& box);

  std::vector<LiveLine> lines_;  // sorted by y, then x
  SessionTime last_{};
  SessionTime at_{};
  std::vector<Held> held_;
  std::deque<Vanished> vanished_;  // latest last
  std::deque<LiveMask> ended_;  // latest last; what they hid may be uncovered again
  Ledger ledger_;
  Lessons over_;
  std::uint32_t secrets_ = 0;  // masked so far
};

}  // namespace frostgate::redaction
