#include "redaction/visible_text.h"

#include <algorithm>

#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {
namespace {

constexpr Size kTextScreen{800, 240};

Frame text_screen(const std::vector<std::string>& lines) {
  Canvas canvas(kTextScreen);
  int baseline = 40;
  for (const std::string& line : lines) {
    canvas.text(20, baseline, line);
    baseline += 40;
  }
  return canvas.frame();
}

std::vector<VisibleLine> text_of(const std::vector<Frame>& states, RedactionPolicy policy = {}) {
  Redactor redactor = Redactor::make(std::move(policy), std::make_unique<SharedEngine>(), Detectors::make({}).value(), {1, 2}).value();
  SessionTime at{0};
  for (const Frame& state : states) {
    REQUIRE(redactor.observe({at, state.view(), Region(Rect::of(state.size()))}));
    at += kStep;
  }
  const auto plan = redactor.finish(at);
  REQUIRE(plan);
  return redactor.visible_text(plan.value(), at);
}

bool has(const std::vector<VisibleLine>& lines, const std::string& text) {
  return std::any_of(lines.begin(), lines.end(), [&](const VisibleLine& line) { return line.text.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("what was read and never covered is visible text, with its time and place") {
  const Frame first = text_screen({"systemctl restart nginx"}), second = text_screen({"", "uptime is twelve days"});
  const auto lines = text_of({first, first, second, second, second});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].text == "systemctl restart nginx");
  CHECK(lines[0].from == SessionTime(0));
  CHECK(lines[0].to == 2 * kStep);
  CHECK(lines[0].box.intersects({20, 28, 100, 14}));
  CHECK(lines[1].text == "uptime is twelve days");
  CHECK(lines[1].from == 2 * kStep);
  CHECK(lines[1].to == 5 * kStep);
}

TEST_CASE("a line with a secret is no visible text, not before it was found either") {
  std::vector<Frame> states;
  const std::string whole = "database password: hunter2Kq9x";
  for (std::size_t i = 8; i <= whole.size(); ++i) states.push_back(text_screen({"Last login was on Monday", whole.substr(0, i)}));
  const auto lines = text_of(states);
  CHECK(has(lines, "Last login was on Monday"));
  for (const char* piece : {"hun", "hunter", "Kq9x"}) CHECK_FALSE(has(lines, piece));
}

TEST_CASE("what a region of the policy covers is no visible text") {
  RegionRule region;
  region.kind = RegionKind::rectangle;
  region.name = "left";
  region.width = 800;
  region.height = 60;
  RedactionPolicy policy;
  policy.regions = {region};
  const Frame frame = text_screen({"under the region of the policy", "", "beside the region of the policy"});
  const auto lines = text_of({frame, frame}, policy);
  CHECK_FALSE(has(lines, "under"));
  CHECK(has(lines, "beside"));
}

TEST_CASE("a line that is typed is there once, whole, and one that scrolls is one") {
  std::vector<Frame> states;
  const std::string whole = "make all tests green";
  for (std::size_t i = 4; i <= whole.size(); ++i) states.push_back(text_screen({whole.substr(0, i)}));
  states.push_back(text_screen({"", whole}));
  states.push_back(text_screen({"", "", whole}));
  const auto lines = text_of(states);
  CHECK(std::count_if(lines.begin(), lines.end(), [&](const VisibleLine& line) { return line.text == whole; }) == 1);
  CHECK(lines.size() <= 3);
}

TEST_CASE("what is covered for a moment, because something beside it cannot be read, is visible text of the time before and after") {
  const Frame clear = text_screen({"the weekly report is ready", "", "", "sent on Monday"});
  Canvas blurred(kTextScreen);
  blurred.text(20, 40, "the weekly report is ready");
  blurred.text(20, 160, "sent on Monday");
  blurred.text(24, 50, "too small to be read by anybody at all", 4);
  const std::vector<Frame> states{clear, clear, blurred.frame(), clear, clear};
  const Film film = redacted(states);
  const auto over = [](const UnreadArea& area) { return area.from == 2 * kStep && area.to == 3 * kStep && area.box.intersects({20, 28, 200, 16}); };
  REQUIRE(std::any_of(film.unread.begin(), film.unread.end(), over));
  CHECK(has(film.text, "the weekly report is ready"));
  CHECK(has(film.text, "sent on Monday"));
  // What the film never shows is not there.
  CHECK_FALSE(has(redacted({blurred.frame(), blurred.frame()}).text, "the weekly report is ready"));
}

}  // namespace frostgate::redaction
