// Follows lines through time, so that a mask reaches back to the birth of its line and forward until its pixels were
// read clean.
#pragma once

#include <cstddef>
#include <cstdint>
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
  // the same. `before` is the screen at the state before; `last` its time. The two may differ in size.
  void replace(SessionTime last, SessionTime at, FrameView before, FrameView after, const std::vector<bool>& gone,
               std::vector<LiveLine> fresh);

  // lines()[line] shows something on `screen` that `box` must hide: now, and ever since the line was born.
  void mask(FrameView screen, std::size_t line, const std::string& rule, const Rect& box);

  // lines()[line] is covered otherwise: it teaches nothing.
  void hide_lessons(std::size_t line) { lines_[line].hide_lessons(); }
  // What the lines that are over may teach: those that never were covered. The rest of it is only counted.
  Lessons take_lessons() { return std::exchange(over_, {}); }
  // Nothing comes after: all lines are over.
  void end_lessons();

  // What was decided, when nothing comes after: what is covered now stays covered.
  Ledger ledger() const;

 private:
  void bury(Step& step);
  void close(const LiveMask& mask, SessionTime to);
  void settle(LiveLine& old);
  std::uint32_t secret_at(const LiveLine& line, const std::string& rule, const Rect& box);

  std::vector<LiveLine> lines_;  // sorted by y, then x
  Ledger ledger_;
  Lessons over_;
  std::uint32_t secrets_ = 0;  // masked so far
};

}  // namespace frostgate::redaction
