#include "redaction/motion.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "redaction/lines/colour.h"
#include "redaction/regions/region_tracker.h"
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

std::vector<Rect> everywhere() { return {Rect::of(kMotionScreen)}; }
std::vector<Rect> nowhere() { return {}; }
Result<void> unseen(const Observation&) { return {}; }

std::vector<Seen> play(Motion& motion, const std::vector<Frame>& shown, int moving, const Motion::Places& places) {
  std::vector<Seen> seen;
  const auto each = [&](const Observation& observation) -> Result<void> {
    seen.push_back({observation.at, Frame::copy_of(observation.frame)});
    return {};
  };
  for (int i = 0; i < static_cast<int>(shown.size()); ++i) {
    const Region damage = i == 0 ? Region(Rect::of(kMotionScreen)) : i < moving ? Region(kVideo) : Region();
    REQUIRE(motion.next({kStep * i, shown[static_cast<std::size_t>(i)].view(), damage}, places, each));
  }
  REQUIRE(motion.finish(kStep * static_cast<int>(shown.size()), each));
  return seen;
}

}  // namespace

TEST_CASE("of a video one picture a second is read, no state of it is held for more than two, and the last one is shown") {
  const int moving = 40;
  const std::vector<Frame> shown = states(moving, 0);
  Motion motion;
  const std::vector<Seen> seen = play(motion, shown, moving, nowhere);
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
    const std::vector<Seen> seen = play(motion, shown, 28, nowhere);
    CHECK(same_pixels(seen.back().frame.view(), shown.back().view(), Rect::of(kMotionScreen)));
    for (const Hold& hold : motion.holds()) CHECK(hold.to < SessionTime::max());
  }
}

TEST_CASE("text that is written on and on is no video") {
  Motion motion;
  for (int i = 0; i < 40; ++i) {
    Canvas canvas(kMotionScreen, {0.1, 0.1, 0.1});
    for (int row = 0; row < 22; ++row) canvas.text(8, 20 + row * 16, "09:14:07 INFO shop.http GET /api/orders 200 " + std::to_string(i + row) + " ms", 13, kPaper);
    REQUIRE(motion.next({kStep * i, canvas.view(), Rect::of(kMotionScreen)}, everywhere, unseen));
  }
  CHECK(motion.holds().empty());
}

namespace {

// A state each 0.2 s; `draw` says what of it has changed. The covered boxes of all that time, and at its end.
struct Covering {
  std::vector<Hold> holds;
  std::vector<Rect> at_end;
  // Of the states in which something was covered the first.
  SessionTime since = SessionTime::max();
};

Covering covering(int count, const Motion::Places& places, const std::function<Region(Canvas&, int)>& draw) {
  Motion motion;
  Covering out;
  for (int i = 0; i < count; ++i) {
    Canvas canvas(kMotionScreen);
    Region damage = draw(canvas, i);
    if (i == 0) damage = Region(Rect::of(kMotionScreen));
    REQUIRE(motion.next({kStep * i, canvas.view(), damage}, places, unseen));
  }
  for (const Hold& hold : motion.holds()) {
    if (!hold.covered) continue;
    out.holds.push_back(hold);
    out.since = std::min(out.since, hold.from);
    if (hold.to == SessionTime::max()) out.at_end.push_back(hold.box);
  }
  return out;
}

bool all_covered(const std::vector<Rect>& boxes, const Rect& area) { return pieces_outside(area, boxes) == std::vector<Rect>(); }

// With edges wherever they may lie between tiles.
const Rect kUnaligned[] = {{129, 65, 382, 254}, {100, 90, 350, 210}, {70, 40, 440, 300}, {127, 63, 386, 258}, {97, 33, 319, 281}, {1, 3, 300, 222}, {288, 150, 351, 233}};

}  // namespace

TEST_CASE("a covered video is covered up to its true edges wherever they lie, and no text beside it is") {
  for (const Rect& video : kUnaligned) {
    CAPTURE(video.x, video.y, video.width, video.height);
    const auto draw = [&](Canvas& canvas, int i) {
      canvas.text(20, 20, "a page about something");
      draw_video(canvas.frame(), video, static_cast<unsigned>(i));
      return Region(video);
    };
    const Covering drawn_closely = covering(30, [&] { return std::vector<Rect>{video}; }, draw);
    CHECK(drawn_closely.at_end == std::vector<Rect>{video});
    CHECK(drawn_closely.since <= kStep * 12);

    const Covering larger = covering(30, everywhere, draw);
    CHECK(larger.since <= kStep * 12);
    REQUIRE(larger.at_end.size() == 1);
    CHECK(larger.at_end[0].contains(video));
    // A tile that is a picture but for a sliver counts as one.
    CAPTURE(larger.at_end[0].x, larger.at_end[0].y, larger.at_end[0].right(), larger.at_end[0].bottom());
    CHECK(video.expanded(28, 28).contains(larger.at_end[0]));
    for (const Hold& hold : larger.holds) CHECK(hold.box.contains(video));
  }
}

