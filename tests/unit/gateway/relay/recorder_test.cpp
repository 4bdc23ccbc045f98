#include "tests/unit/gateway/relay/recorder_fixture.h"

#include <random>

using namespace frostgate;
using namespace frostgate::relay;

TEST_CASE("L6: the first change is recorded at once and the last state before quiet is, too") {
  Session session;
  session.start(1);
  session.paint(10, {0, 0, 200, 100});
  CHECK(session.last_state_is(10, {5, 5}));
  for (std::uint8_t colour = 11; colour < 60; ++colour) session.paint(colour, {64, 0, 10, 10});
  CHECK(session.last_state_is(59, {64, 0}));
  const Played now = session.played();
  REQUIRE(now.states.size() >= 2);
  CHECK(now.states[0].first < std::chrono::seconds(1));
  CHECK(now.states[1].first - now.states[0].first >= std::chrono::seconds(1));
  CHECK(now.states.back().second.row(50)[0] == 10);
}

TEST_CASE("every state is either recorded or counted as replaced") {
  Session session;
  session.start(30);
  constexpr unsigned kCommits = 500;
  for (unsigned i = 0; i < kCommits; ++i) session.paint(static_cast<std::uint8_t>(i % 250 + 1), {0, 0, 10, 10});
  REQUIRE(session.recorder->finish("done"));
  const Played now = session.played();
  std::uint32_t coalesced = 0;
  for (const StatesCoalesced& event : now.all<StatesCoalesced>()) coalesced += event.count;
  // A look whose pixels are those of the look before is neither: the colours repeat after 250.
  CHECK(now.states.size() + coalesced <= kCommits);
  CHECK(now.states.size() + coalesced >= kCommits - 2);
  CHECK(coalesced > 0);
  CHECK(now.states.back().second.row(0)[0] == (kCommits - 1) % 250 + 1);
}

TEST_CASE("an update of the whole frame that changed nothing records nothing") {
  Session session;
  session.paint(10, {0, 0, 200, 100});
  session.start();
  CHECK(session.last_state_is(10, {5, 5}));
  session.surface.commit(session.target.view(), Rect{0, 0, 200, 100});
  session.paint(11, {0, 0, 1, 1});
  CHECK(session.last_state_is(11, {0, 0}));
  session.surface.commit(session.target.view(), Rect{0, 0, 200, 100});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.played().states.size() == 2);
}

TEST_CASE("a resize is noted before its first picture") {
  Session session;
  session.paint(10, {0, 0, 200, 100});
  session.start();
  CHECK(session.last_state_is(10, {5, 5}));
  session.target = Frame({300, 50});
  session.paint(11, {0, 0, 300, 50});
  REQUIRE(session.recorder->finish("done"));
  const Played now = session.played();
  const auto sizes = now.all<ScreenResized>();
  REQUIRE(sizes.size() == 2);
  CHECK(sizes[0].size == Size{200, 100});
  CHECK(sizes[1].size == Size{300, 50});
  CHECK(now.states.back().second.size() == Size{300, 50});
}

TEST_CASE("a screen that had another size between two states is recorded as it is now") {
  Session session;
  session.paint(10, {0, 0, 200, 100});
  session.start(1);
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.target = Frame({300, 50});
  session.paint(11, {0, 0, 300, 50});
  session.target = Frame({200, 100});
  session.paint(12, {0, 0, 200, 60});
  session.paint(13, {70, 70, 9, 9});
  REQUIRE(session.recorder->finish("done"));
  const Frame last = session.played().states.back().second;
  REQUIRE(last.size() == Size{200, 100});
  CHECK(same_pixels(last.view(), session.target.view(), Rect::of(last.size())));
}

TEST_CASE("whatever is painted while states are taken, the last one is the screen, pixel by pixel") {
  Session session;
  session.target = Frame({500, 300});
  session.paint(1, {0, 0, 500, 300});
  session.start(200);
  std::minstd_rand random(5);
  for (int i = 0; i < 4000; ++i) {
    // In several states, however slow the recorder is.
    if (i % 1000 == 999) REQUIRE(session.eventually([&](const Played& now) { return now.states.size() > static_cast<std::size_t>(i) / 1000; }));
    const Rect rect{static_cast<int>(random() % 450), static_cast<int>(random() % 250), 1 + static_cast<int>(random() % 50), 1 + static_cast<int>(random() % 50)};
    session.paint(static_cast<std::uint8_t>(random() % 255 + 1), rect);
  }
  REQUIRE(session.recorder->finish("done"));
  const Played now = session.played();
  CHECK(now.states.size() >= 4);
  CHECK(same_pixels(now.states.back().second.view(), session.target.view(), Rect::of(session.target.size())));
}

