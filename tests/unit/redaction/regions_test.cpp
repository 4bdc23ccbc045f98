#include "redaction/regions/region_tracker.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "redaction/regions/find_picture.h"
#include "redaction/regions/window_frame.h"
#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {
namespace {

constexpr Size kRegionScreen{800, 480};
constexpr Ink kDesktop{0.23, 0.33, 0.44};
constexpr Size kWindow{420, 260};

void window(Canvas& canvas, Point at, const std::string& title, const std::string& content) {
  canvas.rectangle({at.x, at.y, kWindow.width, kWindow.height}, {0.95, 0.95, 0.93});
  canvas.rectangle({at.x, at.y, kWindow.width, 26}, {0.8, 0.85, 0.9});
  canvas.text(at.x + 12, at.y + 18, title, 14, kBlack, "DejaVu Sans");
  for (int i = 0; i < 6; ++i) canvas.text(at.x + 20, at.y + 60 + i * 30, content + " number " + std::to_string(i));
}

Frame desktop(std::optional<Point> vault, const std::string& content = "the accounts of the office") {
  Canvas canvas(kRegionScreen, kDesktop);
  canvas.text(500, 460, "taskbar and other things", 13, kPaper);
  if (vault) window(canvas, *vault, "Password vault", content);
  return canvas.frame();
}

RegionRule rule_of(RegionKind kind, const std::string& text) {
  RegionRule rule;
  rule.name = "vault";
  rule.kind = kind;
  rule.text = text;
  return rule;
}

RedactionPolicy policy_of(const RegionRule& rule) {
  RedactionPolicy policy;
  policy.regions.push_back(rule);
  return policy;
}

Rect at(Point corner) { return {corner.x, corner.y, kWindow.width, kWindow.height}; }

}  // namespace

TEST_CASE("a window reaches to its own edges, and to the screen's where it has none") {
  const Frame frame = desktop(Point{100, 90});
  const Rect around = window_around(frame.view(), {112, 96, 100, 14});
  CHECK(around.contains(at({100, 90})));
  CHECK(at({100, 90}).expanded(4, 4).contains(around));
  Canvas bare({300, 200});
  bare.text(20, 40, "no window here");
  CHECK(window_around(bare.view(), {20, 28, 100, 14}) == Rect::of({300, 200}));
}

TEST_CASE("a window found by its title is covered wherever it moves, and only it") {
  const std::vector<Point> way{{60, 60}, {60, 60}, {92, 76}, {140, 100}, {300, 150}};
  std::vector<Frame> states, twins;
  for (const Point& corner : way) {
    states.push_back(desktop(corner));
    twins.push_back(desktop(corner, "other entries, quite unlike"));
  }
  const RedactionPolicy policy = policy_of(rule_of(RegionKind::window, "password VAULT"));
  const Film film = redacted(states, policy), twin = redacted(twins, policy);
  for (std::size_t i = 0; i < way.size(); ++i) {
    INFO("state " << i);
    CHECK(same_pixels(film.shown[i].view(), twin.shown[i].view(), at(way[i])));
    CHECK_FALSE(same_pixels(film.shown[i].view(), states[i].view(), at(way[i])));
  }
  CHECK(same_pixels(film.shown[0].view(), states[0].view(), {500, 440, 250, 40}));
}

TEST_CASE("a window that cannot be found any more stays covered until its pixels are gone") {
  const auto states = [](const std::string& content) {
    Frame untitled = desktop(Point{60, 60}, content);
    const Frame empty = desktop(std::nullopt);
    untitled.copy_from(empty.view(), {60, 60, kWindow.width, 27});
    return std::vector<Frame>{desktop(Point{60, 60}, content), untitled, untitled, empty, empty};
  };
  const RedactionPolicy policy = policy_of(rule_of(RegionKind::window, "Password vault"));
  const Film film = redacted(states("the accounts of the office"), policy);
  const Film twin = redacted(states("the twins have other words"), policy);
  for (const std::size_t i : {0U, 1U, 2U}) {
    INFO("state " << i);
    CHECK(same_pixels(film.shown[i].view(), twin.shown[i].view(), Rect::of(kRegionScreen)));
  }
  CHECK(same_pixels(film.shown[4].view(), desktop(std::nullopt).view(), Rect::of(kRegionScreen)));
}

TEST_CASE("a box at a label and everything but a window are covered") {
  RegionRule label = rule_of(RegionKind::label, "Password vault");
  label.x = 0;
  label.y = 30;
  label.width = 300;
  label.height = 80;
  const Frame state = desktop(Point{60, 60}), twin = desktop(Point{60, 60}, "not the same words at all");
  const Film at_label = redacted({state}, policy_of(label)), at_twin = redacted({twin}, policy_of(label));
  CHECK(same_pixels(at_label.shown[0].view(), at_twin.shown[0].view(), {75, 100, 280, 60}));
  CHECK(same_pixels(at_label.shown[0].view(), state.view(), {75, 220, 280, 60}));

  RegionRule but = rule_of(RegionKind::window, "Password vault");
  but.everything_but = true;
  const Film alone = redacted({state}, policy_of(but));
  CHECK(same_pixels(alone.shown[0].view(), state.view(), at({60, 60})));
  CHECK_FALSE(same_pixels(alone.shown[0].view(), state.view(), {500, 440, 250, 40}));
}

TEST_CASE("a window found by a picture in it is covered") {
  const auto with_logo = [](Point corner, bool logo) {
    Canvas canvas(kRegionScreen, kDesktop);
    window(canvas, corner, "Untitled", "the accounts of the office");
    for (int i = 0; i < 8 && logo; ++i) canvas.rectangle({corner.x + 380 + i, corner.y + 4 + i, 12, 3}, {0.1 * i, 0.5, 0.2});
    return canvas.frame();
  };
  const Frame sample = with_logo({100, 90}, true);
  RegionRule rule;
  rule.name = "logo";
  rule.kind = RegionKind::picture;
  rule.picture = std::make_shared<Frame>(Frame::copy_of({sample.view().at(480, 94), {19, 12}, sample.stride()}));
  CHECK(find_picture(sample.view(), rule.picture->view()) == std::vector<Rect>{{480, 94, 19, 12}});
  CHECK(find_picture(with_logo({100, 90}, false).view(), rule.picture->view()).empty());
  CHECK_FALSE(findable(Frame({20, 20}).view()));
  const Film film = redacted({with_logo({100, 90}, true), with_logo({180, 140}, true)}, policy_of(rule));
  CHECK_FALSE(same_pixels(film.shown[1].view(), with_logo({180, 140}, true).view(), at({180, 140})));
  CHECK(std::any_of(film.regions.begin(), film.regions.end(), [](const RegionArea& area) { return area.box.contains(at({180, 140})); }));
}

TEST_CASE("a region without anything to look for is refused") {
  for (const RegionKind kind : {RegionKind::window, RegionKind::label, RegionKind::picture}) {
    RedactionPolicy policy = policy_of(rule_of(kind, ""));
    CHECK_FALSE(Redactor::make(policy, make_tesseract_reader({}).value(), Detectors::make({}).value(), {}));
  }
  RedactionPolicy endless = policy_of(rule_of(RegionKind::label, "text"));
  endless.regions[0].width = std::numeric_limits<double>::infinity();
  CHECK_FALSE(Redactor::make(endless, make_tesseract_reader({}).value(), Detectors::make({}).value(), {}));
}

}  // namespace frostgate::redaction