TEST_CASE("where the policy's place has a part of a video, that part is covered and the rest is sampled") {
  for (const Rect& video : kUnaligned) {
    CAPTURE(video.x, video.y, video.width, video.height);
    const Rect left = Rect::between(0, 0, video.x + video.width / 2, kMotionScreen.height), top = Rect::between(0, 0, kMotionScreen.width, video.y + 37);
    const Rect inside = video.expanded(-90, -70);
    for (const Rect& place : {left, top, inside}) {
      const Covering part = covering(30, [&] { return std::vector<Rect>{place}; }, [&](Canvas& canvas, int i) {
        draw_video(canvas.frame(), video, static_cast<unsigned>(i));
        return Region(video);
      });
      CHECK(all_covered(part.at_end, video.intersected(place)));
      for (const Hold& hold : part.holds) CHECK(place.contains(hold.box));
    }
  }
}

TEST_CASE("parts of a covered video that are as smooth as a sky, or that move first when it is covered already, are covered") {
  const Rect video{100, 34, 390, 300}, sky{100, 34, 390, 130}, late{490, 160, 24, 174};
  const Covering film = covering(50, everywhere, [&](Canvas& canvas, int i) {
    draw_video(canvas.frame(), video, static_cast<unsigned>(i));
    canvas.rectangle(sky, {0.4, 0.6, 0.8 + 0.004 * (i % 40)});
    Region damage(video);
    if (i == 30) {
      // Once, and not again for long.
      canvas.rectangle(late, {0.9, 0.2, 0.2});
      damage.add(late);
    }
    return damage;
  });
  CHECK(film.since <= kStep * 12);
  for (const Hold& hold : film.holds) CHECK(hold.box.contains(video));
  // In the state in which it does.
  CHECK(std::any_of(film.holds.begin(), film.holds.end(), [&](const Hold& hold) { return hold.from <= kStep * 30 && hold.to > kStep * 30 && hold.box.contains(late); }));
}

TEST_CASE("a covered video that grows is covered as it is then, without a gap; what is typed two tiles from it never is") {
  const Rect small{100, 90, 350, 170}, large{100, 90, 400, 200};
  const Covering film = covering(60, everywhere, [&](Canvas& canvas, int i) {
    const Rect& video = i < 25 ? small : large;
    canvas.text(20, 370, std::string(static_cast<std::size_t>(i % 20), 'm'));
    draw_video(canvas.frame(), video, static_cast<unsigned>(i));
    Region damage(video);
    damage.add(Rect{0, 350, 640, 34});
    return damage;
  });
  REQUIRE(film.holds.size() >= 2);
  CHECK(film.holds.size() <= 6);
  CHECK_FALSE(film.holds.front().box.contains(large));
  REQUIRE(film.at_end.size() == 1);
  CHECK(film.at_end[0].contains(large));
  for (std::size_t i = 1; i < film.holds.size(); ++i) CHECK(film.holds[i].from <= film.holds[i - 1].to);
  CHECK(film.holds.back().from <= kStep * 26);
  for (const Hold& hold : film.holds) CHECK(hold.box.bottom() <= 320);
}

TEST_CASE("a place that goes about with its window takes its cover along, and leaves nothing behind that would be kept for ever") {
  Rect place;
  const Covering film = covering(80, [&] { return std::vector<Rect>{place}; }, [&](Canvas& canvas, int i) {
    const Rect video{70 + std::clamp(i - 30, 0, 30) * 3, 41, 300, 200};
    place = video;
    draw_video(canvas.frame(), video, static_cast<unsigned>(i));
    return Region(video.expanded(3, 0));
  });
  REQUIRE(film.at_end.size() == 1);
  CHECK(film.at_end[0] == place);
  for (int i = 12; i < 80; ++i) {
    int covers = 0;
    for (const Hold& hold : film.holds) covers += hold.from <= kStep * i && kStep * i < hold.to;
    CHECK(covers >= 1);
    CHECK(covers <= 2);
  }
}

TEST_CASE("where the place of a covered video is lost, what moves stays covered until it rests") {
  const Rect video{100, 90, 350, 210};
  int state = 0;
  const Covering film = covering(60, [&] { return state < 20 ? std::vector<Rect>{video} : std::vector<Rect>(); }, [&](Canvas& canvas, int i) {
    state = i;
    draw_video(canvas.frame(), video, static_cast<unsigned>(std::min(i, 40)));
    return i <= 40 ? Region(video) : Region();
  });
  REQUIRE(film.holds.size() == 1);
  CHECK(film.holds[0].box == video);
  CHECK(film.holds[0].to >= kStep * 40);
  CHECK(film.holds[0].to <= kStep * 46);
}

