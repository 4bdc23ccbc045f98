// One step of the tracker from a state to the next: which lines that are seen now are what lines before became.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "codec/base/time.h"
#include "redaction/tracking/kinship.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// `until` ends what is over: the state before was covered to the end, even when both have the same time.
struct Step {
  Step(SessionTime at, SessionTime until, const Change& change, std::vector<LiveLine> old, std::vector<LiveLine> fresh);

  // Lines that did not change at all; then those that moved as they were; then those that something was added to or taken
  // from, where they stood or where others moved to. In this order.
  void match_unchanged();
  void match_moved();
  void match_changed();

  // Nothing more is to be found of it.
  bool settled_elsewhere(std::size_t old_line) const {
    return old[old_line].loose || ((carried[old_line] || moved_away[old_line]) && old[old_line].masks.empty());
  }

  // Nothing that is seen now is what became of it.
  bool left_without_heir(std::size_t old_line) const;

  SessionTime at{};
  SessionTime until{};
  Change change;
  std::vector<LiveLine> old;
  std::vector<LiveLine> fresh;
  std::vector<bool> settled;                 // fresh lines whose past is known
  std::vector<bool> moved_away;              // old lines found somewhere else, as they were
  std::vector<bool> carried;                 // old lines that did not change at all
  std::vector<std::size_t> heirs;            // fresh lines that old ones handed their lessons down to
  std::vector<std::vector<bool>> continued;  // per old line and mask: a fresh line has it at the same place, its entry stays open

 private:
  std::vector<Point> ways() const;
  void hand_down(std::size_t old_line, std::size_t fresh_line);
  void inherit(std::size_t old_line, std::size_t fresh_line, Point by, const Kinship& kinship);

  std::vector<std::pair<int, Point>> votes_;  // how many lines moved by what, most first
};

}  // namespace frostgate::redaction
