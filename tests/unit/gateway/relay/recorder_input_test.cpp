#include "tests/unit/gateway/relay/recorder_fixture.h"

using namespace frostgate;
using namespace frostgate::relay;

TEST_CASE("keys are noted in their own stream, as the user's layout makes them") {
  Session session;
  session.start();
  session.recorder->lock_keys({.caps = true});
  for (const KeyEvent& event : {KeyEvent{.down = true, .scancode = 0x2a}, KeyEvent{.down = true, .scancode = 0x03},
                                KeyEvent{.scancode = 0x03}, KeyEvent{.scancode = 0x2a}, KeyEvent{.down = true, .scancode = 0x10},
                                KeyEvent{.down = true, .keysym = 0xff0d}, KeyEvent{.down = true, .unicode = 0xe9}}) {
    session.recorder->key(event);
  }
  REQUIRE(session.recorder->finish("done"));
  std::vector<std::pair<std::uint32_t, bool>> made;
  const Keystrokes typed = session.typed();
  for (const Keystroke& keystroke : typed) made.emplace_back(keystroke.keysym, keystroke.down);
  CHECK(made == std::vector<std::pair<std::uint32_t, bool>>{{0xffe1, true}, {'@', true}, {'@', false}, {0xffe1, false},
                                                            {'Q', true}, {0xff0d, true}, {0xe9, true}});
  for (std::size_t i = 1; i < typed.size(); ++i) CHECK(typed[i - 1].at <= typed[i].at);
}

TEST_CASE("short texts of one line that are copied are noted beside the keys, and no others") {
  Session session;
  session.start();
  session.recorder->key({.down = true, .keysym = 'h'});
  for (const std::string& text : {std::string("Mvrtl-wadnik74\r\n"), std::string(), std::string("\n"), std::string("two\nlines"), std::string(kLongestCopied + 1, 'x'),
                                  std::string(kLongestCopied, 'y')})
    session.recorder->note_copied(text);
  CHECK(session.eventually([&](const Played&) { return session.typed().size() == 1 && session.copied.size() == 2; }));
  session.recorder->key({.down = true, .keysym = 'i'});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.typed().size() == 2);
  CHECK(session.copied == std::vector<std::string>{"Mvrtl-wadnik74", std::string(kLongestCopied, 'y')});
}

TEST_CASE("what was typed reaches the disk while the session goes on, and survives the recorder's death") {
  Session session;
  session.start();
  session.recorder->key({.down = true, .keysym = 'h'});
  session.recorder->key({.down = false, .keysym = 'h'});
  CHECK(session.eventually([&](const Played&) { return session.typed().size() == 2; }));
  session.recorder->key({.down = true, .keysym = 'i'});
  CHECK(session.eventually([&](const Played&) { return session.typed().size() == 3; }));
  session.recorder.reset();
  CHECK(session.typed().size() == 3);
}

TEST_CASE("a state on disk has all on disk that was typed before it") {
  Session session;
  session.start();
  for (std::uint8_t i = 1; i <= 40; ++i) {
    session.recorder->key({.down = true, .keysym = 'a'});
    session.paint(i, {0, 0, 10, 10});
    const Played now = session.played();
    const std::size_t typed = session.typed().size();
    if (!now.states.empty()) CHECK(typed >= now.states.back().second.row(0)[0]);
  }
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.typed().size() == 40);
}

TEST_CASE("a flood of keys is held back, and what was forwarded was noted") {
  Session session;
  session.start(30, std::chrono::seconds(100));
  constexpr int kFlood = 40'000;
  for (int i = 0; i < kFlood; ++i) session.recorder->key({.down = true, .keysym = 'a'});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.sink.keys < kFlood);
  CHECK(session.typed().size() == static_cast<std::size_t>(session.sink.keys));
}