TEST_CASE("what is written in a covered video does not tell its box: twins whose secrets stand anywhere in it have the same holds") {
  // The box is told by which of its tiles look like a picture and, in steps of 8, by where its outermost pixels change. Twins that differ in
  // these may differ in it: a video that is black but for a secret at its very edge.
  for (const Rect& video : kUnaligned) {
    CAPTURE(video.x, video.y, video.width, video.height);
    std::vector<Hold> twins[2];
    for (int twin = 0; twin < 2; ++twin) {
      twins[twin] = covering(40, everywhere, [&](Canvas& canvas, int i) {
        draw_video(canvas.frame(), video, static_cast<unsigned>(i));
        // In the middle, and as near to the edges as the steps are wide.
        for (const int y : {video.y + 18, video.y + video.height / 2, video.bottom() - 9}) {
          canvas.text(video.x + 8, y, twin == 0 ? "x7Qk2mPw9zLt4" : "WW@@WW##MM8", 13, kPaper);
        }
        return Region(video);
      }).holds;
    }
    REQUIRE(twins[0].size() == twins[1].size());
    REQUIRE_FALSE(twins[0].empty());
    for (std::size_t i = 0; i < twins[0].size(); ++i) {
      CHECK(twins[0][i].box == twins[1][i].box);
      CHECK(twins[0][i].from == twins[1][i].from);
      CHECK(twins[0][i].to == twins[1][i].to);
    }
  }
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

TEST_CASE("a film shows nothing of a video of a policy that covers it, where the place is drawn around it to the pixel") {
  const Rect video{97, 33, 319, 281};
  RegionRule around{"camera", RegionKind::rectangle, RegionUnit::pixels, video.x * 1.0, video.y * 1.0, video.width * 1.0, video.height * 1.0};
  around.redact = false;
  around.moving = Moving::cover;
  Redactor redactor = Redactor::make({{around}}, std::make_unique<SharedEngine>(), Detectors::make({}).value(), {1, 2}).value();
  std::vector<Frame> states;
  const auto damage = [&](std::size_t i) { return i == 0 ? Region(Rect::of(kMotionScreen)) : Region(video); };
  for (unsigned i = 0; i < 24; ++i) {
    Canvas canvas(kMotionScreen);
    canvas.text(20, 20, "a page about something");
    draw_video(canvas.frame(), video, i);
    states.push_back(canvas.frame());
    REQUIRE(redactor.observe({kStep * static_cast<int>(i), states.back().view(), damage(i)}));
  }
  Renderer renderer(redactor.finish(kStep * 24).value());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const ClearedFrame cleared = renderer.render(kStep * static_cast<int>(i), states[i].view(), damage(i));
    CAPTURE(i);
    if (i < 12) continue;
    int alike = 0;
    for (int y = video.y; y < video.bottom(); ++y) {
      for (int x = video.x; x < video.right(); ++x) alike += colour_of(cleared.view().at(x, y)) == colour_of(states[i].view().at(x, y));
    }
    CHECK(alike == 0);
    // What is beside it stays as it was.
    CHECK(same_pixels(cleared.view(), states[i].view(), {0, 0, kMotionScreen.width, video.y}));
    CHECK(same_pixels(cleared.view(), states[i].view(), {0, 0, video.x, kMotionScreen.height}));
    CHECK(same_pixels(cleared.view(), states[i].view(), {0, video.bottom(), kMotionScreen.width, kMotionScreen.height - video.bottom()}));
  }
}

TEST_CASE("of rules for what moves the first that has a pixel counts, also where it has only a part of another's place") {
  const auto rule = [](const char* name, double x, double width, Moving moving) {
    RegionRule out{name, RegionKind::rectangle, RegionUnit::pixels, x, 0, width, 100};
    out.redact = false;
    out.moving = moving;
    return out;
  };
  RegionRule rest = rule("rest", 0, 400, Moving::cover);
  rest.everything_but = true;
  RegionRule hidden = rule("hidden", 300, 50, Moving::cover);
  hidden.redact = true;  // covered whatever moves
  RegionTracker tracker({rule("player", 50, 100, Moving::sample), rule("camera", 100, 100, Moving::cover), hidden, rest});
  tracker.place_rectangles({500, 100});
  CHECK(tracker.covered_while_moving({500, 100}) == std::vector<Rect>{{150, 0, 50, 100}, {400, 0, 100, 100}});
  CHECK(RegionTracker({rule("player", 0, 500, Moving::sample)}).covered_while_moving({500, 100}).empty());
}

}  // namespace frostgate::redaction
