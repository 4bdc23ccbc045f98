#include "redaction/lines/segmentation.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "redaction/lines/line_image.h"
#include "redaction/lines/loose_type.h"
#include "redaction/lines/panel.h"
#include "redaction/lines/quarter.h"
#include "redaction/lines/window_edge.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {

TEST_CASE("each row of a dense terminal is one line") {
  Canvas canvas({800, 600}, {0.1, 0.1, 0.12});
  for (int i = 0; i < 30; ++i) {
    canvas.text(10, 20 + i * 16, "typing jumps over (quickly) the lazy dog " + std::to_string(i), 13, {0.8, 0.9, 0.8});
  }
  const auto lines = find_lines(canvas.view(), Rect::of({800, 600}));
  REQUIRE(lines.size() == 30);
  for (const LineBox& line : lines) REQUIRE(line.box.width > 250);
}

TEST_CASE("a line ends where another window covers it") {
  Canvas canvas({600, 100});
  canvas.text(10, 50, "the left window says this and goes on");
  canvas.rectangle({150, 0, 450, 100}, {0.1, 0.2, 0.5});
  canvas.text(158, 50, "the right one that", 14, {1, 1, 1});
  const auto lines = find_lines(canvas.view(), Rect::of({600, 100}));
  REQUIRE(lines.size() == 2);
  REQUIRE(lines[0].background == 0xFFFFFF);
  REQUIRE(lines[0].box.right() <= 150);
  REQUIRE(lines[1].box.x >= 150);
}

TEST_CASE("where the edge of another window stands over some rows of a line, what is beside the window is a line of its own, and the window's rows are of none") {
  const auto screen = [](int bottom) {  // of the window, which ends in the middle of the letters
    Canvas canvas({600, 80});
    canvas.text(20, 40, "09:14:56 INFO shop.http GET /orders/page 200");
    canvas.rectangle({0, 0, 300, bottom}, {0.27, 0.27, 0.27});
    canvas.rectangle({1, 0, 298, bottom - 3}, {0, 0, 0});
    return canvas;
  };
  Canvas whole({600, 80});
  whole.text(20, 40, "09:14:56 INFO shop.http GET /orders/page 200");
  const auto all = find_lines(whole.view(), Rect::of({600, 80}));
  REQUIRE(all.size() == 1);
  for (int bottom = all[0].box.y + 3; bottom < all[0].box.y + 7; ++bottom) {
    CAPTURE(bottom);
    const Canvas canvas = screen(bottom);
    const auto lines = find_lines(canvas.view(), Rect::of({600, 80}));
    const auto beside = std::find_if(lines.begin(), lines.end(), [](const LineBox& line) { return line.box.x >= 299 && line.box.width > 10; });
    REQUIRE(beside != lines.end());
    CHECK(beside->box.y <= all[0].box.y + 1);  // none of these letters is as high as the highest of the others
    CHECK(beside->box.bottom() == all[0].box.bottom());
    CHECK(beside->box.right() == all[0].box.right());
    for (const LineBox& line : lines) CHECK((line.box.x >= 299 || line.box.y >= bottom || line.box.bottom() <= bottom));
    CHECK(std::any_of(lines.begin(), lines.end(), [&](const LineBox& line) { return line.box.x < 100 && line.box.y >= bottom; }));
  }
}

TEST_CASE("letters with stems side by side are no other background") {
  for (const double pixels : {10.0, 12.0, 13.0, 13.3333, 14.0, 18.0}) {
    Canvas canvas({900, 60}, {0.98, 0.98, 0.98});
    canvas.text(20, 34, "MIIEtlH|NDl1lIHEBMMttllIINNHH||DE-----END", pixels, {0.13, 0.13, 0.13});
    CAPTURE(pixels);
    CHECK(find_lines(canvas.view(), Rect::of({900, 60})).size() == 1);
  }
}

