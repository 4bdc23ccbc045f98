#include "redaction/tracking/live_line.h"

#include <algorithm>

namespace frostgate::redaction {

LiveMask LiveMask::moved(Point by, SessionTime at) const {
  LiveMask there = *this;
  there.box = redaction::moved(box, by);
  there.from = at;
  for (HiddenInk& ink : there.hidden) ink = ink.moved(by);
  return there;
}

bool LiveMask::stands_on(FrameView screen) const {
  return std::any_of(hidden.begin(), hidden.end(), [&](const HiddenInk& ink) { return ink.stands_on(screen); });
}

bool LiveMask::needed_on(FrameView screen, const LiveLine& line) const {
  return stands_on(screen) || std::any_of(hidden.begin(), hidden.end(), [&](const HiddenInk& ink) {
    return ink.makes_up(screen, line) || (line.reading->kind == LineKind::read && ink.told_by(line));
  });
}

bool LiveMask::hides_only(const Rect& within) const {
  return std::all_of(hidden.begin(), hidden.end(), [&](const HiddenInk& ink) { return within.contains(ink.place()); });
}

TextLine LiveLine::text() const {
  TextLine text{line.box, reading->characters, panel_end, reading->kind == LineKind::read};
  for (Character& character : text.characters) {
    character.box.x += line.box.x;
    character.box.y += line.box.y;
  }
  return text;
}

}  // namespace frostgate::redaction
