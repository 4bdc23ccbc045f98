#include "tests/unit/gateway/relay/recorder_fixture.h"

using namespace frostgate;
using namespace frostgate::relay;

TEST_CASE("of what happens while the recording is suspended nothing is kept, and it goes on with the screen as it is then") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.recorder->key({.down = true, .keysym = 'a'});
  std::mutex mutex;
  std::condition_variable told;
  std::vector<bool> heard;
  const auto hears = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    return told.wait_for(lock, std::chrono::seconds(10), [&] { return heard.size() == count; });
  };
  RecordingPaused paused;
  paused.by = "anna";
  paused.request = "r-1";
  session.recorder->suspend(paused, std::chrono::seconds(3600), [&](bool suspended) {
    const std::lock_guard lock(mutex);
    heard.push_back(suspended);
    told.notify_all();
  });
  REQUIRE(hears(1));
  CHECK(heard.back());
  CHECK(session.recorder->suspended());
  const Played before = session.played();
  REQUIRE(before.all<RecordingPaused>() == std::vector<RecordingPaused>{paused});
  CHECK(before.all<KeysPressed>().size() == 1);

  session.recorder->key({.down = true, .keysym = 0xffe1});  // Shift stays down
  session.recorder->key({.down = true, .keysym = 's'});
  session.recorder->pointer({{7, 7}, 1, 0, 0});
  session.recorder->note(ClipboardText{true, true});
  session.recorder->note_copied("hunter2");
  for (std::uint8_t colour = 90; colour < 120; ++colour) session.paint(colour, {0, 0, 50, 50});
  session.paint(40, {0, 0, 20, 20});
  session.recorder->go_on("enough");
  REQUIRE(hears(2));
  CHECK_FALSE(heard.back());
  session.recorder->key({.down = true, .keysym = 'b'});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.sink.keys == 4);  // the target had them all
  CHECK(session.sink.pointers == 1);

  const Played now = session.played();
  CHECK(now.all<RecordingResumed>() == std::vector<RecordingResumed>{{"enough"}});
  CHECK(now.all<PointerMoved>().empty());
  CHECK(now.all<ClipboardText>().empty());
  CHECK(now.all<KeysPressed>().size() == 2);
  CHECK(now.all<StatesCoalesced>().empty());
  REQUIRE(now.states.size() == before.states.size() + 1);
  CHECK(now.states.back().second.row(5)[5 * 4] == 40);
  CHECK(now.states.back().second.row(30)[30 * 4] == 119);
  const Keystrokes typed = session.typed();
  REQUIRE(typed.size() == 2);
  CHECK(typed[0].keysym == 'a');
  CHECK(typed[1].keysym == 'b');
  CHECK(session.copied.empty());
}

TEST_CASE("a suspended recording goes on by itself when its time is over, also on a screen that never changed") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  const std::size_t before = session.played().states.size();
  session.recorder->suspend({}, std::chrono::seconds(1), [](bool) {});
  REQUIRE(session.eventually([](const Played& now) { return now.all<RecordingResumed>().size() == 1; }));
  REQUIRE(session.eventually([&](const Played& now) { return now.states.size() == before + 1; }));
  CHECK_FALSE(session.recorder->suspended());
  const Played now = session.played();
  SessionTime paused_at{}, resumed_at{};
  for (const Event& event : now.events) {
    if (std::holds_alternative<RecordingPaused>(event.body)) paused_at = event.at;
    if (std::holds_alternative<RecordingResumed>(event.body)) resumed_at = event.at;
  }
  CHECK(resumed_at - paused_at >= std::chrono::seconds(1));
  CHECK(now.all<RecordingResumed>()[0].why == "the time for it was over");
}

TEST_CASE("a recording that is stopped stays so to the session's end, of which nothing is kept but when it was, and goes on only when it is told to") {
  const bool told_to = GENERATE(false, true);
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.recorder->suspend({}, std::nullopt, [](bool) {});
  REQUIRE(session.eventually([](const Played& now) { return now.all<RecordingPaused>().size() == 1; }));
  session.paint(77, {0, 0, 200, 100});
  session.recorder->key({.down = true, .keysym = 's'});
  if (told_to) {
    REQUIRE(session.recorder->go_on("the approval was revoked"));
    REQUIRE(session.eventually([](const Played& now) { return now.all<RecordingResumed>().size() == 1; }));
  }
  REQUIRE(session.recorder->finish("the user left"));
  const Played now = session.played();
  CHECK(now.finished);
  CHECK(now.all<SessionEnded>().size() == 1);
  CHECK(now.states.back().second.row(5)[5 * 4] == (told_to ? 77 : 10));
  CHECK(now.all<RecordingResumed>().size() == (told_to ? 1 : 0));
  CHECK(session.typed().empty());
}

TEST_CASE("a session that ends while its recording is suspended ends in order, without the screen of that time") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.recorder->suspend({}, std::chrono::seconds(3600), [](bool) {});
  REQUIRE(session.eventually([](const Played& now) { return now.all<RecordingPaused>().size() == 1; }));
  session.paint(77, {0, 0, 200, 100});
  session.recorder->key({.down = true, .keysym = 's'});
  REQUIRE(session.recorder->finish("the user left"));
  const Played now = session.played();
  CHECK(now.finished);
  CHECK(now.states.back().second.row(5)[5 * 4] == 10);
  CHECK(now.all<RecordingResumed>() == std::vector<RecordingResumed>{{"the session ended"}});
  CHECK(session.typed().empty());
}