TEST_CASE("the tops of small letters that touch are no rule that cuts their line in two") {
  for (const double pixels : {11.0, 12.0, 13.0}) {
    Canvas canvas({600, 60});
    canvas.text(20, 34, "Password", pixels, kBlack, "DejaVu Sans", 0, CAIRO_ANTIALIAS_SUBPIXEL);
    CAPTURE(pixels);
    const auto lines = find_lines(canvas.view(), Rect::of({600, 60}));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].box.height >= pixels * 0.7);
  }
}

TEST_CASE("ascenders are of one line with the small letters below them, in large type without grey, too") {
  for (const char* text : {"Confirm password", "The certificate of the mail server expires in 46 days", "deploy password VP56_AnwM6O"}) {
    for (const char* font : {"DejaVu Sans", "Liberation Sans", "Carlito"}) {
      for (const double pixels : {15.0, 22.0, 28.0}) {
        Canvas canvas({900, 80});
        canvas.text(20, 50, text, pixels, kBlack, font, 0, CAIRO_ANTIALIAS_NONE);
        CAPTURE(text, font, pixels);
        const auto lines = find_lines(canvas.view(), Rect::of({900, 80}));
        REQUIRE(lines.size() == 1);
        CHECK(lines[0].box.height >= pixels * 0.7);
      }
    }
  }
}

TEST_CASE("a row of small capitals is one line of type, though its bars touch and hardly any paper is between its strokes") {
  for (const char* font : {"DejaVu Sans Mono", "JetBrains Mono", "Inconsolata", "Liberation Mono", "Hack", "DejaVu Sans", "Liberation Sans", "Carlito"}) {
    for (const cairo_antialias_t smoothing : {CAIRO_ANTIALIAS_NONE, CAIRO_ANTIALIAS_GRAY, CAIRO_ANTIALIAS_SUBPIXEL}) {
      for (const double pixels : {11.0, 12.0, 13.3333}) {
        for (const char* text : {"T636G363EMA2HA5B", "DH4BSV5NXWFTUTEX", "MMBWMHKRB8W0BMNW", "EEFHHFEEBBHHEE", "deadbeef8820abc3d09ba87ff01d38e2"}) {
          CAPTURE(font, smoothing, pixels, text);
          Canvas canvas({400, 60});
          canvas.text(12, 30, text, pixels, kBlack, font, 0, smoothing);
          const auto lines = find_lines(canvas.view(), Rect::of({400, 60}));
          REQUIRE(lines.size() == 1);
          CHECK(lines[0].box.height >= pixels * 0.5);
          CHECK(shape_of(normalised(canvas.view(), lines[0])) == Shape::text);
        }
      }
    }
  }
}

TEST_CASE("the stems of a letter in small type with subpixels are no background") {
  Canvas canvas({400, 60}, {1 / 255.0, 0x24 / 255.0, 0x56 / 255.0});
  canvas.text(12, 30, "AKIAIWSI4UCW6ALTN7OM", 12, {0.93, 0.93, 0.94}, "JetBrains Mono", 0, CAIRO_ANTIALIAS_SUBPIXEL);
  CHECK(find_lines(canvas.view(), Rect::of({400, 60})).size() == 1);
}

TEST_CASE("the sides of a field are no part of the line in it") {
  for (const int height : {24, 30, 36}) {
    Canvas canvas({600, 80}, {0.94, 0.94, 0.94});
    canvas.rectangle({20, 20, 300, height}, {0.5, 0.5, 0.5});
    canvas.rectangle({21, 21, 298, height - 2}, kPaper);
    canvas.text(27, 20 + height * 2 / 3, "hunter2 in a field", 12, kBlack, "DejaVu Sans");
    CAPTURE(height);
    const auto lines = find_lines(canvas.view(), Rect::of({600, 80}));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].box.x > 24);
    CHECK(lines[0].box.height < 16);
  }
}

TEST_CASE("an underscore belongs to the line that it stands below, however near the next one is") {
  Canvas canvas({400, 80});
  canvas.text(10, 30, "SMTP USER=no");
  canvas.text(10, 49, "BASE PORT=11");
  canvas.rectangle({42, 33, 8, 1}, kBlack);
  canvas.rectangle({42, 52, 8, 1}, kBlack);
  const auto lines = find_lines(canvas.view(), Rect::of({400, 80}));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].box.bottom() == 34);
  CHECK(lines[1].box.y > 34);
  CHECK(lines[1].box.bottom() == 53);
}

