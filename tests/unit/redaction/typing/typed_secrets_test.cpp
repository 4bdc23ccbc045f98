#include "redaction/typing/typed_secrets.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"
#include "tests/unit/redaction/typing/keyboard.h"

namespace frostgate::redaction {
namespace {

constexpr Size kScreen{800, 200};
constexpr auto kSecond = std::chrono::seconds(1);

Frame screen(const std::vector<std::string>& lines) {
  Canvas canvas(kScreen);
  int baseline = 30;
  for (const std::string& line : lines) {
    canvas.text(20, baseline, line);
    baseline += 22;
  }
  return canvas.frame();
}

struct State {
  SessionTime at;
  Frame frame;
};

struct Seen {
  std::vector<std::string> learned;
  std::vector<Mask> masks;
  std::vector<Frame> shown;
};

// As a worker does it: once more from the start when something was learned.
Seen seen(const std::vector<State>& states, const Keystrokes& keystrokes, const std::vector<SessionTime>& clicks = {}) {
  Seen out;
  std::optional<RedactionPlan> plan;
  for (int round = 0; round < 2; ++round) {
    Detectors detectors = Detectors::make({}).value();
    for (const std::string& secret : out.learned) detectors.add_known_secret(Secret::from_text(secret), "known.typed");
    auto redactor = Redactor::make({}, make_tesseract_reader({}).value(), std::move(detectors), {1, 2});
    REQUIRE(redactor);
    if (round == 0) {
      redactor->typed(keystrokes);
      for (const SessionTime at : clicks) redactor->clicked(at);
    }
    for (const State& state : states) REQUIRE(redactor->observe({state.at, state.frame.view(), Region(Rect::of(kScreen))}));
    auto made = redactor->finish(states.back().at + kSecond);
    REQUIRE(made);
    plan = std::move(made).value();
    for (const Secret& secret : redactor->learned_secrets()) out.learned.emplace_back(secret.text());
    if (out.learned.empty()) break;
  }
  out.masks = plan->masks();
  Renderer renderer(std::move(*plan));
  for (const State& state : states) {
    out.shown.push_back(Frame::copy_of(renderer.render(state.at, state.frame.view(), Region(Rect::of(kScreen))).view()));
  }
  return out;
}

const std::string kSudo = "[sudo] password for admin: ";
const std::string kShell = "admin@web1:~$ ";

using Learned = std::vector<std::string>;

}  // namespace

TEST_CASE("what is typed at a password prompt without an echo is a known secret, before and after") {
  const auto session = [](const std::string& secret) {
    return std::vector<State>{{SessionTime(0), screen({"the note says " + secret + " is it"})},
                              {1 * kSecond, screen({kShell + "sudo ls", kSudo})},
                              {4 * kSecond, screen({kShell + "sudo ls", kSudo, "bin  etc  home", kShell})},
                              {6 * kSecond, screen({"and once more " + secret + " as it stands"})}};
  };
  const auto typed = [](const std::string& secret) { return Typist(2 * kSecond).text(secret).press(kEnter); };
  const Seen film = seen(session("hunter2kqx"), typed("hunter2kqx").keystrokes());
  const Seen twin = seen(session("wombat7zrm"), typed("wombat7zrm").keystrokes());
  CHECK(film.learned == Learned{"hunter2kqx"});
  for (std::size_t i = 0; i < film.shown.size(); ++i) {
    INFO("state " << i);
    CHECK(same_pixels(film.shown[i].view(), twin.shown[i].view(), Rect::of(kScreen)));
  }
  // What is masked is the word, not the screen.
  CHECK_FALSE(film.masks.empty());
  CHECK(same_pixels(film.shown[0].view(), screen({"the note says " "hunter2kqx" " is it"}).view(), {0, 0, 110, 200}));
}

TEST_CASE("a command that is echoed is no secret, however fast it was typed") {
  for (const Microseconds pace : {std::chrono::milliseconds(120), std::chrono::milliseconds(10)}) {
    std::vector<State> states{{SessionTime(0), screen({kShell})}};
    const std::string command = "systemctl restart nginx";
    const SessionTime end = 1 * kSecond + pace * static_cast<int>(command.size());
    for (SessionTime at = 1 * kSecond + std::chrono::milliseconds(200); at < end; at += std::chrono::milliseconds(200)) {
      states.push_back({at, screen({kShell + command.substr(0, static_cast<std::size_t>((at - 1 * kSecond) / pace))})});
    }
    states.push_back({end + std::chrono::milliseconds(100), screen({kShell + command, "done", kShell})});
    CHECK(seen(states, Typist(1 * kSecond, pace).text(command).press(kEnter).keystrokes()).learned.empty());
  }
}

TEST_CASE("a quick command whose echo was never recorded is no secret") {
  const std::vector<State> states{{SessionTime(0), screen({kShell})}, {2 * kSecond, screen({"a page of a manual", "and more of it"})}};
  CHECK(seen(states, Typist(1 * kSecond, std::chrono::milliseconds(30)).text("clear").press(kEnter).keystrokes()).learned.empty());
}

TEST_CASE("an echo of bullets is no echo") {
  std::vector<State> states{{SessionTime(0), screen({"Anmeldung am Server", "Kennwort", ""})}};
  const std::string secret = "Winter-44x";
  for (std::size_t i = 1; i <= secret.size(); ++i) {
    states.push_back({1 * kSecond + std::chrono::milliseconds(100) * static_cast<int>(i), screen({"Anmeldung am Server", "Kennwort", std::string(i, '*')})});
  }
  states.push_back({4 * kSecond, screen({"Willkommen"})});
  CHECK(seen(states, Typist(1 * kSecond).text(secret).press(kEnter).keystrokes()).learned == Learned{secret});
}

TEST_CASE("what is echoed behind a label is a known secret, the command that asks for it is not") {
  std::vector<State> states{{SessionTime(0), screen({kShell + "./setup", "Database password: "})}};
  const std::string secret = "zebra5Lq8w";
  for (std::size_t i = 1; i <= secret.size(); ++i) {
    states.push_back({1 * kSecond + std::chrono::milliseconds(100) * static_cast<int>(i), screen({kShell + "./setup", "Database password: " + secret.substr(0, i)})});
  }
  states.push_back({4 * kSecond, screen({kShell + "./setup", "Database password: " + secret, "stored", kShell})});
  CHECK(seen(states, Typist(1 * kSecond).text(secret).press(kEnter).keystrokes()).learned == Learned{secret});
}

TEST_CASE("a password like its own prompt is still one, though the prompt is drawn again") {
  const std::vector<State> states{{SessionTime(0), screen({kSudo})},
                                  {1 * kSecond + std::chrono::milliseconds(500), screen({kSudo + "_"})},
                                  {2 * kSecond, screen({kSudo})},
                                  {4 * kSecond, screen({kSudo, kShell})}};
  CHECK(seen(states, Typist(1 * kSecond).text("password1").press(kEnter).keystrokes()).learned == Learned{"password1"});
}

TEST_CASE("fields of a form are told apart by Tab and by a click") {
  const bool click = GENERATE(false, true);
  Typist typist(1 * kSecond);
  typist.text("anneliese");
  std::vector<SessionTime> clicks;
  if (click) clicks.push_back(typist.now());
  else typist.press(kTabKey);
  typist.wait_until(3 * kSecond).text("hunter2kqx");
  clicks.push_back(typist.now());
  std::vector<State> states{{SessionTime(0), screen({"Login", "Name: ", "Login below"})},
                            {1 * kSecond + std::chrono::milliseconds(500), screen({"Login", "Name: anne", "Login below"})},
                            {2 * kSecond + std::chrono::milliseconds(100), screen({"Login", "Name: anneliese", "Login below"})},
                            {3 * kSecond + std::chrono::milliseconds(500), screen({"Login", "Name: anneliese", "Login below", "...."})},
                            {5 * kSecond, screen({"Welcome"})}};
  CHECK(seen(states, typist.keystrokes(), clicks).learned == Learned{"hunter2kqx"});
}

TEST_CASE("a session that ends in the middle of a password has learned what there was") {
  const std::vector<State> states{{SessionTime(0), screen({kSudo})}};
  CHECK(seen(states, Typist(1 * kSecond).text("hunter2").keystrokes()).learned == Learned{"hunter2"});
}

}  // namespace frostgate::redaction