TEST_CASE("keys are counted and forwarded, and their values are nowhere in the screen's journal") {
  Session session;
  session.start();
  for (const char c : std::string("hunter2")) {
    KeyEvent event{true, 0, static_cast<std::uint32_t>(c), static_cast<std::uint16_t>(c)};
    session.recorder->key(event);
    event.down = false;
    session.recorder->key(event);
  }
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.sink.keys == 14);
  const Played now = session.played();
  std::uint32_t keys = 0;
  for (const KeysPressed& event : now.all<KeysPressed>()) keys += event.count;
  CHECK(keys == 7);
  // What a key event can leave is its count: nothing else was noted between start and end.
  CHECK(now.events.size() == 2 + now.all<KeysPressed>().size());
}

TEST_CASE("everything a user does is forwarded") {
  Session session;
  session.start();
  session.recorder->pointer({{1, 2}, 1, 0, 0});
  session.recorder->pointer({{1, 2}, 0, 120, 0});
  session.recorder->lock_keys({});
  session.recorder->request_screen({{800, 600}, std::nullopt});
  CHECK(session.sink.pointers == 2);
  CHECK(session.sink.locks == 1);
  CHECK(session.sink.sizes == 1);
}

TEST_CASE("a pointer that only moves is thinned, and its buttons never are") {
  Session session;
  session.start(30, std::chrono::seconds(100));
  for (int i = 0; i < 1000; ++i) session.recorder->pointer({{i, 0}, 0, 0, 0});
  for (int i = 0; i < 10; ++i) session.recorder->pointer({{5, 5}, static_cast<std::uint8_t>(i % 2 == 0), 0, 0});
  REQUIRE(session.recorder->finish("done"));
  const auto moves = session.played().all<PointerMoved>();
  CHECK(moves.size() < 500);
  REQUIRE(moves.size() > 10);
  CHECK(moves[moves.size() - 11].position == Point{999, 0});
  for (std::size_t i = 0; i < 10; ++i) CHECK(moves[moves.size() - 10 + i].buttons == (i % 2 == 0));
}

TEST_CASE("input on a screen that stays still reaches the disk without waiting for a picture") {
  Session session;
  session.start();
  CHECK(session.eventually([](const Played& now) { return now.all<SessionStarted>().size() == 1; }));
  session.recorder->pointer({{7, 8}, 1, 0, 0});
  CHECK(session.eventually([](const Played& now) { return now.all<PointerMoved>().size() == 1; }));
  session.recorder->key({true, 30, 0, 0});
  CHECK(session.eventually([](const Played& now) { return now.all<KeysPressed>().size() == 1; }));
}

TEST_CASE("input goes on to the target when the journal cannot be written any more, however much it is") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.files.broken = true;
  session.paint(11, {0, 0, 200, 100});
  REQUIRE(session.wait_for_failure().size() == 1);
  const int before = session.sink.keys;
  for (int i = 0; i < 20'000; ++i) session.recorder->key({.down = true, .keysym = 'a'});
  CHECK(session.sink.keys == before + 20'000);
  session.recorder->pointer({{7, 7}, 1, 0, 0});
  CHECK(session.sink.pointers == 1);
  session.recorder->suspend({}, std::chrono::seconds(1), [](bool) { FAIL("nothing is recorded that could pause"); });
  CHECK_FALSE(session.recorder->go_on("why"));
  CHECK_FALSE(session.recorder->finish("done"));
}

TEST_CASE("a password that was given on the gateway's screen is noted whatever it looks like, also while nothing is recorded") {
  Session session;
  session.start();
  session.recorder->note_secret(Secret::from_text("harbour"));
  session.recorder->note_secret(Secret());
  CHECK(session.eventually([&](const Played&) { return session.typed().empty() && session.secrets.size() == 1; }));
  session.recorder->suspend({}, std::nullopt, [](bool) {});
  CHECK(session.eventually([&](const Played&) { return session.recorder->suspended(); }));
  session.recorder->note_secret(Secret::from_text("two\nlines"));
  CHECK(session.eventually([&](const Played&) { return session.typed().empty() && session.secrets.size() == 2; }));
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.typed().empty());
  CHECK(session.secrets == std::vector<std::string>{"harbour", "two\nlines"});
  CHECK(session.copied.empty());
}
