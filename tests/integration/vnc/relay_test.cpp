#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <future>
#include <thread>

#include "gateway/relay/back.h"
#include "gateway/relay/front.h"
#include "tests/integration/vnc/target.h"
#include "tests/integration/vnc/viewer.h"

using namespace frostgate;
using namespace frostgate::relay;
using frostgate::test::Target;
using frostgate::test::Viewer;

namespace {

const std::string kTargetPassword = "tgt-Pw12", kTicket = "ticket12";

BackSettings settings_for(const Target& target, const std::string& password) {
  BackSettings settings;
  settings.socket = target.connect();
  settings.login.password = Secret::from_text(password);
  return settings;
}

// What serve and the relay's main loop are to a session: admits one ticket and joins front and back.
class Session : public FrontHost {
 public:
  Session(const Target& target, std::string target_password) : target_(target), target_password_(std::move(target_password)) {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    client_ = pair[0];
    REQUIRE(write(pair[1], "RFB 003.008\n", 12) == 12);
    front_ = make_vnc_front(pair[1], "test machine", {.identity = {}, .plaintext_tickets = true});
    front_done_ = std::async(std::launch::async, [this] { return front_->run(*this, surface_); });
  }
  ~Session() override { end(); }

  int client() const { return client_; }
  Surface& surface() { return surface_; }

  bool authenticate(const PasswordLogin&) override { return false; }
  Result<std::array<std::byte, 16>> vnc_challenge() override {
    for (std::size_t i = 0; i < challenge_.size(); ++i) challenge_[i] = static_cast<std::byte>(i * 7);
    return challenge_;
  }
  bool check_vnc_response(std::span<const std::byte, 16> response, bool) override {
    std::array<std::byte, 16> expected = challenge_;
    test::vnc_encrypt(reinterpret_cast<unsigned char*>(expected.data()), kTicket);
    return std::equal(response.begin(), response.end(), expected.begin());
  }
  Result<InputSink*> client_ready(const ClientProfile&) override {
    back_ = make_vnc_back(settings_for(target_, target_password_));
    TRY(back_->connect(surface_, 10));
    back_done_ = std::async(std::launch::async, [this] {
      Result<void> result = back_->run();
      front_->end("the target is gone");
      return result;
    });
    return back_.get();
  }

  void end() {
    front_->end("the test is over");
    if (front_done_.valid()) front_result_ = front_done_.get();
    if (back_) back_->end();
    if (back_done_.valid()) back_result_ = back_done_.get();
  }
  Result<void> front_result() {
    if (front_done_.valid()) front_result_ = front_done_.get();
    return front_result_;
  }
  Result<void> back_result() {
    if (back_done_.valid()) back_result_ = back_done_.get();
    return back_result_;
  }

 private:
  const Target& target_;
  std::string target_password_;
  int client_ = -1;
  Surface surface_;
  std::array<std::byte, 16> challenge_{};
  std::unique_ptr<Front> front_;
  std::unique_ptr<Back> back_;
  std::future<Result<void>> front_done_, back_done_;
  Result<void> front_result_, back_result_;
};

bool colour_at(const Frame& frame, int x, int y, std::array<std::uint8_t, 3> bgr) {
  if (x >= frame.size().width || y >= frame.size().height) return false;
  const std::uint8_t* pixel = frame.view().at(x, y);
  return pixel[0] == bgr[0] && pixel[1] == bgr[1] && pixel[2] == bgr[2];
}

bool equal(const Frame& a, const Frame& b) {
  return a.size() == b.size() && same_pixels(a.view(), b.view(), Rect::of(a.size()));
}

}  // namespace

TEST_CASE("what is painted on a VNC target is what a VNC viewer shows, pixel by pixel") {
  Target target(kTargetPassword);
  Session session(target, kTargetPassword);
  const char* encodings = GENERATE("zrle tight hextile copyrect raw", "hextile copyrect raw");
  Viewer viewer(session.client(), kTicket, encodings);
  REQUIRE(viewer.admitted());
  REQUIRE(target.run({"xsetroot", "-solid", "#123456"}) == 0);
  CHECK(viewer.shows([](const Frame& frame) { return colour_at(frame, 300, 200, {0x56, 0x34, 0x12}); }));
  REQUIRE(target.run({"xsetroot", "-mod", "7", "5", "-fg", "#c0ffee", "-bg", "#0badf0"}) == 0);
  CHECK(viewer.shows([&](const Frame& frame) { return equal(frame, target.screenshot()); }));
  CHECK(viewer.cursors() > 0);
}