TEST_CASE("a line with underscores is one, whether its other letters hang as far down or not") {
  for (const char* words : {"sk_live_3SXhuEwiEkRuKi", "sk_live_qFj4FMq6g240VWzs", "a_b"}) {
    for (int pixels = 11; pixels <= 28; ++pixels) {
      CAPTURE(words, pixels);
      Canvas canvas({600, 120});
      canvas.text(10, 60, words, pixels, kBlack, "Liberation Sans");
      const auto lines = find_lines(canvas.view(), Rect::of({600, 120}));
      REQUIRE(lines.size() == 1);
      CHECK(lines[0].box.bottom() > 60);
    }
  }
}

TEST_CASE("a dash between two lines is no underscore of the upper one") {
  Canvas canvas({400, 80});
  canvas.text(10, 30, "upper words");
  canvas.rectangle({12, 37, 20, 1}, kBlack);  // under letters
  canvas.text(10, 56, "lower words");
  const auto lines = find_lines(canvas.view(), Rect::of({400, 80}));
  REQUIRE(lines.size() >= 2);
  CHECK(lines[0].box.bottom() < 37);
}

TEST_CASE("a cursor that begins right below a line is not part of it") {
  Canvas canvas({400, 60});
  canvas.text(10, 30, "gap of one root and the words");
  const Rect alone = find_lines(canvas.view(), Rect::of({400, 60})).at(0).box;
  canvas.rectangle({130, alone.bottom(), 8, 16}, kBlack);
  const auto lines = find_lines(canvas.view(), Rect::of({400, 60}));
  REQUIRE_FALSE(lines.empty());
  CHECK(lines[0].box == alone);
}

TEST_CASE("pieces of a dark window between lines that were read are no large letters") {
  const Size screen{1280, 960};
  Canvas canvas(screen, {0.6, 0.6, 0.6});
  std::vector<Rect> lines;
  int y = 64;
  for (const int width : {400, 448, 352, 416, 384}) {
    canvas.rectangle({64, y, width, 32}, {0.1, 0.1, 0.1});
    canvas.rectangle({64, y + 32, width / 3, 32}, {0.1, 0.1, 0.1});
    lines.push_back({48, y - 16, 500, 16});
    lines.push_back({48, y + 64, 500, 16});
    lines.push_back({64 + width / 3, y + 32, 500 - width / 3, 32});
    y += 160;
  }
  for (const Point at : {Point{40, 20}, Point{1200, 20}, Point{40, 900}}) {
    for (int i = 0; i < 3; ++i) canvas.rectangle({at.x + 6 * i, at.y + 3 * i, 5, 12 - 2 * i}, {0.8, 0.2 * i, 0.1});
  }
  const InkMap ink(canvas.view(), Rect::of(screen));
  CHECK_FALSE(find_loose_type(canvas.view(), quarter_of(canvas.view()).view(), ink, {}).empty());
  CHECK(find_loose_type(canvas.view(), quarter_of(canvas.view()).view(), ink, lines).empty());
}

TEST_CASE("a solid block cursor is not part of a line") {
  Canvas canvas({400, 60});
  canvas.text(10, 40, "prompt$ ");
  const Rect without = find_lines(canvas.view(), Rect::of({400, 60})).at(0).box;
  canvas.rectangle({78, 28, 8, 16}, kBlack);
  const auto lines = find_lines(canvas.view(), Rect::of({400, 60}));
  REQUIRE(lines.size() == 1);
  REQUIRE(lines[0].box == without);
}

TEST_CASE("lines at the edges of a screen and on a tiny screen are found without reading outside it") {
  Canvas canvas({120, 14});
  canvas.text(0, 12, "edge to edge text");
  REQUIRE_FALSE(find_lines(canvas.view(), Rect{-50, -50, 500, 500}).empty());
  Canvas dot({1, 1});
  REQUIRE(find_lines(dot.view(), Rect::of({1, 1})).empty());
}

