// The VNC back before a target that says what the test tells it, in the bytes of RFC 6143.
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>

#include "gateway/relay/back.h"
#include "gateway/relay/surface.h"

using namespace frostgate;
using namespace frostgate::relay;

namespace {

constexpr Size kScreen{640, 480};

std::string word(int value) { return {static_cast<char>(value >> 8), static_cast<char>(value)}; }

std::string header(const Rect& rect, int encoding) {
  return word(rect.x) + word(rect.y) + word(rect.width) + word(rect.height) + std::string(2, '\0') + word(encoding);
}
std::string raw(const Rect& rect, char value) { return header(rect, 0) + std::string(static_cast<std::size_t>(rect.area()) * kBytesPerPixel, value); }
std::string copy_rect(const Rect& to, Point from) { return header(to, 1) + word(from.x) + word(from.y); }
std::string update(int rects) { return std::string(2, '\0') + word(rects); }

// A back that is connected, at a target that wants no password and whose screen is all of one colour.
class ScriptedTarget {
 public:
  ScriptedTarget() {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    end_ = pair[1];
    BackSettings settings;
    settings.socket = pair[0];
    back_ = make_vnc_back(std::move(settings));
    // What the back says to it is of no interest here, but has to go somewhere.
    listener_ = std::jthread([this] {
      for (char bytes[4096]; read(end_, bytes, sizeof bytes) > 0;) {
      }
    });
    // More than the connection holds.
    const std::jthread greeting([this] {
      says("RFB 003.008\n\1\1" + std::string(4, '\0') + word(kScreen.width) + word(kScreen.height) +
           std::string({32, 24, 0, 1, 0, '\xff', 0, '\xff', 0, '\xff', 16, 8, 0, 0, 0, 0, 0, 0, 0, 1, 'x'}) + update(1) + raw(Rect::of(kScreen), kPaper));
    });
    REQUIRE(back_->connect(surface_, 10));
    worker_ = std::jthread([this] { (void)back_->run().has_value(); });
  }
  ~ScriptedTarget() {
    back_->end();
    worker_.join();
    back_.reset();
    shutdown(end_, SHUT_RDWR);
    listener_.join();
    close(end_);
  }

  void says(const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t written = write(end_, bytes.data() + at, bytes.size() - at);
      if (written <= 0) return;  // it has gone
      at += static_cast<std::size_t>(written);
    }
  }
  int pixel(Point at) const {
    const Frame frame = surface_.target();
    return Rect::of(frame.size()).contains(Rect{at.x, at.y, 1, 1}) ? frame.view().at(at.x, at.y)[0] : -1;
  }
  bool shows(Point at, char value) const {
    for (int tries = 0; tries < 1000 && pixel(at) != value; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return pixel(at) == value;
  }
  Frame screen() const { return surface_.target(); }

  static constexpr char kPaper = 0x55;

 private:
  int end_ = -1;
  Surface surface_;
  std::unique_ptr<Back> back_;
  std::jthread listener_, worker_;
};

}  // namespace

TEST_CASE("an update of very many small rectangles changes nothing between them") {
  ScriptedTarget target;
  REQUIRE(target.shows({639, 479}, ScriptedTarget::kPaper));
  // The back gives its copy of the screen back about now.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  constexpr int kColumns = 20, kRows = 15, kStep = 32;
  std::string rects;
  for (int row = 0; row < kRows; ++row)
    for (int column = 0; column < kColumns; ++column) rects += raw({column * kStep + 7, row * kStep + 7, 2, 2}, 0x11);
  target.says(update(kColumns * kRows) + rects);
  REQUIRE(target.shows({(kColumns - 1) * kStep + 7, (kRows - 1) * kStep + 7}, 0x11));
  const Frame screen = target.screen();
  int wrong = 0;
  for (int y = 0; y < kScreen.height; ++y)
    for (int x = 0; x < kScreen.width; ++x) {
      const bool painted = (x % kStep == 7 || x % kStep == 8) && (y % kStep == 7 || y % kStep == 8);
      wrong += screen.view().at(x, y)[0] != (painted ? 0x11 : ScriptedTarget::kPaper);
    }
  CHECK(wrong == 0);
}

TEST_CASE("a target copies within its screen what it painted long ago, and what it has just painted") {
  ScriptedTarget target;
  REQUIRE(target.shows({639, 479}, ScriptedTarget::kPaper));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  target.says(update(3) + raw({100, 100, 20, 20}, 0x22) + copy_rect({300, 300, 40, 40}, {90, 90}) + raw({639, 479, 1, 1}, 0x33));
  REQUIRE(target.shows({639, 479}, 0x33));
  CHECK(target.pixel({300, 300}) == ScriptedTarget::kPaper);
  CHECK(target.pixel({310, 310}) == 0x22);
  CHECK(target.pixel({329, 329}) == 0x22);
  CHECK(target.pixel({339, 339}) == ScriptedTarget::kPaper);
}
