// What the redactor lets a recording teach.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {
namespace {

constexpr Size kScreen{700, 260};

Frame screen(const std::vector<std::string>& lines) {
  Canvas canvas(kScreen);
  for (std::size_t i = 0; i < lines.size(); ++i) canvas.text(20, 30 + 30 * static_cast<int>(i), lines[i], 14);
  return canvas.frame();
}

const std::vector<std::string> kPages[] = {
    {"the quick brown fox jumps over a lazy dog", "how vexingly quick daft zebras jump", "sphinx of black quartz judge my vow"},
    {"pack my box with five dozen liquor jugs", "the five boxing wizards jump quickly", "a lazy dog jumps over the quick brown fox"},
    {"quick zephyrs blow vexing daft jim", "every good cook praised big juicy steaks", "we promptly judged antique ivory buckles"},
    {"crazy frederick bought many very exquisite jewels", "sixty zippers were quickly picked from the bag", "amazingly few taverns serve good juice"}};

// Pages that teach, with `last` below them in the state of its number.
std::vector<Frame> pages(const std::vector<std::string>& last) {
  std::vector<Frame> states;
  for (std::size_t i = 0; i < last.size(); ++i) {
    std::vector<std::string> lines = kPages[i * 4 / last.size()];
    lines.push_back(last[i]);
    states.push_back(screen(lines));
  }
  states.push_back(screen(kPages[0]));
  return states;
}

std::vector<std::string> typed(const std::string& text, std::size_t step) {
  std::vector<std::string> states;
  for (std::size_t i = 4; i <= text.size(); i += step) states.push_back(text.substr(0, i));
  return states;
}

// Whether a saved atlas (redaction/glyphs/FORMAT.md) has a glyph of this character.
bool knows(const std::vector<std::byte>& atlas, char32_t character) {
  const auto number = [&](std::size_t at, std::size_t size) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::size_t>(atlas.at(at + i)) << (8 * i);
    return value;
  };
  std::size_t at = 12 + 2 * number(6, 2);
  for (std::size_t glyphs = number(8, 4); glyphs > 0; --glyphs) {
    const std::size_t pixels = number(at, 1) * number(at + 1, 1), characters = number(at + 4, 1);
    for (std::size_t i = 0; i < characters; ++i) {
      if (number(at + 5 + 4 * i, 4) == character) return true;
    }
    at += 5 + 4 * characters + (pixels + 1) / 2;
  }
  return false;
}

void require_same(const Film& a, const Film& b) {
  CHECK(a.atlas == b.atlas);
  CHECK(a.report.lines_from_atlas == b.report.lines_from_atlas);
  CHECK(a.report.lines_from_reader == b.report.lines_from_reader);
  CHECK(a.report.lines_from_cache == b.report.lines_from_cache);
  CHECK(a.report.lines_hidden == b.report.lines_hidden);
  CHECK(a.report.lines_unread == b.report.lines_unread);
  CHECK(a.report.lines_checked == b.report.lines_checked);
}

}  // namespace

TEST_CASE("clean lines teach, and the next recording of the target needs the engine less") {
  const std::vector<Frame> states = pages({"one", "two", "three", "four", "five", "six", "seven", "eight"});
  const Film cold = redacted(states);
  CHECK(knows(cold.atlas, U'q'));
  const Film warm = redacted(states, {}, nullptr, GlyphAtlas::load(cold.atlas).value());
  CHECK(warm.report.lines_from_atlas > cold.report.lines_from_atlas);
  CHECK(warm.report.lines_from_reader < cold.report.lines_from_reader);
}

TEST_CASE("the beginning of a secret teaches nothing before it is known to be one") {
  const Film film = redacted(pages(typed("ghp_MQMQMQMQMQMQMQMQMQMQMQMQMQMQMQMQMQMQ", 4)));
  const Film twin = redacted(pages(typed("ghp_XWXWXWXWXWXWXWXWXWXWXWXWXWXWXWXWXWXW", 4)));
  REQUIRE_FALSE(film.masks.empty());
  CHECK(film.report.lines_hidden > 0);
  CHECK_FALSE(knows(film.atlas, U'M'));
  require_same(film, twin);
}

TEST_CASE("lines under a mask teach nothing") {
  std::vector<std::string> secrets, others;
  for (int i = 0; i < 8; ++i) {
    secrets.push_back("password: MQ" + std::to_string(i) + "MQ7MQ2MQ");
    others.push_back("password: XW" + std::to_string(i) + "XW7XW2XW");
  }
  const Film film = redacted(pages(secrets)), twin = redacted(pages(others));
  REQUIRE_FALSE(film.masks.empty());
  CHECK_FALSE(knows(film.atlas, U'M'));
  require_same(film, twin);
}

TEST_CASE("lines under a region that the policy covers teach nothing") {
  RedactionPolicy policy;
  RegionRule notes_region;
  notes_region.name = "notes";
  notes_region.y = 105;
  notes_region.width = 700;
  notes_region.height = 30;
  policy.regions.push_back(notes_region);
  std::vector<std::string> notes, others;
  for (int i = 0; i < 8; ++i) {
    notes.push_back("MEMO MARMALADE MMM" + std::to_string(i));
    others.push_back("WOWO WOWAWOWOW WWW" + std::to_string(i));
  }
  const Film film = redacted(pages(notes), policy), twin = redacted(pages(others), policy);
  CHECK_FALSE(knows(film.atlas, U'M'));
  CHECK(film.report.lines_hidden > 0);
  require_same(film, twin);
}

}  // namespace frostgate::redaction
