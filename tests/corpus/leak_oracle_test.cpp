#include "tests/corpus/leak_oracle.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

#include "redaction/cover.h"
#include "tests/corpus/recall.h"
#include "tests/corpus/screens.h"

namespace frostgate::corpus {
namespace {

constexpr Size kScreen{640, 120};
constexpr int kCell = 9;  // about; of DejaVu Sans Mono at 11 points

Drawn screen(const std::string& secret) {
  Page page{kScreen, 0x1E1E1E, {}, {}};
  page.labels.push_back({{20, 40}, {"password: " + secret, 10, 10 + secret.size()}, 0xD4D4D4, 11, "password"});
  return draw(page, {"DejaVu Sans Mono"});
}

Rect place_of(const DrawnSecret& secret) {
  Rect area;
  for (const Point& pixel : secret.ink) area = area.united({pixel.x, pixel.y, 1, 1});
  return area;
}

}  // namespace

TEST_CASE("the oracle recognises a secret in a decoded film, and nothing under a box") {
  const Drawn drawn = screen("hunter2Kq9x");
  const Rect place = place_of(drawn.secrets.at(0));
  REQUIRE(place.width > 60);
  const Frame open = after_video(drawn.frame.view());
  CHECK(likeness(drawn.frame.view(), open.view(), place, kCell) > 0.9);
  Frame covered = drawn.frame;
  redaction::fill(covered, place.expanded(6, 4), 0x1E1E1E, place.expanded(6, 4));
  const Frame film = after_video(covered.view());
  CHECK(likeness(drawn.frame.view(), film.view(), place, kCell) < kRecognisable);
}

TEST_CASE("the oracle recognises three letters that stick out of a box") {
  const Drawn drawn = screen("hunter2Kq9x");
  const Rect place = place_of(drawn.secrets.at(0));
  Frame covered = drawn.frame;
  const Rect rest = Rect::between(place.x + 3 * kCell, place.y - 4, place.right() + 4, place.bottom() + 4);
  redaction::fill(covered, rest, 0x1E1E1E, rest);
  const Frame film = after_video(covered.view());
  CHECK(likeness(drawn.frame.view(), film.view(), place, kCell) > kRecognisable);
}

TEST_CASE("another secret in the same place is not the one looked for") {
  const Drawn drawn = screen("hunter2Kq9x"), other = screen("WMBQ@7Zr4m%");
  const Rect place = place_of(drawn.secrets.at(0));
  const Frame film = after_video(other.frame.view());
  CHECK(likeness(drawn.frame.view(), film.view(), place, kCell) < 0.9);
}

TEST_CASE("runs of a secret are found in what was read, however it was read") {
  CHECK(holds_part_of("db password: hunter2Kq9x", "hunter2Kq9x", 0));
  CHECK(holds_part_of("p a s s HUNTER2 kq 9 x", "hunter2Kq9x", 0));
  CHECK(holds_part_of("...nter2K...", "hunter2Kq9x", 0));
  CHECK(holds_part_of("TOKEN=ghp_A7dK2mQ9xW4r", "ghp_A7dK2mQ9xW4rT6yU1pL3sD8f", 4));
  CHECK_FALSE(holds_part_of("TOKEN=ghp_", "ghp_A7dK2mQ9xW4rT6yU1pL3sD8f", 4));
  CHECK_FALSE(holds_part_of("the hunt is over", "hunter2Kq9x", 0));
}

TEST_CASE("a corpus has at least 48 kinds, and twins of each have the same public text and length") {
  std::set<std::string> names;
  for (const SecretKind& kind : secret_kinds()) {
    INFO(kind.name);
    names.insert(kind.name);
    Chance one(5, 1), other(5, 2);
    const std::vector<Line> first = lines_of(kind, one), second = lines_of(kind, other);
    REQUIRE(first.size() == second.size());
    bool hidden = false;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const auto outside = [](const Line& line) { return line.text.substr(0, line.first) + line.text.substr(line.end); };
      CHECK(outside(first[i]) == outside(second[i]));
      CHECK(first[i].text.size() == second[i].text.size());
      CHECK((first[i].first == first[i].end || first[i].text != second[i].text));
      hidden = hidden || first[i].end > first[i].first;
    }
    CHECK(hidden);
  }
  CHECK(names.size() >= 48);
}

TEST_CASE("the ink of a secret is the pixels that differ without it, and a box over half of it does not hide it") {
  const Drawn drawn = screen("hunter2Kq9x");
  const DrawnSecret& secret = drawn.secrets.at(0);
  const Rect place = place_of(secret);
  CHECK(secret.ink.size() > 200);
  CHECK(place.x > 20 + 9 * (kCell - 1));
  CHECK(hidden(secret.ink, {place}));
  CHECK_FALSE(hidden(secret.ink, {Rect::between(place.x, place.y, place.right() - 1, place.bottom())}));
  CHECK_FALSE(hidden(secret.ink, {}));
}

}  // namespace frostgate::corpus
