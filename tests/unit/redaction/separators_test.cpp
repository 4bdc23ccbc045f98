#include "redaction/separators.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "redaction/colons.h"
#include "redaction/mask_box.h"
#include "redaction/type_rows.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {
namespace {

constexpr Size kStrip{1600, 80};
constexpr int kStart = 20;

struct Face {
  const char* font;
  double pixels;
  cairo_antialias_t smoothing;
};

std::vector<Face> faces() {
  std::vector<Face> all;
  for (const char* font : {"DejaVu Sans Mono", "Liberation Mono", "Inconsolata", "JetBrains Mono", "Hack", "DejaVu Sans", "Liberation Sans", "Carlito"}) {
    for (const double pixels : {12.0, 13.3, 16.0, 21.0, 28.0}) {
      for (const cairo_antialias_t smoothing : {CAIRO_ANTIALIAS_NONE, CAIRO_ANTIALIAS_GRAY, CAIRO_ANTIALIAS_SUBPIXEL}) all.push_back({font, pixels, smoothing});
    }
  }
  return all;
}

struct WrittenLine {
  Canvas canvas;
  LineBox line;
};

// The box is tight around the ink, as find_lines() has it.
WrittenLine written(const Face& face, const std::string& text) {
  WrittenLine out{Canvas(kStrip), {}};
  out.canvas.text(kStart, 50, text, face.pixels, kBlack, face.font, 0, face.smoothing);
  out.line = {Rect::of(kStrip), 0xFFFFFF};
  Rect ink;
  for (int y = 0; y < kStrip.height; ++y) {
    for (int x = 0; x < kStrip.width; ++x) {
      if (inked(out.canvas.view(), out.line, x, y)) ink = ink.united({x, y, 1, 1});
    }
  }
  out.line.box = ink;
  return out;
}

std::vector<Separator> separators_of(const WrittenLine& written) { return separators(written.canvas.view(), written.line, 0, kStrip.width); }

}  // namespace

TEST_CASE("an equals sign or a colon is where it stands, with the marks around it, in any typeface") {
  int all = 0, missed = 0;
  for (const Face& face : faces()) {
    INFO(face.font << ' ' << face.pixels << " smoothing " << face.smoothing);
    for (const auto& [label, marks] : {std::pair("export API_KEY", "="), {"passwd", " = "}, {"Kennwort", ": "}, {"\"password", "\": \""}}) {
      INFO(label << marks);
      const Rect before = written(face, label).line.box;
      const auto found = separators_of(written(face, std::string(label) + marks + "Rk2m9"));
      CHECK(found.size() <= 1);
      ++all;
      missed += found.empty();
      if (found.empty()) continue;  // with subpixels, small letters may run into it
      // The letter's blurred side is none of it.
      CHECK(std::abs(found.front().left - before.right()) <= std::max(2, before.height / 2));
      CHECK(found.front().right > found.front().left);
    }
  }
  CHECK(missed * 50 <= all);
}

TEST_CASE("no letter, digit or other sign is an equals sign or a colon") {
  for (const Face& face : faces()) {
    INFO(face.font << ' ' << face.pixels << " smoothing " << face.smoothing);
    for (const char each : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/()[]{}*|/()[]{}*+-_.,'\"`~")) {
      const std::string text = std::string("Hg") + each + "gH";
      INFO(text);
      const WrittenLine page = written(face, text);
      CHECK(separators_of(page).empty());
      CHECK(colons(page.canvas.view(), page.line).empty());
    }
    const WrittenLine equals = written(face, "a=b c = d");
    CHECK(colons(equals.canvas.view(), equals.line).empty());
  }
}

TEST_CASE("an equals sign begins with its blurred side, whatever touches its other end") {
  // Inconsolata of 9 points, by brightness: `T=4` and `T=b`.
  using Rows = std::vector<std::vector<int>>;
  const Rows touching = {{89, 89, 89, 89, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 36, 40},      {54, 125, 100, 54, 29, 0, 0, 0, 0, 0, 0, 0, 0, 7, 164, 87},
                         {0, 99, 62, 0, 0, 22, 47, 47, 47, 47, 21, 0, 0, 104, 115, 87}, {0, 99, 62, 0, 0, 43, 92, 92, 92, 92, 42, 0, 43, 98, 77, 87},
                         {0, 99, 62, 0, 0, 0, 0, 0, 0, 0, 0, 6, 132, 6, 77, 87},        {0, 99, 62, 0, 0, 66, 141, 141, 141, 141, 64, 70, 160, 141, 162, 166},
                         {0, 99, 62, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 81, 87},          {0, 99, 62, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 81, 87}};
  Rows apart = touching;
  for (std::vector<int>& row : apart) row.resize(11), row.insert(row.end(), {0, 56, 126, 60, 109});
  const auto left_of = [](const Rows& rows) {
    const int width = static_cast<int>(rows.front().size()), height = static_cast<int>(rows.size());
    constexpr int kLabel = 40;  // columns before it
    Canvas canvas({kLabel + width + 20, height + 20}, kBlack);
    canvas.rectangle({10, 10, 2, height}, {0.69, 0.69, 0.69});
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double value = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] / 255.0;
        canvas.rectangle({10 + kLabel + x, y + 10, 1, 1}, {value, value, value});
      }
    }
    const LineBox line{{10, 10, kLabel + width, height}, 0};
    const auto found = separators(canvas.view(), line, 0, kLabel + width + 20);
    REQUIRE(found.size() == 1);
    return found.front().left;
  };
  CHECK(left_of(touching) == left_of(apart));
}

