// A private key is a state of the screen: it is hidden wherever it goes and however it comes, and what follows it is shown.
#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

#include "tests/unit/redaction/tracking/cell_type.h"
#include "tests/unit/redaction/tracking/twins.h"

namespace frostgate::redaction {
namespace {

using Rows = std::vector<std::string>;
constexpr Size kKeyScreen{600, 240};
constexpr std::size_t kVisible = 12, kKeyRows = 18;

// The body of a key: rows of 64 of its 64 characters, the last one shorter.
Rows body(std::uint32_t seed) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::mt19937 random(seed);
  Rows rows;
  for (std::size_t i = 0; i < kKeyRows; ++i) {
    std::string row;
    for (int k = i + 1 < kKeyRows ? 64 : 22; k > 0; --k) row.push_back(kAlphabet[random() % 64]);
    rows.push_back(row);
  }
  return rows;
}

Rows listing(std::uint32_t seed) {
  Rows rows{"$ ls", "deploy.conf", "$ cat deploy_key.pem", "-----BEGIN PRIVATE KEY-----"};
  for (const std::string& row : body(seed)) rows.push_back(row);
  for (const char* row : {"-----END PRIVATE KEY-----", "$ tail service.log", "listening on port 8080", "nothing to commit, working tree clean", "$ ls -la backups"}) rows.emplace_back(row);
  return rows;
}

// `count` rows from `first` on.
Frame window(const Rows& rows, std::size_t first, std::size_t count) {
  Canvas canvas(kKeyScreen);
  for (std::size_t i = 0; i < count && first + i < rows.size(); ++i) write_cells(canvas, static_cast<int>(i), rows[first + i]);
  return canvas.frame();
}

using States = std::vector<Frame>;

// Both films, which show nothing of the keys.
Film hidden(const States& one, const States& other) {
  Film film = redacted(one, {}, std::make_unique<CellReader>()), twin = redacted(other, {}, std::make_unique<CellReader>());
  for (std::size_t i = 0; i < one.size(); ++i) {
    const Rect area = shown_ink(film, one[i], other[i], i).united(shown_ink(twin, other[i], one[i], i));
    INFO("state " << i << ": " << area.x << "," << area.y << " " << area.width << "x" << area.height);
    CHECK(area.empty());
  }
  return film;
}

template <class Make>
Film hidden_twins(const Make& states) { return hidden(states(listing(1)), states(listing(2))); }

bool shows(const Film& film, std::size_t state, int row) {
  for (int x = kLeftMargin; x < kLeftMargin + 16; ++x) {
    if (covers(film, kStep * static_cast<int>(state), {x, kFirstBaseline + row * kCellHeight - 4, 1, 1})) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a private key that scrolls by a row at a time is hidden, its head in view or not, and what follows it is shown") {
  const Film film = hidden_twins([](const Rows& rows) {
    States states;
    for (std::size_t first = 0; first + kVisible <= rows.size(); ++first) states.push_back(window(rows, first, kVisible));
    states.push_back(states.back());
    return states;
  });
  const std::size_t last = listing(1).size() - kVisible + 1;
  for (int row = static_cast<int>(kVisible) - 5; row < static_cast<int>(kVisible); ++row) {
    INFO("row " << row);
    CHECK(shows(film, last, row));
  }
}

TEST_CASE("a private key that scrolls by half a screen and back is hidden") {
  hidden_twins([](const Rows& rows) {
    States states;
    for (const std::size_t first : {0U, 6U, 12U, 15U, 9U, 3U, 0U}) states.push_back(window(rows, first, kVisible));
    return states;
  });
}

TEST_CASE("a private key that is seen first in its middle, without head or end, is hidden") {
  hidden_twins([](const Rows& rows) { return States{window(rows, 8, kVisible), window(rows, 9, kVisible), window(rows, 10, kVisible)}; });
}

TEST_CASE("a private key whose rows come a few at a time, and in halves, is hidden") {
  hidden_twins([](const Rows& rows) {
    States states;
    for (std::size_t count = 3; count <= kVisible; count += 2) {
      Frame next = window(rows, 1, count);
      if (!states.empty()) {
        Frame half = states.back();
        half.copy_from(next.view(), {0, 0, 250, kKeyScreen.height});
        states.push_back(std::move(half));
      }
      states.push_back(std::move(next));
    }
    return states;
  });
}

}  // namespace frostgate::redaction
