// Where the engine says that letters are.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "redaction/lines/colour.h"
#include "redaction/tesseract/heaps.h"
#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {
namespace {

// One row: every `#` is ink.
LineImage row(const std::string& picture) {
  LineImage image{{0, 0, static_cast<int>(picture.size()), 1}, {}};
  for (const char c : picture) image.paper.push_back(c == '#' ? 0 : 255);
  return image;
}

std::vector<Stretch> spread(const std::string& picture, std::vector<Stretch> symbols) {
  spread_heaps(row(picture), symbols);
  return symbols;
}

bool same(const std::vector<Stretch>& one, const std::vector<Stretch>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const Stretch& a, const Stretch& b) { return a.from == b.from && a.to == b.to; });
}

bool under_a_box(const Film& film, const Rect& pixel) {
  const auto over = [&](const auto& entry) { return entry.box.contains(pixel); };
  return std::any_of(film.masks.begin(), film.masks.end(), over) || std::any_of(film.unread.begin(), film.unread.end(), over);
}

const std::string kEightLetters = "#####.#####.#####.#####.#####.#####.#####.#####";  // eight, six columns apart

}  // namespace

TEST_CASE("boxes that lie in a heap behind their letters are spread over these") {
  // The engine decided for the third to the fifth where the sixth begins.
  CHECK(same(spread(kEightLetters, {{0, 5}, {6, 11}, {30, 31}, {30, 31}, {30, 31}, {30, 35}, {36, 41}, {42, 47}}),
             {{0, 5}, {6, 11}, {12, 17}, {18, 23}, {24, 29}, {30, 35}, {36, 41}, {42, 47}}));
  // It lost one of them: evenly.
  CHECK(same(spread(kEightLetters, {{0, 5}, {6, 11}, {30, 31}, {30, 31}, {30, 35}, {36, 41}, {42, 47}}), {{0, 5}, {6, 11}, {12, 20}, {20, 29}, {30, 35}, {36, 41}, {42, 47}}));
  // With a crumb that lies a little before the heap.
  CHECK(same(spread(kEightLetters, {{0, 5}, {6, 11}, {27, 29}, {30, 31}, {30, 31}, {30, 35}, {36, 41}, {42, 47}}),
             {{0, 5}, {6, 11}, {12, 17}, {18, 23}, {24, 29}, {30, 35}, {36, 41}, {42, 47}}));
}

TEST_CASE("boxes that lie in a heap before their letters are spread over these") {
  CHECK(same(spread(kEightLetters, {{0, 5}, {6, 7}, {6, 7}, {6, 7}, {24, 29}, {30, 35}, {36, 41}, {42, 47}}), {{0, 5}, {6, 11}, {12, 17}, {18, 23}, {24, 29}, {30, 35}, {36, 41}, {42, 47}}));
}

TEST_CASE("a box beside a heap that has the ink of all of it is parted among them") {
  const std::vector<Stretch> letters{{0, 5}, {6, 11}, {12, 17}, {18, 23}, {24, 29}, {30, 35}, {36, 41}, {42, 47}};
  CHECK(same(spread(kEightLetters, {{0, 5}, {6, 11}, {12, 13}, {12, 13}, {12, 13}, {14, 35}, {36, 41}, {42, 47}}), letters));
  CHECK(same(spread(kEightLetters, {{0, 5}, {6, 29}, {30, 31}, {30, 31}, {30, 31}, {30, 35}, {36, 41}, {42, 47}}), letters));
}

TEST_CASE("boxes with letters of their own stay where they are") {
  const std::vector<Stretch> letters{{0, 5}, {6, 11}, {12, 17}, {18, 23}, {24, 29}, {30, 35}, {36, 41}, {42, 47}};
  CHECK(same(spread(kEightLetters, letters), letters));
  // Two letters as one and a mark beside it, before a gap that is paper.
  const std::vector<Stretch> marks{{0, 5}, {6, 11}, {6, 7}, {24, 29}, {30, 35}, {36, 41}};
  CHECK(same(spread("#####.#####.............#####.#####.#####", marks), marks));
  CHECK(spread("", {}).empty());
  CHECK(same(spread("###", {{0, 1}, {0, 1}, {0, 3}}), {{0, 1}, {0, 1}, {0, 3}}));
}

TEST_CASE("a value is covered from its first letter, though the engine heaps up what stands before it") {
  for (const char* value : {"JbR14JlKrw6yEgtsFgIHxHV5dHtCzr4LpPFD1zDb", "xujju6i0goBKYb/+MBDiV9P2OhR8LAHc01qaqAtW"}) {
    for (const double pixels : {16.5, 17.0, 22.0}) {
      const std::string key = "AWS_SECRET_ACCESS_KEY=";
      Canvas without({1100, 60}), with({1100, 60});
      without.text(12, 34, key, pixels);
      with.text(12, 34, key + value, pixels);
      const Film film = redacted({with.frame()});
      REQUIRE_FALSE(film.masks.empty());
      for (int y = 0; y < 60; ++y) {
        for (int x = 0; x < 1100; ++x) {
          const bool secret = colour_of(without.view().at(x, y)) != colour_of(with.view().at(x, y));
          if (secret && !under_a_box(film, {x, y, 1, 1})) FAIL(value << " at " << pixels << " pixels is bare at " << x << ", " << y);
        }
      }
    }
  }
}

}  // namespace frostgate::redaction
