#include "redaction/motion.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {
namespace {

constexpr Size kMotionScreen{640, 384};
constexpr Rect kVideo{128, 64, 384, 256};

// A picture without paper, another one for each number.
void draw_video(Frame& frame, const Rect& box, unsigned number) {
  for (int y = box.y; y < box.bottom(); ++y) {
    std::uint8_t* pixel = frame.row(y) + std::ptrdiff_t{box.x} * kBytesPerPixel;
    for (int x = box.x; x < box.right(); ++x, pixel += kBytesPerPixel) {
      pixel[0] = static_cast<std::uint8_t>(60 + (x + number * 7) % 90);
      pixel[1] = static_cast<std::uint8_t>(40 + (y * 2 + x + number * 5) % 120);
      pixel[2] = static_cast<std::uint8_t>(80 + (x + y + number * 3) % 100);
    }
  }
}

// A state each 0.2 s, in the first `moving` of which the video goes on.
std::vector<Frame> states(int moving, int still) {
  std::vector<Frame> out;
  for (int i = 0; i < moving + still; ++i) {
    Canvas canvas(kMotionScreen);
    canvas.text(20, 40, "a page about something");
    draw_video(canvas.frame(), kVideo, static_cast<unsigned>(std::min(i, moving - 1)));
    out.push_back(canvas.frame());
  }
  return out;
}

struct Seen {
  SessionTime at;
  Frame frame;
};

bool covers_all(const Rect&) { return true; }
bool covers_none(const Rect&) { return false; }

std::vector<Seen> play(Motion& motion, const std::vector<Frame>& shown, int moving, bool (*covers)(const Rect&)) {
  std::vector<Seen> seen;
  const auto each = [&](const Observation& observation) -> Result<void> {
    seen.push_back({observation.at, Frame::copy_of(observation.frame)});
    return {};
  };
  for (int i = 0; i < static_cast<int>(shown.size()); ++i) {
    const Region damage = i == 0 ? Region(Rect::of(kMotionScreen)) : i < moving ? Region(kVideo) : Region();
    REQUIRE(motion.next({kStep * i, shown[static_cast<std::size_t>(i)].view(), damage}, covers, each));
  }
  REQUIRE(motion.finish(each));
  return seen;
}

}  // namespace

TEST_CASE("of a video one picture a second is read, no state of it is held for more than two, and the last one is shown") {
  const int moving = 40;
  const std::vector<Frame> shown = states(moving, 0);
  Motion motion;
  const std::vector<Seen> seen = play(motion, shown, moving, covers_none);
  int different = 0;
  for (std::size_t i = 1; i < seen.size(); ++i) different += !same_pixels(seen[i].frame.view(), seen[i - 1].frame.view(), kVideo);
  CHECK(different >= 15);  // ten of them before it is known for a video
  CHECK(different <= 22);
  REQUIRE(motion.holds().size() >= 5);
  for (const Hold& hold : motion.holds()) {
    CHECK(hold.box == kVideo);
    CHECK_FALSE(hold.covered);
    CHECK(hold.to - hold.from <= std::chrono::seconds(2));
  }
  CHECK(same_pixels(seen.back().frame.view(), shown.back().view(), Rect::of(kMotionScreen)));
}

TEST_CASE("a video that stops shows its last picture, whether or not something happens then") {
  for (const int still : {0, 1, 20}) {
    CAPTURE(still);
    const std::vector<Frame> shown = states(28, still);
    Motion motion;
    const std::vector<Seen> seen = play(motion, shown, 28, covers_none);
    CHECK(same_pixels(seen.back().frame.view(), shown.back().view(), Rect::of(kMotionScreen)));
    for (const Hold& hold : motion.holds()) CHECK(hold.to < SessionTime::max());
  }
}

TEST_CASE("text that is written on and on is no video") {
  Motion motion;
  const auto each = [](const Observation&) -> Result<void> { return {}; };
  for (int i = 0; i < 40; ++i) {
    Canvas canvas(kMotionScreen, {0.1, 0.1, 0.1});
    for (int row = 0; row < 22; ++row) canvas.text(8, 20 + row * 16, "09:14:07 INFO shop.http GET /api/orders 200 " + std::to_string(i + row) + " ms", 13, kPaper);
    REQUIRE(motion.next({kStep * i, canvas.view(), Rect::of(kMotionScreen)}, covers_all, each));
  }
  CHECK(motion.holds().empty());
}

TEST_CASE("the film shows of a video what was read, and nothing of the states between") {
  const int moving = 24;
  const std::vector<Frame> shown = states(moving, 3);
  for (const Moving policy : {Moving::sample, Moving::cover}) {
    RegionRule everywhere{"all", RegionKind::rectangle, RegionUnit::percent, 0, 0, 100, 100};
    everywhere.redact = false;
    everywhere.unreadable = Unreadable::show;
    everywhere.moving = policy;
    Redactor redactor = Redactor::make({{everywhere}}, std::make_unique<SharedEngine>(), Detectors::make({}).value(), {1, 2}).value();
    const auto damage = [&](int i) { return i == 0 ? Region(Rect::of(kMotionScreen)) : i < moving ? Region(kVideo) : Region(); };
    for (int i = 0; i < static_cast<int>(shown.size()); ++i) REQUIRE(redactor.observe({kStep * i, shown[static_cast<std::size_t>(i)].view(), damage(i)}));
    Renderer renderer(redactor.finish(kStep * static_cast<int>(shown.size())).value());
    const std::vector<Hold>& holds = renderer.plan().holds();
    REQUIRE_FALSE(holds.empty());
    CHECK((policy == Moving::sample ? renderer.plan().report().held_area_time : renderer.plan().report().moving_area_time) > 0);
    std::optional<Renderer> late;  // begins in the middle
    for (int i = 0; i < static_cast<int>(shown.size()); ++i) {
      CAPTURE(i);
      const SessionTime at = kStep * i;
      const ClearedFrame cleared = renderer.render(at, shown[static_cast<std::size_t>(i)].view(), damage(i));
      const Hold* hold = nullptr;
      for (const Hold& each : holds) hold = each.from < at && at < each.to ? &each : hold;
      std::size_t source = static_cast<std::size_t>(i);
      if (hold && policy == Moving::sample) source = static_cast<std::size_t>(hold->from / kStep);
      const bool covered = std::any_of(holds.begin(), holds.end(), [&](const Hold& each) { return each.covered && each.from <= at && at < each.to; });
      CHECK(same_pixels(cleared.view(), shown[source].view(), kVideo) == !covered);
      if (i == 14) late.emplace(renderer.again());
      if (i < 14) continue;
      const ClearedFrame again = late->render(at, shown[static_cast<std::size_t>(i)].view(), i == 14 ? Region(Rect::of(kMotionScreen)) : damage(i));
      if (i >= 20) CHECK(same_pixels(again.view(), cleared.view(), Rect::of(kMotionScreen)));
      if (hold && i == 14) CHECK_FALSE(same_pixels(again.view(), shown[14].view(), kVideo));
    }
  }
}

}  // namespace frostgate::redaction