TEST_CASE("a VNC viewer that asks for its screen again gets all of it, also one that wants the pointer drawn into it from then on") {
  Target target(kTargetPassword);
  Session session(target, kTargetPassword);
  Viewer viewer(session.client(), kTicket);
  REQUIRE(viewer.admitted());
  REQUIRE(target.run({"xsetroot", "-mod", "7", "5", "-fg", "#c0ffee", "-bg", "#0badf0"}) == 0);
  const Frame there = target.screenshot();
  REQUIRE(viewer.shows([&](const Frame& frame) { return equal(frame, there); }));
  // What is not shown any more is not kept.
  viewer.ask_again();
  CHECK(viewer.shows([&](const Frame& frame) { return equal(frame, there); }));
  viewer.pointer(300, 200, 0);
  viewer.let_draw_pointer();
  const auto around_pointer = [&](const Frame& frame) {
    bool same = frame.size() == there.size();
    for (const Rect& rect : {Rect{0, 0, 640, 150}, Rect{0, 250, 640, 230}, Rect{0, 0, 250, 480}, Rect{350, 0, 290, 480}}) same = same && same_pixels(frame.view(), there.view(), rect);
    return same;
  };
  CHECK(viewer.shows(around_pointer));
  viewer.pointer(600, 440, 0);
  viewer.ask_again();
  CHECK(viewer.shows([&](const Frame& frame) { return same_pixels(frame.view(), there.view(), Rect{0, 0, 550, 480}); }));
}

TEST_CASE("keys and the pointer of the viewer reach the target") {
  Target target(kTargetPassword);
  Session session(target, kTargetPassword);
  Viewer viewer(session.client(), kTicket);
  REQUIRE(viewer.admitted());
  const std::string typed = (target.folder() / "typed").string(), ready = (target.folder() / "ready").string();
  test::Process xterm({"xterm", "-display", target.display(), "-geometry", "60x10+0+0", "-bg", "#204060", "-e", "sh", "-c",
                       "stty -echo; : >" + ready + "; read -r line; echo \"$line\" >" + typed});
  REQUIRE(viewer.shows([&](const Frame&) { return std::filesystem::exists(ready); }));
  viewer.pointer(30, 30, 0);  // without a window manager the keyboard follows the pointer
  viewer.type("Frost-Gate_42!~|");
  viewer.key(0xff0d);
  std::string line;
  CHECK(viewer.shows([&](const Frame&) { return std::getline(std::ifstream(typed), line) && !line.empty(); }));
  CHECK(line == "Frost-Gate_42!~|");
}

TEST_CASE("the viewer follows the target's size, and the target the viewer's wish") {
  Target target(kTargetPassword);
  Session session(target, kTargetPassword);
  Viewer viewer(session.client(), kTicket);
  REQUIRE(viewer.admitted());
  REQUIRE(target.run({"xsetroot", "-solid", "#336699"}) == 0);
  REQUIRE(target.run({"xrandr", "-s", "800x600"}) == 0);
  CHECK(viewer.shows([&](const Frame& frame) { return frame.size() == Size{800, 600} && colour_at(frame, 790, 590, {0x99, 0x66, 0x33}); }));
  viewer.ask_for_size({1013, 707});
  CHECK(viewer.shows([&](const Frame& frame) { return frame.size() == Size{1013, 707} && colour_at(frame, 1012, 706, {0x99, 0x66, 0x33}); }));
  CHECK(session.surface().size() == Size{1013, 707});
  CHECK(viewer.shows([&](const Frame& frame) { return equal(frame, target.screenshot()); }));
}

TEST_CASE("a target that vanishes in mid-session ends the session with a plain error") {
  Target target(kTargetPassword);
  Session session(target, kTargetPassword);
  Viewer viewer(session.client(), kTicket);
  REQUIRE(viewer.admitted());
  target.kill();
  const Result<void> result = session.back_result();
  REQUIRE_FALSE(result);
  // By TCP it is one or the other, as it has or has not read all that was sent to it.
  const Error& why = result.error();
  const bool closed = why.kind == ErrorKind::unavailable && why.message == "the target closed the connection";
  const bool broke = why.kind == ErrorKind::io && why.message == "the connection to the target broke";
  INFO(why.message);
  CHECK((closed || broke));
  CHECK(viewer.sees_end());
}

TEST_CASE("a viewer that leaves ends the front well, and end() the back") {
  Target target(kTargetPassword);
  Session session(target, kTargetPassword);
  {
    Viewer viewer(session.client(), kTicket);
    REQUIRE(viewer.admitted());
  }
  CHECK(session.front_result());
  session.end();
  CHECK(session.back_result());
}

TEST_CASE("a wrong ticket is denied, and the target is not touched") {
  Target target(kTargetPassword);
  Session session(target, kTargetPassword);
  Viewer viewer(session.client(), "wrong");
  CHECK_FALSE(viewer.admitted());
  CHECK(viewer.refusal().find("denied") != std::string::npos);
  const Result<void> result = session.front_result();
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::denied);
  CHECK(session.surface().size().empty());
}

TEST_CASE("a target that refuses the gateway's credential is an error that the viewer reads") {
  Target target(kTargetPassword);
  Session session(target, "not-it");
  Viewer viewer(session.client(), kTicket);
  CHECK_FALSE(viewer.admitted());
  CHECK(viewer.refusal().find("the target refused the credential") != std::string::npos);
  const Result<void> result = session.front_result();
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::denied);
}
