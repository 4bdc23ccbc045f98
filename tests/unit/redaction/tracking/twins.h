// What two films of the same events with other secrets show of them.
#pragma once

#include <algorithm>

#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {

inline bool covers(const Film& film, SessionTime at, const Rect& pixel) {
  const auto holds = [&](const auto& entry) { return entry.from <= at && at < entry.to && entry.box.contains(pixel); };
  return std::any_of(film.masks.begin(), film.masks.end(), holds) || std::any_of(film.unread.begin(), film.unread.end(), holds);
}

// Where a film shows, uncovered, what its twin's screen did not have: ink of a secret. How high and wide boxes are, and what is covered
// beside them, is not asked here.
inline Rect shown_ink(const Film& film, const Frame& screen, const Frame& twin, std::size_t state) {
  const SessionTime at = kStep * static_cast<int>(state);
  Rect out;
  for (int y = 0; y < screen.size().height; ++y) {
    for (int x = 0; x < screen.size().width; ++x) {
      const Colour colour = colour_of(screen.view().at(x, y));
      if (colour == colour_of(twin.view().at(x, y)) || covers(film, at, {x, y, 1, 1})) continue;
      out = out.united({x, y, 1, 1});
    }
  }
  return out;
}

}  // namespace frostgate::redaction
