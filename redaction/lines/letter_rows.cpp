#include "redaction/lines/letter_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

namespace frostgate::redaction {
namespace {

constexpr int kGrid = 32;
constexpr int kSameColour = 24;
constexpr int kExactColour = 4;
constexpr std::size_t kLetters = 5;      // of one colour, more or less
constexpr std::size_t kExactLetters = 4; // of exactly one colour

int size_of(const Blob& blob) { return std::max(blob.box.width, blob.box.height); }

struct Vector {
  double x = 0;
  double y = 0;
};

Vector middle(const Blob& blob) { return {blob.box.x + blob.box.width / 2.0, blob.box.y + blob.box.height / 2.0}; }

Vector operator-(Vector a, Vector b) { return {a.x - b.x, a.y - b.y}; }

double length(Vector v) { return std::hypot(v.x, v.y); }

int gap(const Rect& a, const Rect& b) {
  const int across = std::max(a.x, b.x) - std::min(a.right(), b.right());
  const int along = std::max(a.y, b.y) - std::min(a.bottom(), b.bottom());
  return std::max({across, along, 0});
}

// Whether two blobs could be neighbours in a word.
bool neighbours(const Blob& a, const Blob& b) {
  const int large = std::max(size_of(a), size_of(b)), small = std::min(size_of(a), size_of(b));
  if (large * 5 > small * 11 || gap(a.box, b.box) * 5 > std::max(large * 2, 10)) return false;
  if (distance(a.colour, b.colour) > kSameColour) return false;
  const double apart = length(middle(b) - middle(a));
  if (apart < 0.25 * large || apart > 1.7 * large) return false;
  return a.box.intersected(b.box).area() * 3 < std::min(a.box.area(), b.box.area());
}

class Rows {
 public:
  explicit Rows(const std::vector<Blob>& blobs) : blobs_(blobs), near_(blobs.size()), taken_(blobs.size(), false) {
    for (std::size_t i = 0; i < blobs.size(); ++i) grid_[cell_of(i)].push_back(i);
    for (std::size_t i = 0; i < blobs.size(); ++i) {
      const auto [row, column] = cell_of(i);
      const int reach = size_of(blobs[i]) * 4 / kGrid + 1;  // no neighbour is farther
      for (int y = row - reach; y <= row + reach; ++y) {
        const auto end = grid_.upper_bound({y, column + reach});
        for (auto cell = grid_.lower_bound({y, column - reach}); cell != end; ++cell) {
          for (const std::size_t k : cell->second) {
            if (k != i && neighbours(blobs[i], blobs[k])) near_[i].push_back(k);
          }
        }
      }
    }
  }

  std::vector<LetterRow> find() {
    std::vector<LetterRow> rows;
    for (std::size_t i = 0; i < blobs_.size(); ++i) {
      for (const std::size_t k : near_[i]) {
        if (taken_[i] && taken_[k]) continue;
        const std::vector<std::size_t> row = follow(i, k);
        if (!like_letters(row)) continue;
        Rect box;
        int size = 0;
        for (const std::size_t member : row) {
          taken_[member] = true;
          box = box.united(blobs_[member].box);
          size = std::max(size, size_of(blobs_[member]));
        }
        rows.push_back({box.expanded(size / 2 + 1, size / 2 + 1), one_colour(row)});
      }
    }
    return rows;
  }

 private:
  std::pair<int, int> cell_of(std::size_t i) const {
    return {blobs_[i].box.y / kGrid, blobs_[i].box.x / kGrid};
  }

  // From `first` through `second` and straight on.
  std::vector<std::size_t> follow(std::size_t first, std::size_t second) const {
    std::vector<std::size_t> row{first, second};
    const Vector start = middle(blobs_[first]);
    for (;;) {
      const std::size_t last = row.back();
      const Vector whole = middle(blobs_[last]) - start;
      const double so_far = length(whole);
      const Vector way{whole.x / so_far, whole.y / so_far};
      std::size_t best = blobs_.size();
      double nearest = 0;
      for (const std::size_t k : near_[last]) {
        const Vector from_start = middle(blobs_[k]) - start, step = middle(blobs_[k]) - middle(blobs_[last]);
        const double forward = step.x * way.x + step.y * way.y;
        const double aside = std::abs(from_start.x * way.y - from_start.y * way.x);
        if (forward < 0.5 * length(step) || aside > 0.4 * size_of(blobs_[last])) continue;
        if (distance(blobs_[k].colour, blobs_[first].colour) > kSameColour) continue;
        if (best < blobs_.size() && length(step) >= nearest) continue;
        best = k;
        nearest = length(step);
      }
      if (best == blobs_.size() || std::find(row.begin(), row.end(), best) != row.end()) return row;
      row.push_back(best);
    }
  }

  bool like_letters(const std::vector<std::size_t>& row) const {
    if (row.size() < kExactLetters) return false;
    const auto exact = [&](std::size_t k) { return distance(blobs_[k].colour, blobs_[row[0]].colour) <= kExactColour; };
    if (row.size() < kLetters && !std::all_of(row.begin(), row.end(), exact)) return false;
    std::map<std::tuple<int, int, int>, std::size_t> shapes;
    std::size_t most = 0;
    std::int64_t ink = 0, room = 0;
    for (const std::size_t k : row) {
      const Blob& blob = blobs_[k];
      most = std::max(most, ++shapes[{blob.box.width, blob.box.height, blob.area * 8 / std::max(1, static_cast<int>(blob.box.area()))}]);
      ink += blob.area;
      room += blob.box.area();
    }
    // Blocks side by side are not strokes.
    return most * 10 < row.size() * 7 && ink * 100 < room * 85;
  }

  bool one_colour(const std::vector<std::size_t>& row) const {
    return std::any_of(row.begin(), row.end(), [&](std::size_t k) {
      const auto same = std::count_if(row.begin(), row.end(), [&](std::size_t other) {
        return distance(blobs_[k].colour, blobs_[other].colour) <= kExactColour;
      });
      return static_cast<std::size_t>(same) * 10 >= row.size() * 7;
    });
  }

  const std::vector<Blob>& blobs_;
  std::map<std::pair<int, int>, std::vector<std::size_t>> grid_;
  std::vector<std::vector<std::size_t>> near_;
  std::vector<bool> taken_;
};

}  // namespace

std::vector<LetterRow> letter_rows(const std::vector<Blob>& blobs) { return Rows(blobs).find(); }

}  // namespace frostgate::redaction
