#include "redaction/colons.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <limits>

namespace frostgate::redaction {
namespace {

int middle(const Separator& columns) { return (columns.left + columns.right) / 2; }

int apart(const Rect& box, const Separator& columns) { return std::max({0, box.x - columns.right, columns.left - box.right()}); }

// Those that the engine has not read, there or near by.
std::vector<Colon> unread(const std::vector<Character>& read, std::span<const Colon> seen, int height) {
  std::vector<bool> told(seen.size(), false), used(read.size(), false);
  for (const int reach : {0, height}) {
    for (std::size_t k = 0; k < seen.size(); ++k) {
      std::size_t nearest = read.size();
      int least = reach + 1;
      for (std::size_t i = 0; i < read.size() && !told[k]; ++i) {
        const bool colon = read[i].code == U':' || read[i].code == U';';
        if (!colon || used[i] || apart(read[i].box, seen[k].ink) >= least) continue;
        nearest = i;
        least = apart(read[i].box, seen[k].ink);
      }
      if (nearest < read.size()) told[k] = used[nearest] = true;
    }
  }
  std::vector<Colon> rest;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    if (!told[k]) rest.push_back(seen[k]);
  }
  return rest;
}

// In place of what was read in its room, or between the letters beside it.
void put(std::vector<Character>& read, const Colon& colon, const Rect& line) {
  const Separator ink = colon.ink, room = colon.room;
  const auto within = [&](const Character& c) { return c.box.x >= room.left && c.box.right() <= room.right; };
  std::size_t taken = read.size();
  int nearest = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < read.size(); ++i) {
    const int away = std::abs(read[i].box.x + read[i].box.width / 2 - middle(ink));
    if (read[i].code != U' ' && read[i].code != U':' && within(read[i]) && away < nearest) taken = i, nearest = away;
  }
  std::size_t at = taken;
  if (taken < read.size()) {
    read.erase(read.begin() + static_cast<std::ptrdiff_t>(taken));
  } else {
    // A box that is far too wide begins with its letter.
    at = 0;
    while (at < read.size() && read[at].box.x + std::min(read[at].box.width, line.height) / 2 < middle(ink)) ++at;
  }
  bool blank = false;
  const auto drop_blank = [&](std::size_t i) {
    if (i >= read.size() || read[i].code != U' ' || apart(read[i].box, room) > 0) return false;
    read.erase(read.begin() + static_cast<std::ptrdiff_t>(i));
    return blank = true;
  };
  drop_blank(at);
  if (at > 0 && drop_blank(at - 1)) --at;
  if (at > 0) {
    Rect& before = read[at - 1].box;
    before.width = std::max(1, std::min(before.right(), room.left) - before.x);
  }
  if (at < read.size()) {
    Rect& behind = read[at].box;
    const int right = behind.right();
    behind.x = std::min(std::max(behind.x, room.right), std::max(behind.x, right - 1));
    behind.width = right - behind.x;
  }
  const auto box = [&](int left, int right) { return Rect{left, line.y, right - left, line.height}; };
  std::vector<Character> put{{U':', box(ink.left, ink.right), 1}};
  if (blank && room.right - ink.right >= std::max(2, line.height / 5)) put.push_back({U' ', box(ink.right, room.right), 1});
  read.insert(read.begin() + static_cast<std::ptrdiff_t>(at), put.begin(), put.end());
}

}  // namespace

std::vector<Character> with_colons(std::vector<Character> read, std::span<const Colon> seen, const Rect& line) {
  for (const Colon& colon : unread(read, seen, line.height)) put(read, colon, line);
  return read;
}

}  // namespace frostgate::redaction