TEST_CASE("type of every size and smoothing is one line, however it is drawn") {
  struct Look {
    double pixels;
    const char* font;
    cairo_antialias_t smoothing;
  };
  for (const Look& look : {Look{10, "DejaVu Sans", CAIRO_ANTIALIAS_NONE}, Look{12, "DejaVu Sans Mono", CAIRO_ANTIALIAS_NONE},
                           Look{11, "DejaVu Sans", CAIRO_ANTIALIAS_SUBPIXEL}, Look{16, "DejaVu Sans", CAIRO_ANTIALIAS_GRAY},
                           Look{32, "DejaVu Sans Mono", CAIRO_ANTIALIAS_SUBPIXEL}}) {
    for (const bool dark : {false, true}) {
      CAPTURE(look.pixels, look.font, dark);
      Canvas canvas({3000, 200}, dark ? Ink{0.05, 0.05, 0.1} : kPaper);
      canvas.text(30, 120, "Kennwort fuer jeden Tag: grep 7", look.pixels, dark ? Ink{0.4, 1, 0.5} : kBlack, look.font, 0, look.smoothing);
      CHECK(find_lines(canvas.view(), Rect::of({3000, 200})).size() == 1);
    }
  }
}

TEST_CASE("a selection, an inverse field and a coloured prompt end a line where their ground does") {
  Canvas canvas({700, 100});
  canvas.rectangle({150, 30, 220, 24}, {0.1, 0.3, 0.7});
  canvas.text(20, 48, "before it", 14);
  canvas.text(160, 48, "selected words here", 14, kPaper);
  canvas.text(380, 48, "and after it", 14);
  const auto lines = find_lines(canvas.view(), Rect::of({700, 100}));
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].background == 0x194CB2);
  CHECK(lines[1].box.x > 152);
  CHECK(lines[1].box.right() < 368);

  Canvas prompt({700, 60}, {0.1, 0.1, 0.12});
  prompt.text(20, 40, "alice@lab", 14, {0.4, 0.9, 0.4});
  prompt.text(20 + 9 * 8 + 4, 40, ":~/src$ ", 14, {0.4, 0.5, 1});
  prompt.text(20 + 17 * 8 + 8, 40, "ls -la", 14, {0.9, 0.9, 0.9});
  CHECK(find_lines(prompt.view(), Rect::of({700, 60})).size() == 1);
}

TEST_CASE("a line's box is its own: neighbours, an underline and a bar cursor do not change it") {
  const auto box_with = [](int above, bool underline, bool cursor) {
    Canvas canvas({600, 120});
    if (above > 0) canvas.text(20, 60 - above, "gjpqy neighbour (line) above", 14);
    canvas.text(20, 60, "the line (that) stays", 14);
    canvas.text(20, 78, "below: a neighbour", 14);
    if (underline) canvas.rectangle({16, 66, 300, 1}, kBlack);
    if (cursor) canvas.rectangle({230, 48, 1, 16}, kBlack);
    for (const LineBox& line : find_lines(canvas.view(), Rect::of({600, 120}))) {
      if (line.box.y < 60 && line.box.bottom() > 58 && line.box.x < 100) return line.box;
    }
    return Rect{};
  };
  const Rect alone = box_with(0, false, false);
  REQUIRE_FALSE(alone.empty());
  CHECK(box_with(18, false, false) == alone);
  CHECK(box_with(17, false, false) == alone);
  CHECK(box_with(0, true, false) == alone);
  CHECK(box_with(0, false, true) == alone);
}

TEST_CASE("the cells of a table are lines of their own and its rules are none") {
  Canvas canvas({800, 200});
  for (int row = 0; row < 4; ++row) {
    canvas.rectangle({20, 30 + row * 36, 700, 1}, {0.6, 0.6, 0.6});
    for (int column = 0; column < 3; ++column) {
      canvas.text(30 + column * 240, 54 + row * 36, "cell " + std::to_string(row * 3 + column), 14, kBlack, "DejaVu Sans");
    }
  }
  for (int column = 0; column < 4; ++column) canvas.rectangle({20 + column * 233, 30, 1, 145}, {0.6, 0.6, 0.6});
  const auto lines = find_lines(canvas.view(), Rect::of({800, 200}));
  CHECK(lines.size() == 12);
  for (const LineBox& line : lines) CHECK(line.box.height <= 14);
}

