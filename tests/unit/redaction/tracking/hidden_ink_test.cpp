#include <catch2/catch.hpp>

#include <memory>
#include <string>

#include "redaction/lines/line_image.h"
#include "redaction/lines/segmentation.h"
#include "redaction/tracking/hidden_ink.h"
#include "redaction/tracking/live_line.h"
#include "tests/unit/redaction/tracking/cell_type.h"

namespace frostgate::redaction {
namespace {

constexpr Size kRowSize{600, 60};

struct Row {
  Canvas canvas{kRowSize};
  LiveLine line;

  explicit Row(const std::string& text) {
    write_cells(canvas, 0, text);
    const int columns = static_cast<int>(text.size());
    line.line = {{kLeftMargin, kFirstBaseline - kAscent, columns * kCellWidth, kAscent + kDescent}, 0x00FFFFFF};
    Reading reading;
    reading.kind = LineKind::read;
    for (int i = 0; i < columns; ++i) {
      reading.characters.push_back({static_cast<char32_t>(text[static_cast<std::size_t>(i)]), {i * kCellWidth, 0, kCellWidth, kAscent + kDescent}, 1});
    }
    line.reading = std::make_shared<const Reading>(std::move(reading));
  }
};

// What a mask hides that begins at the last word.
HiddenInk last_word_of(const Row& row, const std::string& text) {
  const int left = kLeftMargin + (static_cast<int>(text.rfind(' ')) + 1) * kCellWidth;
  return HiddenInk(row.canvas.view(), row.line, {left, 0, kRowSize.width - left, kRowSize.height});
}

const std::string kSecret = "DEBUG shop.http Authorization: Bearer tK8w2nQzVb4";

bool made_up_by(const Row& row) { return last_word_of(Row(kSecret), kSecret).makes_up(row.canvas.view(), row.line); }

}  // namespace

TEST_CASE("what a line shows of hidden ink, be it a letter, is a piece of it where nothing else stands, and behind its own words") {
  CHECK(made_up_by(Row(std::string(38, ' ') + "tK8w2nQzVb4")));
  CHECK(made_up_by(Row(std::string(38, ' ') + "t")));
  CHECK(made_up_by(Row("DEBUG shop.http Authorization: Bearer t")));
  CHECK(made_up_by(Row("                 uthorization: Bearer tK")));
}

TEST_CASE("a line that is typed where hidden ink stood, and begins with its first letter, is no piece of it") {
  const std::string prompt = "admin@app1:~$ echo \"all is well\" >>>  ";
  REQUIRE(prompt.size() == 38);
  CHECK_FALSE(made_up_by(Row(prompt + "t")));
  CHECK_FALSE(made_up_by(Row(prompt + "tKL")));
  CHECK(made_up_by(Row(prompt + "tK8w2nQzVb4")));
}

}  // namespace frostgate::redaction
