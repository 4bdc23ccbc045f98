#include "redaction/glyphs/alignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace frostgate::redaction {
namespace {

constexpr float kSkippedPlace = 1.0F;
constexpr float kSkippedCharacter = 0.9F;
constexpr float kOtherLabel = 0.6F;
constexpr float kPerExtra = 0.3F;

struct Move {
  std::uint8_t places;
  std::uint8_t characters;
};
constexpr Move kGridMoves[] = {{1, 1}, {1, 0}, {0, 1}};
constexpr Move kGapMoves[] = {{1, 1}, {1, 2}, {1, 3}, {2, 1}, {1, 0}, {0, 1}};

class Table {
 public:
  Table(std::span<const Place> places, std::span<const Character> characters, bool grid, int height)
      : places_(places), characters_(characters), moves_(grid ? std::span<const Move>(kGridMoves) : kGapMoves),
        height_(static_cast<float>(std::max(1, height))), width_(characters.size() + 1),
        cost_((places.size() + 1) * width_, std::numeric_limits<float>::infinity()), move_(cost_.size(), {0, 0}) {}

  std::vector<Pairing> solve() {
    cost_[0] = 0;
    for (std::size_t i = 0; i <= places_.size(); ++i) {
      for (std::size_t j = 0; j < width_; ++j) {
        for (const Move& move : moves_) relax(i, j, move);
      }
    }
    std::vector<Pairing> out;
    for (std::size_t i = places_.size(), j = characters_.size(); i > 0 || j > 0;) {
      const Move move = move_[i * width_ + j];
      i -= move.places;
      j -= move.characters;
      out.push_back({i, move.places, j, move.characters, false});
    }
    std::ranges::reverse(out);
    const auto paired = [&](std::size_t k) { return k >= out.size() || (out[k].places > 0 && out[k].characters > 0); };
    for (std::size_t k = 0; k < out.size(); ++k) out[k].in_order = paired(k) && paired(k + 1) && (k == 0 || paired(k - 1));
    return out;
  }

 private:
  void relax(std::size_t i, std::size_t j, const Move& move) {
    if (move.places > i || move.characters > j) return;
    const std::size_t from = (i - move.places) * width_ + (j - move.characters);
    const float cost = cost_[from] + price(i - move.places, j - move.characters, move);
    float& best = cost_[i * width_ + j];
    if (cost >= best) return;
    best = cost;
    move_[i * width_ + j] = move;
  }

  float price(std::size_t i, std::size_t j, const Move& move) const {
    if (move.characters == 0) return kSkippedPlace;
    if (move.places == 0) return kSkippedCharacter;
    const Place& first = places_[i];
    const Place& last = places_[i + move.places - 1];
    const Rect& head = characters_[j].box;
    const Rect& tail = characters_[j + move.characters - 1].box;
    if (move.places == 2 && static_cast<float>(last.left - first.right) > height_ * 0.3F) return 3;
    const float apart = std::abs(static_cast<float>(first.left + last.right - head.x - tail.right()) / 2) / height_;
    const float wider = std::abs(static_cast<float>((last.right - first.left) - (tail.right() - head.x))) / height_;
    const float place = std::min(1.5F, 1.2F * apart) + std::min(0.8F, 0.4F * wider);
    const float extra = kPerExtra * static_cast<float>(move.places + move.characters - 2);
    return place + extra + strangeness(i, j, move);
  }

  // What the atlas knows of the place speaks against other characters there.
  float strangeness(std::size_t i, std::size_t j, const Move& move) const {
    if (move.places == 2) return first_known(i) || first_known(i + 1) ? kOtherLabel : 0;
    if (!first_known(i)) return 0;
    std::u32string said;
    for (std::size_t k = 0; k < move.characters; ++k) said += characters_[j + k].code;
    return alike(places_[i].label, Label(said)) ? -0.2F : kOtherLabel;
  }
  bool first_known(std::size_t i) const { return !places_[i].label.empty(); }

  std::span<const Place> places_;
  std::span<const Character> characters_;
  std::span<const Move> moves_;
  float height_;
  std::size_t width_;
  std::vector<float> cost_;
  std::vector<Move> move_;
};

}  // namespace

std::vector<Pairing> align(std::span<const Place> places, std::span<const Character> characters, bool grid, int height) {
  return Table(places, characters, grid, height).solve();
}

}  // namespace frostgate::redaction
