#include "redaction/motion.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "redaction/cover.h"
#include "redaction/lines/colour.h"

namespace frostgate::redaction {
namespace {

using std::chrono::milliseconds;

constexpr int kFewestTiles = 2;       // across and down: less is an icon or a cursor
constexpr int kMovingShare = 60;      // percent of a box's tiles
constexpr int kPlainShare = 30;       // percent of pixels like their left neighbour: paper and drawings have more
constexpr auto kClose = milliseconds(600);    // between changes of one motion
constexpr auto kSettled = milliseconds(2000); // it takes so long to be one
constexpr int kFewestChanges = 6;
constexpr auto kSample = milliseconds(1000);
constexpr auto kLongest = milliseconds(2000);  // no picture is held longer

// Whether it looks like a picture: text, of whatever is written on and on, is read in every state.
bool looks_like_a_picture(FrameView frame, const Rect& tile) {
  int plain = 0;
  for (int y = tile.y; y < tile.bottom(); ++y) {
    Colour left = colour_of(frame.at(tile.x, y));
    for (int x = tile.x + 1; x < tile.right(); ++x) {
      const Colour here = colour_of(frame.at(x, y));
      plain += here == left;
      left = here;
    }
  }
  return plain * 100 < static_cast<int>(tile.area()) * kPlainShare;
}

// A sky, or the dark around a picture: nothing in it stands out like ink.
bool is_smooth(FrameView frame, const Rect& tile) {
  for (int y = tile.y; y < tile.bottom(); ++y) {
    for (int x = tile.x; x < tile.right(); ++x) {
      const Colour here = colour_of(frame.at(x, y));
      if (x > tile.x && distance(here, colour_of(frame.at(x - 1, y))) >= kInkDistance) return false;
      if (y > tile.y && distance(here, colour_of(frame.at(x, y - 1))) >= kInkDistance) return false;
    }
  }
  return true;
}

// The box around all pixels of `area` that differ.
Rect difference(FrameView before, FrameView frame, const Rect& area) {
  Rect box;
  for (int y = area.y; y < area.bottom(); ++y) {
    const std::uint8_t* was = before.at(area.x, y);
    const std::uint8_t* is = frame.at(area.x, y);
    const auto same = [&](int x) { return std::memcmp(was + x * kBytesPerPixel, is + x * kBytesPerPixel, kBytesPerPixel) == 0; };
    int left = 0, right = area.width;
    while (left < right && same(left)) ++left;
    while (right > left && same(right - 1)) --right;
    if (left < right) box = box.united(Rect::between(area.x + left, y, area.x + right, y + 1));
  }
  return box;
}

// Connected tiles, as rectangles of tiles.
std::vector<Rect> clusters(std::vector<bool> moving, int columns, int rows) {
  std::vector<Rect> boxes;
  std::vector<int> open;
  for (int start = 0; start < columns * rows; ++start) {
    if (!moving[static_cast<std::size_t>(start)]) continue;
    Rect box;
    int count = 0;
    const auto visit = [&](int x, int y) {
      const int index = y * columns + x;
      if (x < 0 || y < 0 || x >= columns || y >= rows || !moving[static_cast<std::size_t>(index)]) return;
      moving[static_cast<std::size_t>(index)] = false;
      open.push_back(index);
      box = box.united({x, y, 1, 1});
      ++count;
    };
    visit(start % columns, start / columns);
    while (!open.empty()) {
      const int x = open.back() % columns, y = open.back() / columns;
      open.pop_back();
      visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
    }
    if (box.width >= kFewestTiles && box.height >= kFewestTiles && count * 100 >= box.width * box.height * kMovingShare) boxes.push_back(box);
  }
  return boxes;
}

}  // namespace

std::vector<Rect> pieces_outside(const Rect& rect, const std::vector<Rect>& holes) {
  std::vector<Rect> pieces{rect};
  for (const Rect& hole : holes) {
    std::vector<Rect> rest;
    for (const Rect& piece : pieces) {
      const Rect inside = piece.intersected(hole);
      if (inside.empty()) {
        rest.push_back(piece);
        continue;
      }
      const Rect around[] = {Rect::between(piece.x, piece.y, piece.right(), inside.y), Rect::between(piece.x, inside.bottom(), piece.right(), piece.bottom()),
                             Rect::between(piece.x, inside.y, inside.x, inside.bottom()), Rect::between(inside.right(), inside.y, piece.right(), inside.bottom())};
      std::copy_if(std::begin(around), std::end(around), std::back_inserter(rest), [](const Rect& part) { return !part.empty(); });
    }
    pieces = std::move(rest);
  }
  return pieces;
}

Result<void> Motion::next(const Observation& observation, const Places& places, const Each& each) {
  const SessionTime at = observation.at;
  if (observation.frame.size != size_) {
    for (Moving& moving : moving_) end(moving, at);
    moving_.clear();
    shown_ = Frame();
    before_ = Frame();
    size_ = observation.frame.size;
    columns_ = (size_.width + kTile - 1) / kTile;
    tiles_.assign(static_cast<std::size_t>(columns_) * rows(), Tile());
  }
  TRY(come_to_rest(at, each));
  note(observation);
  std::vector<Rect> refreshed;
  for (std::size_t i = 0; i < moving_.size();) {
    Moving& moving = moving_[i];
    if (due(moving, at) || superseded(i)) {
      end(moving, at);
      refreshed.push_back(moving.hold.box);
      moving_.erase(moving_.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    if (observation.damage.intersects(moving.hold.box)) {
      moving.latest = Frame::copy_of(observation.frame.part(moving.hold.box));
      moving.changed = at;
    }
    ++i;
  }
  TRY(show(observation, refreshed, each));
  places_ = places();
  begin(observation);
  last_ = at;
  return {};
}

Result<void> Motion::finish(SessionTime end, const Each& each) {
  TRY(come_to_rest(end, each));
  std::erase_if(moving_, [&](const Moving& moving) {
    if (moving.hold.covered) over_.push_back(moving.hold);
    return moving.hold.covered;
  });
  return come_to_rest(SessionTime::max(), each);
}

std::vector<Hold> Motion::holds() const {
  std::vector<Hold> all = over_;
  for (const Moving& moving : moving_) all.push_back(moving.hold);
  std::stable_sort(all.begin(), all.end(), [](const Hold& a, const Hold& b) { return a.from < b.from; });
  return all;
}

void Motion::note(const Observation& observation) {
  std::vector<bool> seen(tiles_.size(), false);
  for (const Rect& rect : observation.damage.rects()) {
    const Rect area = rect.intersected(Rect::of(size_));
    if (area.empty()) continue;
    for (int row = area.y / kTile; row <= (area.bottom() - 1) / kTile; ++row) {
      for (int column = area.x / kTile; column <= (area.right() - 1) / kTile; ++column) {
        const auto index = static_cast<std::size_t>(row) * columns_ + column;
        if (seen[index]) continue;
        seen[index] = true;
        Tile& tile = tiles_[index];
        if (tile.changes == 0 || observation.at - tile.last > kClose) tile = {observation.at, observation.at, 0, {}};
        if (before_.size() == size_) {
          const Rect place = tile_at(column, row);
          // At the edge of what is covered every change counts: there it may go slowly.
          if (tile.changes > 0 || beside_covered(column, row)) tile.changed = tile.changed.united(difference(before_.view(), observation.frame, place));
          before_.copy_from(observation.frame, place);
        }
        tile.last = observation.at;
        ++tile.changes;
      }
    }
  }
}

bool Motion::moves(const Tile& tile, SessionTime at) const {
  return tile.changes >= kFewestChanges && tile.last - tile.first >= kSettled && at - tile.last <= kClose;
}

bool Motion::beside_covered(int column, int row) const {
  return std::any_of(moving_.begin(), moving_.end(), [&](const Moving& moving) { return moving.tiles.expanded(1, 1).intersects({column, row, 1, 1}); });
}

// What looks like a video, in tiles, beside what is held already.
std::vector<Rect> Motion::moving_tiles(const Observation& observation, const std::vector<Rect>& besides) const {
  std::vector<bool> moving(tiles_.size(), false);
  bool any = false;
  for (std::size_t i = 0; i < tiles_.size(); ++i) {
    if (!moves(tiles_[i], observation.at)) continue;
    const Rect tile = tile_at(static_cast<int>(i) % columns_, static_cast<int>(i) / columns_);
    const bool held = std::any_of(besides.begin(), besides.end(), [&](const Rect& other) { return other.intersects(tile); });
    moving[i] = !held && looks_like_a_picture(observation.frame, tile);
    any = any || moving[i];
  }
  return any ? clusters(std::move(moving), columns_, rows()) : std::vector<Rect>();
}

// With its parts that do not look like a picture but are as smooth as no text is, as far as most of a side goes on so; or that of the row
// of tiles behind it, where the smooth part begins within a tile.
Rect Motion::whole_video(Rect tiles, const Observation& observation) const {
  const auto most = [&](const Rect& side, bool alike) {
    int like = 0;
    const Rect there = side.intersected({0, 0, columns_, rows()});
    for (int row = there.y; row < there.bottom(); ++row) {
      for (int column = there.x; column < there.right(); ++column) {
        const Tile& tile = tiles_[static_cast<std::size_t>(row) * columns_ + column];
        const Rect place = tile_at(column, row);
        // Not where only its edge is, and not paper that is drawn again and again.
        if (!moves(tile, observation.at) || tile.changed.area() * 2 < place.area()) continue;
        like += !alike || looks_like_a_picture(observation.frame, place) || is_smooth(observation.frame, place);
      }
    }
    return !there.empty() && like * 100 >= there.area() * kMovingShare;
  };
  for (bool grown = true; grown;) {
    grown = false;
    for (const Point step : {Point{0, -1}, Point{0, 1}, Point{-1, 0}, Point{1, 0}}) {
      const auto side = [&](int distance) {
        const int x = step.x > 0 ? tiles.right() + distance - 1 : tiles.x - (step.x < 0 ? distance : 0);
        const int y = step.y > 0 ? tiles.bottom() + distance - 1 : tiles.y - (step.y < 0 ? distance : 0);
        return Rect{x, y, step.x ? 1 : tiles.width, step.y ? 1 : tiles.height};
      };
      if (!most(side(1), true) && !(most(side(1), false) && most(side(2), true))) continue;
      tiles = tiles.united(side(1));
      grown = true;
    }
  }
  return tiles;
}

// The pixels of the tiles, and all that changes in those around them.
Rect Motion::with_rim(const Rect& tiles, SessionTime at) const {
  Rect box{tiles.x * kTile, tiles.y * kTile, tiles.width * kTile, tiles.height * kTile};
  const Rect around = tiles.expanded(1, 1).intersected({0, 0, columns_, rows()});
  for (int row = around.y; row < around.bottom(); ++row) {
    for (int column = around.x; column < around.right(); ++column) {
      const Tile& tile = tiles_[static_cast<std::size_t>(row) * columns_ + column];
      if (at - tile.last <= kClose) box = box.united(tile.changed);
    }
  }
  return snapped_outwards(box);
}

bool Motion::due(const Moving& moving, SessionTime at) const {
  return at - (moving.hold.covered ? std::max(moving.changed, moving.hold.from) : moving.hold.from) >= kSample;
}

// Whether the policy's place has gone on with a covered one. Where it is not found any more what moves stays covered.
bool Motion::superseded(std::size_t index) const {
  const Rect& box = moving_[index].hold.box;
  if (!moving_[index].hold.covered || std::any_of(places_.begin(), places_.end(), [&](const Rect& place) { return place.contains(box); })) return false;
  return std::any_of(moving_.begin() + static_cast<std::ptrdiff_t>(index) + 1, moving_.end(),
                     [&](const Moving& other) { return other.hold.covered && other.hold.box.intersects(box); });
}

// What would be held for too long until `at`: the state before shows it already.
Result<void> Motion::come_to_rest(SessionTime at, const Each& each) {
  Region refreshed;
  for (std::size_t i = 0; i < moving_.size();) {
    Moving& moving = moving_[i];
    const SessionTime since = moving.hold.covered ? std::max(moving.changed, moving.hold.from) : moving.hold.from;
    if (at <= since + kLongest) {
      ++i;
      continue;
    }
    if (moving.latest.size() != Size()) {
      for (int y = 0; y < moving.hold.box.height; ++y) {
        std::copy_n(moving.latest.row(y), moving.latest.stride(), shown_.row(moving.hold.box.y + y) + std::ptrdiff_t{moving.hold.box.x} * kBytesPerPixel);
      }
      refreshed.add(moving.hold.box);
    }
    end(moving, last_);
    moving_.erase(moving_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (refreshed.empty()) return {};
  return each({last_, shown_.view(), refreshed});
}

void Motion::end(Moving& moving, SessionTime to) {
  moving.hold.to = to;
  const bool stale = moving.latest.size() != Size();
  if (to > moving.hold.from && (stale || moving.hold.covered)) over_.push_back(moving.hold);
}

// What moves now is shown as it is in this state, which has been read, and held from then on.
void Motion::begin(const Observation& observation) {
  cover(observation);
  std::vector<Rect> held;
  for (const Moving& moving : moving_) held.push_back(moving.hold.box);
  for (const Rect& tiles : moving_tiles(observation, held)) {
    const Rect box = Rect{tiles.x * kTile, tiles.y * kTile, tiles.width * kTile, tiles.height * kTile}.intersected(Rect::of(size_));
    const auto meets = [&](const Moving& other) { return other.hold.box.intersects(box); };
    if (std::none_of(moving_.begin(), moving_.end(), meets)) moving_.push_back({{observation.at, SessionTime::max(), box, false}, {}, observation.at});
  }
  if (moving_.empty()) {
    shown_ = Frame();
  } else if (shown_.size() != size_) {
    shown_ = Frame::copy_of(observation.frame);
  }
}

// Where a place has a part of a video, that part is covered, and what it grows by.
void Motion::cover(const Observation& observation) {
  if (places_.empty()) {
    before_ = Frame();
    return;
  }
  if (before_.size() != size_) before_ = Frame::copy_of(observation.frame);
  std::vector<Rect> videos = moving_tiles(observation, {});
  for (const Moving& moving : moving_) {
    if (moving.hold.covered) videos.push_back(moving.tiles);
  }
  for (const Rect& video : videos) {
    const Rect tiles = whole_video(video, observation);
    const Rect box = with_rim(tiles, observation.at);
    for (const Rect& place : places_) cover_part(observation, box.intersected(place).intersected(Rect::of(size_)), tiles, place);
  }
}

void Motion::cover_part(const Observation& observation, Rect part, Rect tiles, const Rect& place) {
  if (part.empty()) return;
  for (Moving& moving : moving_) {
    if (!moving.hold.covered || !moving.hold.box.contains(part)) continue;
    moving.tiles = moving.tiles.united(tiles);
    return;
  }
  // Those of this place go on in it.
  std::erase_if(moving_, [&](Moving& moving) {
    if (!moving.hold.covered || !moving.hold.box.intersects(part) || !place.contains(moving.hold.box)) return false;
    end(moving, observation.at);
    part = part.united(moving.hold.box);
    tiles = tiles.united(moving.tiles);
    return true;
  });
  moving_.push_back({{observation.at, SessionTime::max(), part, true}, Frame::copy_of(observation.frame.part(part)), observation.at, tiles});
}

Result<void> Motion::show(const Observation& observation, const std::vector<Rect>& refreshed, const Each& each) {
  if (shown_.size() != size_) return each(observation);
  std::vector<Rect> held;
  for (const Moving& moving : moving_) held.push_back(moving.hold.box);
  Region damage;
  const auto take = [&](const Rect& rect) {
    for (const Rect& piece : pieces_outside(rect.intersected(Rect::of(size_)), held)) {
      shown_.copy_from(observation.frame, piece);
      damage.add(piece);
    }
  };
  for (const Rect& rect : observation.damage.rects()) take(rect);
  for (const Rect& box : refreshed) take(box);
  return each({observation.at, shown_.view(), std::move(damage)});
}

}  // namespace frostgate::redaction
