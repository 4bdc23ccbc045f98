#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <thread>

#include "gateway/relay/screens/painter.h"
#include "gateway/relay/screens/phrases.h"
#include "gateway/relay/screens/stage.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::screens;
using namespace std::chrono_literals;

namespace {

Dialog sign_in() {
  return {.mood = Mood::calm, .title = "Sign in", .text = "Frostgate relays and records this session.",
          .fields = {{"User name (user@target)", "alice@lab-1", false}, {"Password", "", true}}, .choices = {},
          .buttons = {"Sign in", "Cancel"}, .footnote = "Session 20261125-214524-e2bb7d74"};
}

Dialog list() {
  Dialog dialog{.mood = Mood::calm, .title = "Choose a machine", .text = "You may use several.", .fields = {}, .choices = {},
                .buttons = {"Connect", "Cancel"}, .footnote = ""};
  for (int i = 1; i <= 30; ++i) dialog.choices.push_back("lab-" + std::to_string(i));
  return dialog;
}

Dialog long_notice() {
  Dialog dialog{.mood = Mood::calm, .title = "Before you go on", .text = "", .fields = {}, .choices = {},
                .buttons = {"I agree", "Leave"}, .footnote = "Your answer is logged."};
  for (int i = 0; i < 60; ++i) dialog.text += "Everything that happens on the screen of this machine is recorded and kept for ninety days. ";
  return dialog;
}

// With FROSTGATE_PICTURES=FOLDER they are there to be looked at.
void keep(const Frame& picture, const std::string& name) {
  const char* folder = std::getenv("FROSTGATE_PICTURES");
  if (folder == nullptr) return;
  std::ofstream out(std::string(folder) + "/" + name + ".ppm", std::ios::binary);
  out << "P6 " << picture.size().width << ' ' << picture.size().height << " 255\n";
  for (int y = 0; y < picture.size().height; ++y)
    for (int x = 0; x < picture.size().width; ++x) {
      const std::uint8_t* p = picture.view().at(x, y);
      out << static_cast<char>(p[2]) << static_cast<char>(p[1]) << static_cast<char>(p[0]);
    }
}

KeysymStroke down(std::uint32_t keysym) { return {keysym, true}; }
constexpr std::uint32_t kReturn = 0xff0d, kEscape = 0xff1b, kTab = 0xff09, kDown = 0xff54, kBackSpace = 0xff08;

struct Target : InputSink {
  void key(const KeyEvent& event) override { keys.push_back(event); }
  void pointer(const PointerEvent& event) override {
    ++pointers;
    pointed = event;
  }
  void lock_keys(const LockKeys& state) override { locks = state; }
  void request_screen(const ScreenWish&) override {}
  std::vector<KeyEvent> keys;
  int pointers = 0;
  PointerEvent pointed;
  LockKeys locks;
};

int differing(const Frame& a, const Frame& b) {
  int count = 0;
  for (int y = 0; y < a.size().height; ++y)
    for (int x = 0; x < a.size().width; ++x) count += !same_pixels(a.view(), b.view(), {x, y, 1, 1});
  return count;
}

}  // namespace

TEST_CASE("every screen fits every size, with all its parts on it") {
  REQUIRE(load_fonts());
  for (const Size size : {Size{640, 480}, Size{1024, 768}, Size{1920, 1080}, Size{3840, 2160}}) {
    for (const auto& [name, dialog] : {std::pair{"login", sign_in()}, std::pair{"list", list()}, std::pair{"consent", long_notice()}}) {
      DialogState state(dialog);
      const Painting painting = paint(state, size, Frame());
      INFO(name << " at " << size.width << "x" << size.height);
      CHECK(painting.picture.size() == size);
      keep(painting.picture, std::string(name) + "-" + std::to_string(size.width));
      REQUIRE(painting.layout.buttons.size() == 2);
      for (const Rect& box : painting.layout.buttons) {
        CHECK_FALSE(box.empty());
        CHECK(Rect::of(size).contains(box));
      }
      CHECK(painting.layout.fields.size() == dialog.fields.size());
      for (const Rect& box : painting.layout.fields) CHECK(Rect::of(size).contains(box));
      CHECK_FALSE(painting.layout.buttons[0].intersects(painting.layout.buttons[1]));
    }
  }
  DialogState state(long_notice());
  CHECK(paint(state, {640, 480}, Frame()).layout.text_overflow > 0);
}

