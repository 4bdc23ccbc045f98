// What takes a secret's place is shown.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/redaction/tracking/cell_type.h"
#include "tests/unit/redaction/tracking/twins.h"

namespace frostgate::redaction {
namespace {

constexpr Size kScreen{600, 260};
using Rows = std::vector<std::string>;

const Rows kKey{"$ cat deploy_key.pem", "-----BEGIN PRIVATE KEY-----",
                "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9U8", "QjgyPq3fLlTtbdkhQJ81IiKkMmNnOo0PQqRrSsTtUuVvWwXxYyZz01234567",
                "aBcDeFgHiJkLmNoPqRsTuVwXyZ9876543210QwErTyUiOpAsDfGhJkLzXcVb", "MzEfYyjiWA4R4M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSu",
                "-----END PRIVATE KEY-----", "$ "};

std::string log_row(int i) { return "09:14:0" + std::to_string(i) + " INFO  shop.http  GET /api/orders 200 1" + std::to_string(i) + " ms"; }

// With the cursor behind the last of them, as tall as a cell and solid.
Frame terminal(const Rows& rows) {
  Canvas canvas(kScreen, {0.98, 0.98, 0.98});
  for (std::size_t i = 0; i < rows.size(); ++i) write_cells(canvas, static_cast<int>(i), rows[i]);
  const int last = static_cast<int>(rows.size()) - 1;
  canvas.rectangle({kLeftMargin + static_cast<int>(rows.back().size()) * kCellWidth, kFirstBaseline + last * kCellHeight - 13, kCellWidth, kCellHeight}, {0.12, 0.12, 0.12});
  return canvas.frame();
}

Rect row_box(int row) { return {0, kFirstBaseline + row * kCellHeight - kAscent, kScreen.width, kAscent + kDescent}; }

bool masked(const Film& film, SessionTime at, int row) {
  return std::any_of(film.masks.begin(), film.masks.end(), [&](const Mask& mask) {
    return mask.from <= at && at < mask.to && mask.box.intersects(row_box(row));
  });
}

}  // namespace

TEST_CASE("the rows of a log that take a private key's place are shown, and so is the empty screen below") {
  // The screen is wiped, and the first rows come, in one state: the cursor stands where the key began.
  std::vector<Frame> states{terminal(kKey)};
  Rows rows{log_row(0)};
  for (int i = 1; i < 9; ++i) {
    rows.push_back(log_row(i));
    rows.push_back("");
    states.push_back(terminal(rows));
    rows.pop_back();
  }
  const Film film = redacted(states, {}, std::make_unique<CellReader>());
  for (int row = 2; row <= 5; ++row) CHECK(masked(film, SessionTime(0), row));
  // In the first of them the masks may stay: a row could have come in part.
  for (std::size_t state = 2; state < states.size(); ++state) {
    for (int row = 0; row < 12; ++row) {
      INFO("state " << state << ", row " << row);
      CHECK_FALSE(masked(film, kStep * static_cast<int>(state), row));
    }
  }
}

TEST_CASE("a line of which a word is said again beside a secret is not that secret's past") {
  const std::string prompt = "admin@app1:~$ ";
  std::vector<Frame> states{terminal({prompt}), terminal({prompt + "cat shop/deploy"}), terminal({prompt + "cat shop/deploy.con"})};
  const std::string url = "repository = https://deploy:jK8w2nQzVb4@git.example.org";
  states.push_back(terminal({prompt + "cat shop/deploy.conf", "branch = main", url, "workers = 4", prompt}));
  states.push_back(terminal({prompt + "cat shop/deploy.conf", "branch = main", url, "workers = 4", prompt + "cat shop/depl"}));
  const Film film = redacted(states, {}, std::make_unique<CellReader>());
  REQUIRE(masked(film, kStep * 3, 2));
  for (std::size_t state = 0; state < states.size(); ++state) {
    for (const int row : {0, 1, 3, 4}) {
      INFO("state " << state << ", row " << row);
      CHECK_FALSE(masked(film, kStep * static_cast<int>(state), row));
    }
  }
}

TEST_CASE("a secret that a window hid with its label, and uncovers alone, is hidden again") {
  const auto states = [](const std::string& secret) {
    std::vector<Frame> all{terminal({"$ cat notes", "password: " + secret, "$ ls"})};
    // From the right over all of the row, then back until the end of the secret shows, then a little of its tops.
    for (const Rect window : {Rect{100, 20, 300, 80}, Rect{10, 20, 390, 80}, Rect{10, 20, 140, 80}, Rect{10, 20, 122, 80}, Rect{10, 41, 390, 60}}) {
      Canvas canvas(kScreen);
      canvas.frame() = all.front();
      canvas.rectangle(window, {0.55, 0.6, 0.65});
      all.push_back(canvas.frame());
    }
    return all;
  };
  const std::vector<Frame> one = states("hunter2Kq9x"), other = states("wombat7Zr4m");
  const Film film = redacted(one, {}, std::make_unique<CellReader>()), twin = redacted(other, {}, std::make_unique<CellReader>());
  for (std::size_t i = 0; i < one.size(); ++i) {
    const Rect area = shown_ink(film, one[i], other[i], i).united(shown_ink(twin, other[i], one[i], i));
    INFO("state " << i << ": " << area.x << "," << area.y << " " << area.width << "x" << area.height);
    CHECK(area.empty());
  }
}

}  // namespace frostgate::redaction
