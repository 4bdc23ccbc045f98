#include <catch2/catch.hpp>

#include <algorithm>

#include "redaction/live/live_lines.h"
#include "redaction/live/plain_word.h"
#include "redaction/lines/colour.h"
#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "tests/unit/redaction/canvas.h"

using namespace frostgate;
using namespace frostgate::redaction;
using std::chrono::milliseconds;

namespace {

constexpr Size kLiveScreen{640, 160};
constexpr SessionTime kState = milliseconds(200);

// A terminal: what is typed on its last line, in states 0.2 s apart, and pauses.
class Terminal {
 public:
  void type(const std::string& text, double characters_a_second) {
    std::string before = line_;
    double typed = 0;
    while (line_.size() < before.size() + text.size()) {
      typed += characters_a_second * 0.2;
      const std::size_t now = std::min(text.size(), static_cast<std::size_t>(typed));
      line_ = before + text.substr(0, now);
      show();
    }
  }
  void wait(SessionTime time) {
    for (SessionTime passed{}; passed < time; passed += kState) show();
  }
  void enter(const std::string& next = "$ ") {
    above_.push_back(line_);
    if (above_.size() > 4) above_.erase(above_.begin());
    line_ = next;
    show();
  }

  std::vector<Frame> states;

 private:
  void show() {
    Canvas canvas(kLiveScreen);
    int y = 26;
    for (const std::string& line : above_) canvas.text(10, y, line), y += 24;
    canvas.text(10, y, line_);
    states.push_back(canvas.frame());
  }
  std::vector<std::string> above_;
  std::string line_ = "$ ";
};

using Covers = std::vector<Cover>;

// What was covered in each state.
struct Shown {
  std::vector<Covers> live;  // of the first states; the last ones were never shown
  std::vector<Covers> film;
};

Shown play(const std::vector<Frame>& states) {
  Shown shown;
  auto redactor = Redactor::make({}, make_tesseract_reader({}).value(), Detectors::make({}).value(), {1, 2}).value();
  std::optional<Renderer> live;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const SessionTime at = kState * static_cast<std::int64_t>(i);
    REQUIRE(redactor.observe({at, states[i].view(), Region(Rect::of(kLiveScreen))}));
    RedactionPlan plan = redactor.live_plan(at).value();
    const SessionTime until = plan.until();
    if (live) live->follow(std::move(plan));
    else live.emplace(std::move(plan));
    while (kState * static_cast<std::int64_t>(shown.live.size()) <= until) {
      const std::size_t next = shown.live.size();
      live->render(kState * static_cast<std::int64_t>(next), states[next].view(), Rect::of(kLiveScreen));
      shown.live.push_back(live->covers());
    }
  }
  Renderer film(redactor.finish(kState * static_cast<std::int64_t>(states.size())).value());
  for (std::size_t i = 0; i < states.size(); ++i) {
    film.render(kState * static_cast<std::int64_t>(i), states[i].view(), Rect::of(kLiveScreen));
    shown.film.push_back(film.covers());
  }
  return shown;
}

bool covered(const Covers& covers, int x, int y) {
  return std::any_of(covers.begin(), covers.end(), [&](const Cover& cover) { return cover.box.intersects({x, y, 1, 1}); });
}

template <class Each>
void each_ink(const Frame& state, const Rect& area, Each each) {
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      if (colour_of(state.view().at(x, y)) != colour_of(state.view().at(0, 0))) each(x, y);
    }
  }
}

// Ink that live shows and the film covers, at the same time.
int betrayed(const Shown& shown, const std::vector<Frame>& states) {
  int pixels = 0;
  for (std::size_t i = 0; i < shown.live.size(); ++i) {
    each_ink(states[i], Rect::of(kLiveScreen), [&](int x, int y) { pixels += covered(shown.film[i], x, y) && !covered(shown.live[i], x, y); });
  }
  return pixels;
}

// Of the ink of a state in an area, how much live shows.
double ink_shown(const Shown& shown, const std::vector<Frame>& states, std::size_t i, const Rect& area = Rect::of(kLiveScreen)) {
  int all = 0, seen = 0;
  each_ink(states[i], area, [&](int x, int y) {
    ++all;
    seen += !covered(shown.live[i], x, y);
  });
  REQUIRE(all > 0);
  return static_cast<double>(seen) / all;
}

}  // namespace