TEST_CASE("words are painted, also those of a consent that is scrolled, and a password is not") {
  REQUIRE(load_fonts());
  Dialog wordless = sign_in();
  wordless.title = wordless.text = "";
  const DialogState with(sign_in()), without(wordless);
  CHECK(differing(paint(with, {1024, 768}, Frame()).picture, paint(without, {1024, 768}, Frame()).picture) > 1000);
  Dialog a = sign_in(), b = sign_in();
  a.fields[1].text = "hunter2";
  b.fields[1].text = "secret9";
  CHECK(differing(paint(DialogState(a), {1024, 768}, Frame()).picture, paint(DialogState(b), {1024, 768}, Frame()).picture) == 0);
}

TEST_CASE("a hostile screen size or text breaks nothing") {
  REQUIRE(load_fonts());
  Dialog dialog = sign_in();
  dialog.title = std::string(5000, 'W');
  dialog.text = "\xff\xfe broken \xc3 UTF-8 \xe2\x80\xae reversed" + std::string(20000, 'x');
  dialog.buttons = {std::string(500, 'b')};
  for (const Size size : {Size{1, 1}, Size{64, 16}, Size{200, 200}, Size{1280, 100}}) CHECK(paint(DialogState(dialog), size, Frame()).picture.size() == size);
}

TEST_CASE("keys fill in the fields and press the buttons") {
  DialogState state(sign_in());
  CHECK(state.focus == 1);  // the name is there already
  for (const std::uint32_t letter : {std::uint32_t{'p'}, std::uint32_t{0xfc}, std::uint32_t{'x'}, std::uint32_t{0x010020ac}}) CHECK_FALSE(state.key(down(letter)));
  CHECK(state.dialog.fields[1].text == "p\u00fcx\u20ac");
  state.key(down(kBackSpace));
  state.key(down(kBackSpace));
  state.key(down(kBackSpace));
  CHECK(state.dialog.fields[1].text == "p");
  CHECK(state.key(down(kReturn)) == 0);
  CHECK(state.key(down(kEscape)) == 1);
  state.key(down(kTab));
  state.key(down(kTab));
  CHECK(state.focus == state.button_focus(1));
  CHECK(state.key(down(' ')) == 1);
  state.key(down(kTab));
  CHECK(state.focus == 0);
  for (int i = 0; i < 1000; ++i) state.key(down('a'));
  CHECK(state.dialog.fields[0].text.size() <= 256);
}

TEST_CASE("who waits and types on presses nothing: leaving takes the mouse, or going to the button first") {
  DialogState state(waiting("carl has to agree.", "s"));
  for (const std::uint32_t typed : {std::uint32_t{'p'}, std::uint32_t{' '}, kReturn, kEscape}) CHECK_FALSE(state.key(down(typed)));
  state.key(down(kTab));
  CHECK(state.focus == state.button_focus(0));
  CHECK(state.key(down(kReturn)) == 0);
}

TEST_CASE("the list is walked by keys and by the mouse, and scrolls") {
  REQUIRE(load_fonts());
  DialogState state(list());
  Layout layout = paint(state, {1024, 768}, Frame()).layout;
  const std::size_t shown = layout.choices_shown;
  REQUIRE(shown >= 3);
  REQUIRE(shown < 30);
  state.painted(layout);
  for (int i = 0; i < 12; ++i) state.key(down(kDown));
  CHECK(state.choice == 12);
  CHECK(state.first_choice == 13 - shown);
  layout = paint(state, {1024, 768}, Frame()).layout;
  CHECK_FALSE(layout.choices[12].empty());
  CHECK(layout.choices[0].empty());
  state.painted(layout);
  const Rect row = layout.choices[11], button = layout.buttons[0];
  CHECK_FALSE(state.pointer({.position = {row.x + 3, row.y + 3}, .buttons = 1}));
  CHECK(state.choice == 11);
  state.pointer({.position = {row.x + 3, row.y + 3}, .buttons = 0});
  CHECK(state.pointer({.position = {button.x + 5, button.y + 5}, .buttons = 1}) == 0);
}

