#include <catch2/catch.hpp>

#include "redaction/cover_timeline.h"
#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "tests/unit/redaction/canvas.h"

using namespace frostgate;
using namespace frostgate::redaction;
using std::chrono::milliseconds;

namespace {

constexpr Size kPlanScreen{640, 120};

Frame screen(const std::string& text) {
  Canvas canvas(kPlanScreen);
  canvas.text(20, 60, text);
  return canvas.frame();
}

Redactor new_redactor() {
  return Redactor::make({}, make_tesseract_reader({}).value(), Detectors::make({}).value(), {1, 2}).value();
}

}  // namespace

TEST_CASE("a plan of what has been seen so far covers what the last word covers, but for masks that reach back") {
  Redactor redactor = new_redactor();
  const std::string token = "ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm";
  std::vector<RedactionPlan> plans;
  for (std::size_t i = 0; i < 10; ++i) {
    const Frame state = screen(token.substr(0, 4 + 4 * i));
    REQUIRE(redactor.observe({milliseconds(1000 * static_cast<int>(i)), state.view(), Rect::of(kPlanScreen)}));
    plans.push_back(redactor.plan_so_far().value());
    CHECK(plans.back().until() == milliseconds(1000 * static_cast<int>(i)));
  }
  const RedactionPlan last = redactor.finish(milliseconds(11'000)).value();
  REQUIRE_FALSE(last.masks().empty());
  CHECK(last.until() == SessionTime::max());
  CHECK(plans.front().masks().empty());
  CHECK(last.differs_from(plans.front()) == milliseconds(0));       // the first state is covered now
  CHECK(last.differs_from(plans.back()) == SessionTime::max());     // nothing new was learned
  CoverTimeline then(plans.back()), now(last);
  for (int i = 0; i < 10; ++i) CHECK(then.at(milliseconds(1000 * i), kPlanScreen) == now.at(milliseconds(1000 * i), kPlanScreen));
}

TEST_CASE("what a plan has not decided is covered as a whole") {
  Redactor redactor = new_redactor();
  const Frame state = screen("plain words");
  REQUIRE(redactor.observe({milliseconds(1000), state.view(), Rect::of(kPlanScreen)}));
  Renderer renderer(redactor.plan_so_far().value());
  const ClearedFrame decided = renderer.render(milliseconds(1000), state.view(), Rect::of(kPlanScreen));
  CHECK(same_pixels(decided.view(), state.view(), Rect::of(kPlanScreen)));
  const Frame later = screen("what nobody has read");
  const ClearedFrame undecided = renderer.render(milliseconds(1001), later.view(), Rect::of(kPlanScreen));
  const ClearedFrame twin = Renderer(redactor.plan_so_far().value()).render(milliseconds(1001), state.view(), Rect::of(kPlanScreen));
  CHECK(same_pixels(undecided.view(), twin.view(), Rect::of(kPlanScreen)));
}

TEST_CASE("a renderer that follows another plan says which pixels that changes") {
  const Frame state = screen("password: hunter2Kq9x");
  Redactor before = new_redactor();
  const Frame nothing = screen("");
  REQUIRE(before.observe({milliseconds(0), nothing.view(), Rect::of(kPlanScreen)}));
  Redactor after = new_redactor();
  REQUIRE(after.observe({milliseconds(0), state.view(), Rect::of(kPlanScreen)}));
  Renderer renderer(before.finish(milliseconds(5000)).value());
  REQUIRE(same_pixels(renderer.render(milliseconds(0), state.view(), Rect::of(kPlanScreen)).view(), state.view(), Rect::of(kPlanScreen)));
  renderer.follow(after.finish(milliseconds(5000)).value());
  REQUIRE(renderer.plan().masks().size() >= 1);
  const ClearedFrame covered = renderer.render(milliseconds(1000), state.view(), {});
  for (const Mask& mask : renderer.plan().masks()) CHECK(covered.changed().intersects(mask.box));
  const ClearedFrame again = renderer.again().render(milliseconds(0), state.view(), Rect::of(kPlanScreen));
  CHECK(same_pixels(again.view(), covered.view(), Rect::of(kPlanScreen)));
}

TEST_CASE("a frame that was made from the one before is the frame that is made anew") {
  Redactor redactor = new_redactor();
  std::vector<Frame> states;
  std::vector<Rect> damage;
  Canvas canvas(kPlanScreen);
  for (int i = 0; i < 8; ++i) {
    const Rect row{0, 10 + 14 * i, kPlanScreen.width, 14};
    canvas.rectangle(row.expanded(0, 8), i % 2 ? Ink{0.1, 0.1, 0.3} : kPaper);
    canvas.text(20, row.bottom(), i % 3 == 0 ? "password: hunter2Kq9x" : "plain words on a row", 12, i % 2 ? kPaper : kBlack);
    states.push_back(Frame::copy_of(canvas.view()));
    damage.push_back(row.expanded(0, 24));
    REQUIRE(redactor.observe({milliseconds(200 * i), states.back().view(), i == 0 ? Region(Rect::of(kPlanScreen)) : Region(damage.back())}));
  }
  Renderer renderer(redactor.finish(milliseconds(2000)).value());
  REQUIRE_FALSE(renderer.plan().masks().empty());
  std::vector<Frame> kept;
  std::vector<ClearedFrame> held;  // a frame that somebody holds stays as it was
  for (std::size_t i = 0; i < states.size(); ++i) {
    const SessionTime at = milliseconds(200 * static_cast<int>(i));
    held.push_back(renderer.render(at, states[i].view(), i == 0 ? Region(Rect::of(kPlanScreen)) : Region(damage[i])));
    const ClearedFrame anew = renderer.again().render(at, states[i].view(), Rect::of(kPlanScreen));
    CHECK(same_pixels(held.back().view(), anew.view(), Rect::of(kPlanScreen)));
    kept.push_back(Frame::copy_of(anew.view()));
    if (i % 2 == 0) held.pop_back();
  }
  for (std::size_t i = 0; i < held.size(); ++i) CHECK(same_pixels(held[i].view(), kept[2 * i + 1].view(), Rect::of(kPlanScreen)));
}