TEST_CASE("a journal begins with the start, ends with the end, and its times never go back") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  for (int i = 0; i < 20; ++i) {
    session.recorder->pointer({{i, i}, static_cast<std::uint8_t>(i % 2), 0, 0});
    session.paint(static_cast<std::uint8_t>(20 + i), {i, 0, 1, 1});
  }
  REQUIRE(session.recorder->finish("the user left"));
  const Played now = session.played();
  CHECK(now.finished);
  REQUIRE(now.events.size() >= 2);
  REQUIRE(std::get_if<SessionStarted>(&now.events.front().body));
  CHECK(std::get<SessionStarted>(now.events.front().body).user == "anna");
  CHECK(now.events.front().at == SessionTime{});
  REQUIRE(std::get_if<SessionEnded>(&now.events.back().body));
  CHECK(std::get<SessionEnded>(now.events.back().body).reason == "the user left");
  for (std::size_t i = 1; i < now.events.size(); ++i) CHECK(now.events[i - 1].at <= now.events[i].at);
}

TEST_CASE("a session that goes on with another recorder is one journal, whose times go on") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.recorder->key({.down = true, .keysym = 'a'});
  REQUIRE(session.recorder->pause());
  const Played first = session.played();
  CHECK(first.truncated);  // as long as nobody goes on
  session.recorder.reset();
  session.resume(1, std::chrono::seconds(60));
  session.paint(20, {0, 0, 10, 10});
  REQUIRE(session.last_state_is(20, {5, 5}));
  session.recorder->key({.down = true, .keysym = 'b'});
  REQUIRE(session.recorder->finish("the end"));
  const Played whole = session.played();
  CHECK(whole.finished);
  CHECK(whole.all<SessionStarted>().size() == 2);
  CHECK(whole.states.size() > first.states.size());
  CHECK(whole.states.back().first >= std::chrono::seconds(60));
  CHECK(whole.states.back().second.row(50)[100 * 4] == 10);  // what the second did not paint is there too
  REQUIRE(session.typed().size() == 2);
  CHECK(session.typed().back().at >= std::chrono::seconds(60));
}

TEST_CASE("a recorder that is destroyed without finish leaves a journal that opens and reads as cut") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  CHECK(session.last_state_is(10, {5, 5}));
  session.recorder.reset();
  const Played now = session.played();
  CHECK_FALSE(now.finished);
  CHECK(now.truncated);
  CHECK(now.states.size() == 1);
  CHECK(session.failures().empty());
}

TEST_CASE("a recording that is cut off while its screen is still is known to have gone on until then") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  REQUIRE(session.eventually([](const Played& now) { return now.all<SessionGoesOn>().size() >= 3; }));
  session.recorder.reset();
  const Played now = session.played();
  CHECK(now.truncated);
  CHECK(now.states.size() == 1);
  CHECK(now.events.back().at >= std::chrono::milliseconds(1500));
}

TEST_CASE("a disk that fails is told once, and finish fails with the same error") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  CHECK(session.last_state_is(10, {5, 5}));
  session.files.broken = true;
  session.paint(11, {0, 0, 200, 100});
  const auto failures = session.wait_for_failure();
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].kind == ErrorKind::no_space);
  session.paint(12, {0, 0, 200, 100});
  session.recorder->pointer({{1, 1}, 1, 0, 0});
  const auto finished = session.recorder->finish("done");
  REQUIRE_FALSE(finished);
  CHECK(finished.error().kind == ErrorKind::no_space);
  CHECK(session.failures().size() == 1);
  session.files.broken = false;
  CHECK_FALSE(session.played().finished);
}

TEST_CASE("a disk that fails only at the end makes finish fail") {
  Session session;
  session.start(30, std::chrono::seconds(100));
  session.paint(10, {0, 0, 200, 100});
  session.files.broken = true;
  CHECK_FALSE(session.recorder->finish("done"));
  CHECK_FALSE(session.played().finished);
}