TEST_CASE("a dialog covers the target for fronts, not for the recorder, and takes the input") {
  REQUIRE(load_fonts());
  Surface surface;
  Frame screen(Size{800, 600});
  surface.commit(screen.view(), Region(Rect::of(screen.size())));
  Surface::Reader front(surface), tap(surface, Surface::View::target);
  const auto frame_of = [](Surface::Reader& reader) {
    Frame out;
    reader.take([&](const Surface::Reader::Look& look) { out = look.frame; });
    return out;
  };
  frame_of(front), frame_of(tap);
  Target target;
  Stage stage(surface);
  stage.set_target(&target);
  stage.key({.down = true, .keysym = 0xffe1});
  stage.key({.down = true, .keysym = 'A'});
  CHECK(target.keys.size() == 2);

  const std::uint64_t shown = stage.show(sign_in());
  CHECK(target.keys.size() == 4);  // both let go
  stage.key({.down = true, .keysym = 'b'});
  stage.key({.down = false, .keysym = 'b'});
  stage.key({.down = false, .keysym = 'A'});
  stage.pointer({.position = {5, 5}, .buttons = 1});
  CHECK(target.keys.size() == 4);
  CHECK(target.pointers == 0);
  const Frame covered = frame_of(front);
  REQUIRE(covered.size() == screen.size());
  CHECK(differing(covered, screen) > 10000);
  screen.row(3)[8] = 200;
  surface.commit(screen.view(), Region({0, 0, 10, 10}));
  CHECK(frame_of(front).size().empty());  // nothing new to see
  CHECK(differing(frame_of(tap), screen) == 0);

  stage.clear(shown);
  stage.clear(shown);
  CHECK(differing(frame_of(front), screen) == 0);
  stage.key({.down = false, .keysym = 'b'});
  CHECK(target.keys.size() == 4);  // it never went down there
  stage.lock_input(true);
  stage.key({.down = true, .keysym = 'c'});
  stage.pointer({.position = {5, 5}});
  CHECK(target.keys.size() == 4);
  stage.lock_input(false);
  stage.key({.down = true, .keysym = 'c'});
  CHECK(target.keys.size() == 5);

  // One that nobody waits for goes when it is answered.
  stage.show(recording_paused("12:00:00 UTC", "20261125-214524-e2bb7d74"));
  CHECK(target.keys.size() == 6);  // let go
  CHECK(differing(frame_of(front), screen) > 10000);
  stage.key({.down = true, .keysym = 'x'});
  CHECK(target.keys.size() == 6);
  stage.key({.down = true, .keysym = 0xff0d});
  CHECK(differing(frame_of(front), screen) == 0);
  stage.key({.down = true, .keysym = 'd'});
  CHECK(target.keys.size() == 7);
}

TEST_CASE("what is held down when a screen comes or input is locked is let go on the target, and not pressed there again by itself") {
  REQUIRE(load_fonts());
  Surface surface;
  const Frame screen(Size{800, 600});
  surface.commit(screen.view(), Region(Rect::of(screen.size())));
  Target target;
  Stage stage(surface);
  stage.set_target(&target);
  constexpr std::uint8_t kLeft = pointer_button::kLeft, kRight = pointer_button::kRight;

  stage.pointer({.position = {10, 10}, .buttons = kLeft});
  CHECK(target.pointed.buttons == kLeft);
  SECTION("a lock") {
    stage.lock_input(true);
    CHECK(target.pointed.buttons == 0);
    CHECK(target.pointed.position == Point{10, 10});
    stage.pointer({.position = {20, 20}, .buttons = kLeft | kRight});
    CHECK(target.pointers == 2);
    stage.lock_keys({.caps = true});
    CHECK_FALSE(target.locks.caps);
    stage.lock_input(false);
    CHECK(target.locks.caps);
  }
  SECTION("a screen") {
    const std::uint64_t shown = stage.show(idle(30));
    CHECK(target.pointed.buttons == 0);
    stage.pointer({.position = {20, 20}, .buttons = kLeft | kRight});
    stage.clear(shown);
  }
  CHECK(target.pointers == 2);
  stage.pointer({.position = {30, 30}, .buttons = kLeft | kRight});
  CHECK(target.pointed.position == Point{30, 30});
  CHECK(target.pointed.buttons == 0);
  stage.pointer({.position = {30, 30}, .buttons = kRight});
  stage.pointer({.position = {30, 30}, .buttons = kLeft | kRight});
  CHECK(target.pointed.buttons == kLeft);
  stage.pointer({.position = {30, 30}});
  stage.pointer({.position = {30, 30}, .buttons = kRight});
  CHECK(target.pointed.buttons == kRight);
}

TEST_CASE("who asks gets the answer, the time-out or the end") {
  REQUIRE(load_fonts());
  Surface surface;
  Stage stage(surface);
  stage.set_client({1024, 768}, 0x409);
  auto asked = std::async(std::launch::async, [&] { return stage.ask(sign_in()); });
  while (surface.size().empty()) std::this_thread::yield();
  CHECK(surface.size() == Size{1024, 768});
  stage.key({.down = true, .scancode = 0x2d});  // x, as an RDP client sends it
  stage.key({.down = true, .scancode = 0x1c});
  const std::optional<Answer> answer = asked.get();
  REQUIRE(answer);
  CHECK(answer->button == 0);
  CHECK(answer->fields.at(0).text() == "alice@lab-1");
  CHECK(answer->fields.at(1).text() == "x");
  CHECK_FALSE(stage.ask(sign_in(), Stage::Clock::now() + 1ms));
  auto ended = std::async(std::launch::async, [&] { return stage.ask(sign_in()); });
  stage.close();
  CHECK_FALSE(ended.get());
  CHECK_FALSE(stage.ask(sign_in()));
}

