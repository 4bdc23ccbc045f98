#include "redaction/tracking/live_line.h"

#include <algorithm>

namespace frostgate::redaction {
namespace {

constexpr std::size_t kMostHidden = 16;  // of one mask: a secret is rarely in more than two pieces

}  // namespace

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

bool LiveMask::made_up_by(FrameView screen, const LiveLine& line) const {
  return std::any_of(hidden.begin(), hidden.end(), [&](const HiddenInk& ink) { return ink.makes_up(screen, line); });
}

bool LiveMask::leaves_traces(FrameView screen, std::span<const Rect> read) const {
  return std::any_of(hidden.begin(), hidden.end(), [&](const HiddenInk& ink) { return ink.leaves_traces(screen, read); });
}

bool LiveMask::needed_on(FrameView screen, const LiveLine& line) const {
  return stands_on(screen) || std::any_of(hidden.begin(), hidden.end(), [&](const HiddenInk& ink) {
    return ink.makes_up(screen, line) || (line.reading->kind == LineKind::read && ink.told_by(line));
  });
}

bool LiveMask::hides_only(const Rect& within) const {
  return std::all_of(hidden.begin(), hidden.end(), [&](const HiddenInk& ink) { return within.contains(ink.place()); });
}

void add_mask(LiveLine& line, LiveMask mask) {
  for (std::size_t i = 0; i < line.masks.size();) {
    const LiveMask& present = line.masks[i];
    if (present.rule != mask.rule || !present.box.intersects(mask.box)) {
      ++i;
      continue;
    }
    mask.box = mask.box.united(present.box);
    mask.from = std::min(mask.from, present.from);
    mask.to_birth = mask.to_birth && present.to_birth;
    mask.secret = std::min(mask.secret, present.secret);
    for (const HiddenInk& ink : present.hidden) {
      if (mask.hidden.size() < kMostHidden && std::find(mask.hidden.begin(), mask.hidden.end(), ink) == mask.hidden.end()) mask.hidden.push_back(ink);
    }
    line.masks.erase(line.masks.begin() + static_cast<std::ptrdiff_t>(i));
    i = 0;  // what it has become may touch others
  }
  line.masks.push_back(std::move(mask));
}

TextLine LiveLine::text() const { return text(reading->characters); }

TextLine LiveLine::text(const std::vector<Character>& characters) const {
  TextLine text{line.box, characters, panel_end, reading->kind == LineKind::read};
  for (Character& character : text.characters) {
    character.box.x += line.box.x;
    character.box.y += line.box.y;
  }
  return text;
}

}  // namespace frostgate::redaction