TEST_CASE("L9: live shows no ink that the film covers at the same time, however fast and with whatever pauses a secret is typed") {
  const std::vector<std::string> secrets{"ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5h", "curl -H 'Authorization: Bearer aB3dE9'",
                                         "password: hunter2Kq9x", "mysql -u root -pTr0ub4dorX9", "4111 1111 1111 1111",
                                         "export DB_PASSWORD=lemon7Tree"};
  const std::vector<std::size_t> pauses{0, 2, 9, 14};  // after so many characters
  std::size_t number = 0;
  for (const std::string& secret : secrets) {
    for (const double speed : {3.0, 12.0}) {
      const std::size_t cut = pauses[number++ % pauses.size()];
      INFO(secret << ", " << speed << " a second, a pause after " << cut);
      Terminal terminal;
      terminal.wait(milliseconds(2600));
      if (cut > 0) {
        terminal.type(secret.substr(0, cut), speed);
        terminal.wait(milliseconds(3200));
      }
      terminal.type(secret.substr(cut), speed);
      terminal.wait(milliseconds(400));
      terminal.enter();
      terminal.wait(milliseconds(3200));
      const Shown shown = play(terminal.states);
      REQUIRE(shown.live.size() + 10 == terminal.states.size());
      CHECK(betrayed(shown, terminal.states) == 0);
    }
    // So that each secret meets other pauses at each speed.
    ++number;
  }
}

TEST_CASE("live shows plain words once they have stayed, and not before") {
  Terminal terminal;
  terminal.type("please read the weekly report first", 12);
  terminal.enter();
  const std::size_t entered = terminal.states.size() - 1;
  terminal.wait(milliseconds(3000));
  terminal.type("ls", 12);
  terminal.wait(milliseconds(6000));
  const Shown shown = play(terminal.states);
  CHECK(betrayed(shown, terminal.states) == 0);
  CHECK(ink_shown(shown, terminal.states, entered / 2) == 0);  // still being typed
  CHECK(ink_shown(shown, terminal.states, shown.live.size() - 1) > 0.85);
}

TEST_CASE("live covers a token that is no word even where the film does not") {
  Terminal terminal;
  terminal.type("report x7Kq9Trb2Lm4", 12);
  terminal.enter("$ the words below are plain");
  terminal.enter("$ ");
  terminal.wait(milliseconds(6000));
  const Shown shown = play(terminal.states);
  CHECK(betrayed(shown, terminal.states) == 0);
  const std::size_t last = shown.live.size() - 1;
  CHECK(ink_shown(shown, terminal.states, last, {10 + 9 * 9, 12, 12 * 8, 20}) == 0);
  CHECK(shown.film[last].empty());
}

TEST_CASE("what live has not decided, and what is too long ago, is covered as a whole") {
  LiveLines lines;
  CHECK(lines.covers(milliseconds(5000)).size() == 1);
  auto redactor = Redactor::make({}, make_tesseract_reader({}).value(), Detectors::make({}).value(), {1, 2}).value();
  Canvas canvas(kLiveScreen);
  canvas.text(10, 40, "some words");
  REQUIRE(redactor.observe({milliseconds(1000), canvas.view(), Region(Rect::of(kLiveScreen))}));
  RedactionPlan plan = redactor.live_plan(milliseconds(4000)).value();
  CHECK(plan.until() == milliseconds(2000));
  CoverTimeline covers(plan);
  CHECK(covers.at(milliseconds(500), kLiveScreen).front().box == Rect::of(kLiveScreen));
  const std::vector<Cover> decided = covers.at(milliseconds(2000), kLiveScreen);
  REQUIRE(decided.size() == 1);  // the line, where somebody may be typing
  CHECK(decided[0].box.height < 30);
  CHECK(covers.at(milliseconds(2001), kLiveScreen).front().box == Rect::of(kLiveScreen));
}

TEST_CASE("words are plain, and nothing that could be a secret is a word") {
  for (const char32_t* word : {U"please", U"Report,", U"(the)", U"NAME", U"weekly.", U"Grüße", U"\"first\"", U"through"}) {
    CHECK(plain_word(word));
  }
  for (const char32_t* token : {U"hunter2", U"Tr0ub", U"aB", U"XkQz", U"xkcdqrst", U"S3cret", U"pass_word", U"user@host", U"--", U"12:30", U"",
                                U"passwordpasswordpassword", U"camelCase", U"/etc"}) {
    CHECK_FALSE(plain_word(token));
  }
}
