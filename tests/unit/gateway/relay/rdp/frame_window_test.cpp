#include "gateway/relay/rdp/frame_window.h"

#include <catch2/catch.hpp>

using namespace frostgate::relay::rdp;

namespace {

// Sends until the client is behind, at most `most`; how many frames that were.
int frames_until_behind(FrameWindow& window, int most = 100) {
  int sent = 0;
  for (; sent < most && !window.behind(); ++sent) window.next();
  return sent;
}

}  // namespace

TEST_CASE("a client that acknowledges nothing gets four frames, and one more for each that it acknowledges") {
  FrameWindow window;
  CHECK(frames_until_behind(window) == 4);
  window.acknowledge(1, 0);
  CHECK(frames_until_behind(window) == 1);
  window.acknowledge(5, 0);
  CHECK(frames_until_behind(window) == 4);
}

TEST_CASE("a client that suspends its acknowledgements is not waited for until it takes them up again") {
  FrameWindow window;
  REQUIRE(frames_until_behind(window) == 4);
  window.acknowledge(1, FrameWindow::kSuspend);
  CHECK_FALSE(window.behind());
  CHECK(frames_until_behind(window, 100) == 100);
  // The frame that it names then is the newest that it has seen.
  window.acknowledge(104, 0);
  CHECK(frames_until_behind(window) == 4);
}

TEST_CASE("a client that acknowledges what was never sent waits for itself alone") {
  FrameWindow window;
  window.next();
  window.acknowledge(1000, 0);
  CHECK(window.behind());
  window.acknowledge(1, 0);
  CHECK_FALSE(window.behind());
}