TEST_CASE("each colon of a line is found by itself, in any typeface") {
  int all = 0, missed = 0;
  for (const Face& face : faces()) {
    INFO(face.font << ' ' << face.pixels << " smoothing " << face.smoothing);
    const std::string text = "db1.example.org:5432:shop:app:hu1*N7svW";
    const WrittenLine page = written(face, text);
    const std::vector<Colon> found = colons(page.canvas.view(), page.line);
    CHECK(found.size() <= 4);
    all += 4;
    missed += 4 - static_cast<int>(found.size());
    for (const Colon& each : found) {
      CHECK(each.room.left <= each.ink.left);
      CHECK(each.ink.right <= each.room.right);
    }
    if (found.size() < 4) continue;
    const int before = written(face, "db1.example.org").line.box.right();
    CHECK(std::abs(found.front().room.left - before) <= 1);
  }
  CHECK(missed * 32 <= all);  // small type with subpixels, whose letters run into them
}

namespace {

// One letter for each ten columns; `:` at those of the colons, and two columns wide there.
constexpr Rect kRow{0, 0, 400, 14};

std::vector<Character> read_as(std::u32string_view text) {
  std::vector<Character> read;
  for (std::size_t i = 0; i < text.size(); ++i) read.push_back({text[i], {static_cast<int>(i) * 10 + 1, 0, 8, 14}, 1});
  return read;
}

Colon colon_at(int cell) { return {{cell * 10 + 4, cell * 10 + 6}, {cell * 10 - 1, cell * 10 + 11}}; }

std::u32string with(const std::vector<Character>& read, std::vector<Colon> seen) {
  std::u32string text;
  for (const Character& character : with_colons(read, seen, kRow)) text += character.code;
  return text;
}

}  // namespace

TEST_CASE("a reading has its colons where the pixels have them") {
  CHECK(with(read_as(U"shop:app"), {colon_at(4)}) == U"shop:app");
  CHECK(with(read_as(U"shop;app"), {colon_at(4)}) == U"shop;app");
  CHECK(with(read_as(U"shopcapp"), {colon_at(4)}) == U"shop:app");
  CHECK(with(read_as(U"shop app"), {colon_at(4)}) == U"shop: app");
  CHECK(with(read_as(U"a1bb2ccc3d"), {colon_at(1), colon_at(4), colon_at(8)}) == U"a:bb:ccc:d");
  CHECK(with(read_as(U"12:30"), {}) == U"12:30");
  // Boxes wander: a colon that was read near by is this one, and one that was not goes between its letters.
  CHECK(with(read_as(U"sho:papp"), {colon_at(4)}) == U"sho:papp");
  std::vector<Character> lost = read_as(U"shop_app");
  lost.erase(lost.begin() + 4);
  CHECK(with(lost, {colon_at(4)}) == U"shop:app");
  // Nor is a letter lost whose box reaches over the colon.
  lost[4].box = {41, 0, 18, 14};
  const std::vector<Character> put = with_colons(lost, std::vector{colon_at(4)}, kRow);
  REQUIRE(put.size() == 8);
  CHECK(put[4].code == U':');
  CHECK(put[5].code == U'a');
  CHECK(put[5].box.x == colon_at(4).room.right);
}

TEST_CASE("a box begins at the sign before the secret, wherever an engine has put the letters of the label") {
  constexpr std::u32string_view kSaid = U"DB_PASSWORD=RtXU6GcoyuvD3s";
  constexpr std::size_t kSecret = 12;
  const Face face{"DejaVu Sans Mono", 13.3333, CAIRO_ANTIALIAS_GRAY};  // advances 8 pixels exactly
  const WrittenLine page = written(face, "DB_PASSWORD=RtXU6GcoyuvD3s");
  const auto box_of = [&](int off) {
    TextLine text{page.line.box, {}, kStrip.width};
    for (std::size_t i = 0; i < kSaid.size(); ++i) {
      const int moved = i >= 3 && i <= kSecret + 2 ? off : 0;
      text.characters.push_back({kSaid[i], {kStart + static_cast<int>(i) * 8 + moved, page.line.box.y, 8, page.line.box.height}, 1});
    }
    const Finding finding{"label.password", 0, kSecret, text.characters.size(), false};
    return mask_boxes(page.canvas.view(), {&page.line, 1}, {&text, 1}, {&finding, 1}, {}).front();
  };
  const Rect box = box_of(0);
  CHECK(box.x <= kStart + 12 * 8);
  for (const int off : {-24, -16, -8, 8, 16}) {
    INFO("off by " << off);
    CHECK(box_of(off) == box);
  }
}

}  // namespace frostgate::redaction