TEST_CASE("what a client offers in vain is named as people know it, and nothing that they would not miss") {
  const std::vector<std::string> offered{"rdpsnd", "my???1", "rdpdr"};
  CHECK(withheld(offered, Redirections()) == "Of what your client can offer, this gateway does not pass on: drives, printers, ports, smart cards, sound.");
  CHECK(withheld({"encomsp", "??"}, Redirections()).empty());
  CHECK(withheld({}, Redirections()).empty());
  // As much of it as the rule lets pass, and nothing before that is known.
  CHECK(withheld(offered, Redirections{.drives = DriveAccess::read, .printers = true, .sound = true}) ==
        "Of what your client can offer, this gateway does not pass on: ports, smart cards. Your drives can be read here, and nothing on them changed.");
  CHECK(withheld(offered, Redirections{.drives = DriveAccess::full, .printers = true, .ports = true, .smartcards = true, .sound = true}).empty());
  CHECK(withheld({"rdpdr", "rail"}, std::nullopt) == "Of what your client can offer, this gateway does not pass on: single programs.");
  CHECK(consent("Agree.", "", "s").text == "Agree.");
  CHECK(consent("Agree.", "No sound.", "s").text == "Agree.\nNo sound.");
}

TEST_CASE("each screen that the gateway has says its words on a small screen, and on a large one") {
  REQUIRE(load_fonts());
  const std::string number = "20261125-214524-e2bb7d74";
  Frame desktop(Size{1024, 768});
  for (int y = 0; y < 768; ++y)
    for (int x = 0; x < 1024 * 4; ++x) desktop.row(y)[x] = static_cast<std::uint8_t>((x / 256 + y / 64) % 2 ? 230 : 120);
  const std::pair<const char*, Dialog> all[] = {
      {"login", login("alice@lab-1", false, number)},
      {"login-again", login("alice@lab-1", true, number)},
      {"consent", consent("This session is recorded. Recordings are kept and may be looked at by the security team.\nIf you do not agree, leave now.", "", number)},
      {"consent-withheld", consent("This session is recorded.", withheld({"rdpsnd", "rdpdr"}, Redirections{.drives = DriveAccess::read}), number)},
      {"choose", choose_target({"lab-1", "lab-2", "lab-3"}, number)},
      {"waiting", waiting("Carla or Dirk can approve this session. You have been waiting since 14:03.", number)},
      {"connecting", connecting("lab-1", withheld({"rdpdr"}, Redirections()))},
      {"denied", denied(number)},
      {"unreachable", unreachable("The target \"lab-1\" cannot be reached.", number)},
      {"not-recorded", not_recorded(number)},
      {"target-left", target_left("the target closed the connection", number)},
      {"ended", ended("Maintenance starts at 18:00. Please come back tomorrow. (Dirk)", number)},
      {"idle", idle(42)},
      {"recording-paused", recording_paused("23:59:59 UTC", number)},
      {"recording-stopped", recording_stopped(number)},
      {"guest-came", guest_came("Carla", "r-1a2b3c4d5e6f", "Dirk", number)},
      {"guest-left", guest_left("Carla", number)},
      {"recording-goes-on", recording_goes_on(number)},
      {"goes-on-unrecorded", goes_on_unrecorded(number)},
      {"time", time_is_short(290)},
      {"target-account", target_account("lab-1", "CORP\\alice", false, number)},
      {"target-account-again", target_account("lab-1", "CORP\\alice", true, number)},
      {"justify", justify("Which ticket do you work on?", true, true, true, number)},
      {"not-approved", not_approved("Carla has refused the request r-1a2b3c4d5e6f: not today.", number)},
      {"reconnecting", reconnecting("lab-1", 2, 5, "the connection to the target broke")}};
  for (const auto& [name, dialog] : all) {
    INFO(name);
    const DialogState state(dialog);
    for (const Size size : {Size{640, 480}, Size{800, 600}, Size{1024, 768}, Size{1920, 1080}, Size{3840, 2160}}) {
      const Painting painting = paint(state, size, size == desktop.size() ? desktop : Frame());
      keep(painting.picture, std::string("phrase-") + name + "-" + std::to_string(size.width));
      CHECK(painting.layout.text_overflow == 0);
      CHECK(painting.layout.buttons.size() == dialog.buttons.size());
      for (const Rect& button : painting.layout.buttons) CHECK(Rect::of(size).contains(button));
    }
  }
}
