#include "redaction/regions/region_tracker.h"

#include <algorithm>
#include <utility>

#include "redaction/detectors/fold.h"
#include "redaction/lines/ground.h"
#include "redaction/regions/find_picture.h"
#include "redaction/regions/window_frame.h"

namespace frostgate::redaction {
namespace {

constexpr int kGrid = 64;
constexpr int kRim = 4;  // a little more than window_around goes beyond the edges

std::string comparable(const TextLine& line) {
  std::string text;
  for (const Character& character : line.characters) {
    if (character.code != U' ') text += fold(plain(character.code));
  }
  return text;
}

std::string comparable(const std::string& wanted) {
  std::string text = fold(plain_text(wanted));
  std::erase(text, ' ');
  return text;
}

// All of `screen` without `holes`, in disjoint pieces.
std::vector<Rect> outside(const Rect& screen, const std::vector<Rect>& holes) {
  std::vector<Rect> rest{screen};
  for (const Rect& hole : holes) {
    std::vector<Rect> smaller;
    for (const Rect& part : rest) {
      const Rect cut = part.intersected(hole);
      if (cut.empty()) {
        smaller.push_back(part);
        continue;
      }
      for (const Rect& piece : {Rect::between(part.x, part.y, part.right(), cut.y), Rect::between(part.x, cut.bottom(), part.right(), part.bottom()),
                                Rect::between(part.x, cut.y, cut.x, cut.bottom()), Rect::between(cut.right(), cut.y, part.right(), cut.bottom())}) {
        if (!piece.empty()) smaller.push_back(piece);
      }
    }
    rest = std::move(smaller);
  }
  return rest;
}

// Whether ink of `before` is still there, `box` being its place on the screen.
bool ink_remains(FrameView frame, const Rect& box, FrameView before) {
  const Colour ground = modal_colour(before, Rect::of(before.size));
  int ink = 0, same = 0;
  for (int y = 0; y < box.height; ++y) {
    for (int x = 0; x < box.width; ++x) {
      const Colour colour = colour_of(before.at(x, y));
      if (colour == ground) continue;
      ++ink;
      same += colour == colour_of(frame.at(box.x + x, box.y + y));
    }
  }
  return ink > 0 && same * 20 >= ink;
}

}  // namespace

RegionTracker::RegionTracker(std::vector<RegionRule> rules) {
  for (RegionRule& rule : rules) {
    if (rule.kind == RegionKind::window || rule.kind == RegionKind::label) rule.text = comparable(rule.text);
    followers_.push_back({std::move(rule), {}, {}, {}});
  }
}

std::vector<Rect> RegionTracker::find(const RegionRule& rule, FrameView frame, const std::vector<TextLine>& lines) const {
  std::vector<Rect> anchors, places;
  if (rule.kind == RegionKind::rectangle) return {rule.on(frame.size)};
  if (rule.kind == RegionKind::picture) {
    anchors = find_picture(frame, rule.picture->view());
  } else {
    for (const TextLine& line : lines) {
      if (comparable(line).find(rule.text) != std::string::npos) anchors.push_back(line.box);
    }
  }
  for (const Rect& anchor : anchors) {
    Rect place = anchor;
    if (rule.kind == RegionKind::window || rule.width == 0) {
      place = window_around(frame, anchor);
    } else {
      place = {anchor.x + static_cast<int>(rule.x), anchor.y + static_cast<int>(rule.y), static_cast<int>(rule.width), static_cast<int>(rule.height)};
    }
    place = place.intersected(Rect::of(frame.size));
    if (!place.empty()) places.push_back(place);
  }
  return places;
}

void RegionTracker::place_rectangles(Size screen) {
  for (Follower& follower : followers_) {
    if (follower.rule.kind == RegionKind::rectangle) follower.found = {follower.rule.on(screen)};
  }
}

void RegionTracker::follow(SessionTime before, SessionTime at, FrameView frame, const std::vector<TextLine>& lines) {
  bool looked_for = false;
  for (Follower& follower : followers_) {
    const RegionRule& rule = follower.rule;
    std::vector<Rect> found = find(rule, frame, lines);
    if (rule.kind != RegionKind::rectangle) {
      looked_for = true;
      leave_behind(follower, frame, found);
    }
    follower.found = std::move(found);
    std::vector<Rect> boxes = rule.everything_but ? outside(Rect::of(frame.size), follower.found) : follower.found;
    if (!rule.redact) continue;
    for (const Leftover& leftover : follower.leftovers) boxes.push_back(leftover.box);
    cover(follower, before, at, std::move(boxes));
  }
  if (looked_for) last_ = Frame::copy_of(frame);
}

// Where the region was, and is not found again, its pixels may remain.
void RegionTracker::leave_behind(Follower& follower, FrameView frame, const std::vector<Rect>& found) {
  if (last_.size() != frame.size || !follower.rule.redact || follower.rule.everything_but) {
    follower.leftovers.clear();
    return;
  }
  for (const Rect& place_before : follower.found) {
    // The rim of a window's place is what surrounds it.
    const bool window = follower.rule.kind == RegionKind::window || follower.rule.width == 0;
    const Rect old = window ? place_before.expanded(-kRim, -kRim) : place_before;
    if (old.empty() || std::any_of(found.begin(), found.end(), [&](const Rect& place) { return place.contains(old); })) continue;
    for (int y = old.y; y < old.bottom(); y += kGrid) {
      for (int x = old.x; x < old.right(); x += kGrid) {
        const Rect box = Rect{x, y, kGrid, kGrid}.intersected(old);
        follower.leftovers.push_back({box, Frame::copy_of(last_.view().part(box))});
      }
    }
  }
  std::erase_if(follower.leftovers, [&](const Leftover& leftover) {
    const bool found_again = std::any_of(found.begin(), found.end(), [&](const Rect& place) { return place.contains(leftover.box); });
    return found_again || !ink_remains(frame, leftover.box, leftover.before.view());
  });
}

void RegionTracker::cover(Follower& follower, SessionTime before, SessionTime at, std::vector<Rect> boxes) {
  std::vector<Place> covered;
  for (Place& place : follower.covered) {
    const auto again = std::find_if(boxes.begin(), boxes.end(), [&](const Rect& box) { return box == place.box; });
    if (again == boxes.end()) {
      past_.push_back({follower.rule.name, place.since, std::max(at, before + SessionTime(1)), place.box});
    } else {
      covered.push_back(place);
      boxes.erase(again);
    }
  }
  for (const Rect& box : boxes) covered.push_back({box, before});
  follower.covered = std::move(covered);
}

bool RegionTracker::covers(const Rect& box) const {
  return std::any_of(followers_.begin(), followers_.end(), [&](const Follower& follower) {
    return std::any_of(follower.covered.begin(), follower.covered.end(), [&](const Place& place) { return place.box.intersects(box); });
  });
}

const RegionRule* RegionTracker::open_rule_at(const Rect& box) const {
  for (const Follower& follower : followers_) {
    if (follower.rule.redact) continue;
    const auto within = [&](const Rect& place) { return place.contains(box); };
    const auto touches = [&](const Rect& place) { return place.intersects(box); };
    const bool inside = follower.rule.everything_but ? std::none_of(follower.found.begin(), follower.found.end(), touches)
                                                     : std::any_of(follower.found.begin(), follower.found.end(), within);
    if (inside) return &follower.rule;
  }
  return nullptr;
}

std::vector<Rect> RegionTracker::covered_while_moving(Size screen) const {
  std::vector<Rect> covered, decided;
  for (const Follower& follower : followers_) {
    if (follower.rule.redact) continue;
    for (const Rect& place : follower.rule.everything_but ? outside(Rect::of(screen), follower.found) : follower.found) {
      if (follower.rule.moving == Moving::cover) {
        for (const Rect& piece : outside(place.intersected(Rect::of(screen)), decided)) {
          if (!piece.empty()) covered.push_back(piece);
        }
      }
      decided.push_back(place);
    }
  }
  return covered;
}

std::vector<RegionArea> RegionTracker::areas() const {
  std::vector<RegionArea> areas = past_;
  for (const Follower& follower : followers_) {
    for (const Place& place : follower.covered) areas.push_back({follower.rule.name, place.since, SessionTime::max(), place.box});
  }
  std::stable_sort(areas.begin(), areas.end(), [](const RegionArea& a, const RegionArea& b) { return a.from < b.from; });
  return areas;
}

}  // namespace frostgate::redaction
