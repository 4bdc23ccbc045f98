#include "redaction/motion.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "redaction/lines/colour.h"

namespace frostgate::redaction {
namespace {

using std::chrono::milliseconds;

constexpr int kTile = 64;
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

Result<void> Motion::next(const Observation& observation, const std::function<bool(const Rect&)>& covers, const Each& each) {
  const SessionTime at = observation.at;
  if (observation.frame.size != size_) {
    for (Moving& moving : moving_) end(moving, at);
    moving_.clear();
    shown_ = Frame();
    size_ = observation.frame.size;
    columns_ = (size_.width + kTile - 1) / kTile;
    tiles_.assign(static_cast<std::size_t>(columns_) * ((size_.height + kTile - 1) / kTile), Tile());
  }
  TRY(come_to_rest(at, each));
  note(observation);
  std::vector<Rect> refreshed;
  for (std::size_t i = 0; i < moving_.size();) {
    Moving& moving = moving_[i];
    if (due(moving, at)) {
      end(moving, at);
      refreshed.push_back(moving.hold.box);
      moving_.erase(moving_.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    if (observation.damage.intersects(moving.hold.box)) {
      moving.latest = Frame({moving.hold.box.width, moving.hold.box.height});
      for (int y = 0; y < moving.hold.box.height; ++y) {
        std::copy_n(observation.frame.at(moving.hold.box.x, moving.hold.box.y + y), moving.latest.stride(), moving.latest.row(y));
      }
      moving.changed = at;
    }
    ++i;
  }
  TRY(show(observation, refreshed, each));
  begin(observation, covers);
  last_ = at;
  return {};
}

Result<void> Motion::finish(const Each& each) {
  TRY(come_to_rest(SessionTime::max(), each));
  return {};
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
        if (tile.changes == 0 || observation.at - tile.last > kClose) tile = {observation.at, observation.at, 0};
        tile.last = observation.at;
        ++tile.changes;
      }
    }
  }
}

bool Motion::moves(const Tile& tile, SessionTime at) const {
  return tile.changes >= kFewestChanges && tile.last - tile.first >= kSettled && at - tile.last <= kClose;
}

// Of those that are not held yet.
std::vector<Rect> Motion::moving_boxes(const Observation& observation) const {
  const int rows = (size_.height + kTile - 1) / kTile;
  std::vector<bool> moving(tiles_.size(), false);
  bool any = false;
  for (std::size_t i = 0; i < tiles_.size(); ++i) {
    if (!moves(tiles_[i], observation.at)) continue;
    const Rect tile = Rect{static_cast<int>(i) % columns_ * kTile, static_cast<int>(i) / columns_ * kTile, kTile, kTile}.intersected(Rect::of(size_));
    const bool held = std::any_of(moving_.begin(), moving_.end(), [&](const Moving& other) { return other.hold.box.intersects(tile); });
    moving[i] = !held && looks_like_a_picture(observation.frame, tile);
    any = any || moving[i];
  }
  std::vector<Rect> boxes;
  if (!any) return boxes;
  for (const Rect& box : clusters(std::move(moving), columns_, rows)) {
    const Rect area = Rect{box.x * kTile, box.y * kTile, box.width * kTile, box.height * kTile}.intersected(Rect::of(size_));
    const auto meets = [&](const Rect& other) { return other.intersects(area); };
    if (std::any_of(boxes.begin(), boxes.end(), meets)) continue;
    if (std::any_of(moving_.begin(), moving_.end(), [&](const Moving& other) { return meets(other.hold.box); })) continue;
    boxes.push_back(area);
  }
  return boxes;
}

bool Motion::due(const Moving& moving, SessionTime at) const {
  return at - (moving.hold.covered ? std::max(moving.changed, moving.hold.from) : moving.hold.from) >= kSample;
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
void Motion::begin(const Observation& observation, const std::function<bool(const Rect&)>& covers) {
  const std::vector<Rect> boxes = moving_boxes(observation);
  if (moving_.empty() && boxes.empty()) {
    shown_ = Frame();
    return;
  }
  if (shown_.size() != size_) shown_ = Frame::copy_of(observation.frame);
  for (const Rect& box : boxes) moving_.push_back({{observation.at, SessionTime::max(), box, covers(box)}, {}, observation.at});
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
