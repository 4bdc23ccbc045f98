#include "redaction/lines/coding_noise.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "redaction/lines/colour.h"

namespace frostgate::redaction {
namespace {

constexpr int kTile = 16;  // pixels; a tile is judged with its neighbours
constexpr std::size_t kMostGrounds = 24;
constexpr int kLeastGround = 256;  // plain pixels that make a ground: a small button
constexpr int kRounding = 4, kDrift = 20, kRareness = 12;
constexpr int kOnGround = 8;
constexpr int kGroundPercent = 15;
constexpr int kStrong = 60, kLeastRinging = 20, kMostRinging = 40, kRingingPart = 6;

// The plain colours of the screen, the most frequent first. One that is near to a far more frequent one is what the codec made of it.
std::vector<Colour> grounds_of(FrameView frame) {
  std::unordered_map<Colour, int> counts;
  Colour last = 0;
  int* count = &counts[last];
  for (int y = 1; y < frame.size.height; ++y) {
    for (int x = 1; x < frame.size.width; ++x) {
      const Colour colour = colour_of(frame.at(x, y));
      if (distance(colour, colour_of(frame.at(x - 1, y))) > 1 || distance(colour, colour_of(frame.at(x, y - 1))) > 1) continue;
      if (colour != last) count = &counts[last = colour];
      ++*count;
    }
  }
  std::vector<std::pair<int, Colour>> ranked, kept;
  for (const auto& [colour, pixels] : counts) ranked.emplace_back(pixels, colour);
  std::sort(ranked.begin(), ranked.end(), std::greater<>());
  for (const auto& candidate : ranked) {
    if (candidate.first < kLeastGround || kept.size() == kMostGrounds) break;
    const bool coded = std::any_of(kept.begin(), kept.end(), [&](const auto& other) {
      const int d = distance(other.second, candidate.second);
      return d <= kRounding || (d <= kDrift && candidate.first * kRareness < other.first);
    });
    if (!coded) kept.push_back(candidate);
  }
  std::vector<Colour> grounds;
  for (const auto& [pixels, colour] : kept) grounds.push_back(colour);
  return grounds;
}

struct Nearest {
  std::size_t ground = 0;
  int distance = 256;
};

Nearest nearest(Colour colour, const std::vector<Colour>& grounds) {
  Nearest best;
  for (std::size_t i = 0; i < grounds.size(); ++i) {
    const int d = distance(colour, grounds[i]);
    if (d < best.distance) best = {i, d};
  }
  return best;
}

// Remembers what it was asked: a screen has few colours, and a photo's come again soon.
class NearestGround {
 public:
  explicit NearestGround(const std::vector<Colour>& grounds) : grounds_(grounds), known_(kKnown, {kNoColour, {}}) {}

  const Nearest& of(Colour colour) {
    auto& [key, answer] = known_[(colour * 2654435761U) >> (32 - kBits)];
    if (key != colour) key = colour, answer = nearest(colour, grounds_);
    return answer;
  }

 private:
  static constexpr int kBits = 12;
  static constexpr std::size_t kKnown = 1U << kBits;
  static constexpr Colour kNoColour = 0xFF000000;
  const std::vector<Colour>& grounds_;
  std::vector<std::pair<Colour, Nearest>> known_;
};

// What a part of the screen is made of.
struct Content {
  std::int64_t pixels = 0;
  std::array<int, kMostGrounds> on{};  // pixels on each ground
  std::array<int, 3> least{255, 255, 255}, most{};  // of each channel

  void add(Colour colour, const Nearest& near) {
    ++pixels;
    if (near.distance <= kOnGround) ++on[near.ground];
    for (std::size_t c = 0; c < 3; ++c) {
      const auto value = static_cast<int>(colour >> (8 * c) & 255);
      least[c] = std::min(least[c], value);
      most[c] = std::max(most[c], value);
    }
  }

  void add(const Content& other) {
    pixels += other.pixels;
    for (std::size_t g = 0; g < kMostGrounds; ++g) on[g] += other.on[g];
    for (std::size_t c = 0; c < 3; ++c) least[c] = std::min(least[c], other.least[c]), most[c] = std::max(most[c], other.most[c]);
  }

  // Of what stands on the ground.
  int contrast(Colour ground) const {
    int largest = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const auto value = static_cast<int>(ground >> (8 * c) & 255);
      largest = std::max({largest, most[c] - value, value - least[c]});
    }
    return largest;
  }
};

class Paper {
 public:
  explicit Paper(FrameView frame) : frame_(frame), grounds_(grounds_of(frame)), across_((frame.size.width + kTile - 1) / kTile), down_((frame.size.height + kTile - 1) / kTile) {
    tiles_.resize(static_cast<std::size_t>(across_) * static_cast<std::size_t>(down_));
    NearestGround near(grounds_);
    for (int y = 0; y < frame.size.height; ++y) {
      for (int x = 0; x < frame.size.width; ++x) {
        const Colour colour = colour_of(frame.at(x, y));
        tiles_[index(x / kTile, y / kTile)].add(colour, near.of(colour));
      }
    }
  }

  Frame restored() const {
    Frame out = Frame::copy_of(frame_);
    for (int row = 0; row < down_; ++row) {
      for (int column = 0; column < across_; ++column) restore(column, row, out);
    }
    return out;
  }

 private:
  std::size_t index(int column, int row) const { return static_cast<std::size_t>(row) * static_cast<std::size_t>(across_) + static_cast<std::size_t>(column); }

  Content around(int column, int row) const {
    Content content;
    for (int r = std::max(0, row - 1); r <= std::min(down_ - 1, row + 1); ++r) {
      for (int c = std::max(0, column - 1); c <= std::min(across_ - 1, column + 1); ++c) content.add(tiles_[index(c, r)]);
    }
    return content;
  }

  void restore(int column, int row, Frame& out) const {
    const Content content = around(column, row);
    std::vector<Colour> here;
    for (std::size_t g = 0; g < grounds_.size(); ++g) {
      if (content.on[g] * std::int64_t{100} >= content.pixels * kGroundPercent) here.push_back(grounds_[g]);
    }
    if (here.empty()) return;
    const auto main = static_cast<std::size_t>(std::max_element(content.on.begin(), content.on.end()) - content.on.begin());
    const int contrast = content.contrast(grounds_[main]);
    const int noise = contrast > kStrong ? std::clamp(contrast / kRingingPart, kLeastRinging, kMostRinging) : kRounding;
    const Rect area = Rect{column * kTile, row * kTile, kTile, kTile}.intersected(Rect::of(frame_.size));
    for (int y = area.y; y < area.bottom(); ++y) {
      std::uint8_t* pixel = out.row(y) + std::ptrdiff_t{area.x} * kBytesPerPixel;
      for (int x = area.x; x < area.right(); ++x, pixel += kBytesPerPixel) {
        const Nearest near = nearest(colour_of(pixel), here);
        if (near.distance > noise) continue;
        for (int c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(here[near.ground] >> (8 * c));
      }
    }
  }

  FrameView frame_;
  std::vector<Colour> grounds_;
  int across_, down_;
  std::vector<Content> tiles_;
};

}  // namespace

Frame without_coding_noise(FrameView frame) {
  return Paper(frame).restored();
}

}  // namespace frostgate::redaction