TEST_CASE("a panel ends at its border, however far away that is, and not at a block cursor") {
  for (const int width : {40, 120, 128, 129, 256, 300, 700}) {
    CAPTURE(width);
    Canvas canvas({900, 60}, {0.2, 0.4, 0.2});
    canvas.rectangle({100, 0, width, 60}, kPaper);
    canvas.rectangle({120, 22, 8, 16}, kBlack);
    const LineBox line{{104, 24, 12, 12}, 0xFFFFFF};
    CHECK(panel_start(canvas.view(), line) == 100);
    CHECK(panel_end(canvas.view(), line) == 100 + width);
  }
  const Canvas plain({900, 60});
  CHECK(panel_start(plain.view(), {{600, 24, 12, 12}, 0xFFFFFF}) == 0);
  CHECK(panel_end(plain.view(), {{600, 24, 12, 12}, 0xFFFFFF}) == 900);
}

TEST_CASE("lines of two windows of one colour are parted at the border between them, cells that are parted by bars of their own type are not") {
  const auto screen = [](Canvas& canvas, bool border) {
    canvas.text(20, 40, "terminal console");
    if (border) {
      canvas.rectangle({150, 0, 2, 80}, {0.5, 0.5, 0.5});
    } else {
      canvas.rectangle({150, 30, 1, 13}, {0, 0, 0});
    }
    canvas.text(156, 43, "GET /orders/page 200");
  };
  Canvas windows({400, 80}), table({400, 80});
  screen(windows, true);
  screen(table, false);
  const auto parted = find_lines(windows.view(), Rect::of({400, 80}));
  REQUIRE(parted.size() == 2);
  for (const LineBox& line : parted) CHECK((line.box.right() <= 150 || line.box.x >= 152));
  CHECK(find_lines(table.view(), Rect::of({400, 80})).size() == 1);
}

TEST_CASE("a line that another window's edge runs along is torn where the edge cuts its letters, and only there") {
  const auto torn = [](int bottom) {
    Canvas canvas({400, 80});
    canvas.text(20, 40, "09:14:56 INFO shop.http GET /orders");
    canvas.rectangle({0, 0, 400, bottom}, {0.7, 0.1, 0.2});
    const auto lines = find_lines(canvas.view(), Rect::of({400, 80}));
    REQUIRE(lines.size() == 1);
    return torn_along(canvas.view(), lines[0]);
  };
  CHECK_FALSE(torn(10));
  CHECK_FALSE(torn(26));
  CHECK(torn(34));
  Canvas ruled({400, 80});
  ruled.text(20, 40, "09:14:56 INFO shop.http GET /orders");
  ruled.rectangle({0, 41, 400, 2}, {0, 0, 0});
  for (const LineBox& line : find_lines(ruled.view(), Rect::of({400, 80}))) CHECK_FALSE(torn_along(ruled.view(), line));
}

TEST_CASE("the quarter of a screen that is kept up to date is that of the screen") {
  Canvas canvas({203, 118});
  canvas.text(20, 40, "09:14:56 INFO shop.http");
  QuarterScreen quarter;
  quarter.update(canvas.view(), {});
  canvas.rectangle({61, 33, 7, 9}, {0.2, 0.7, 0.1});
  canvas.rectangle({199, 113, 4, 5}, {0.9, 0.7, 0.1});
  quarter.update(canvas.view(), {{61, 33, 7, 9}, {199, 113, 40, 50}});
  const Frame whole = quarter_of(canvas.view());
  REQUIRE(quarter.view().size == Size{51, 30});
  CHECK(same_pixels(quarter.view(), whole.view(), Rect::of(whole.size())));
  const Canvas other({64, 64});
  quarter.update(other.view(), {});
  CHECK(quarter.view().size == Size{16, 16});
}

}  // namespace frostgate::redaction
