#include "gateway/relay/rdp/frame_window.h"

#include <catch2/catch.hpp>

using namespace frostgate::relay::rdp;

namespace {

using std::chrono::milliseconds;
constexpr FrameWindow::Clock::time_point kSent{std::chrono::hours(1)};

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
  window.acknowledge(1, 0, kSent);
  CHECK(frames_until_behind(window) == 1);
  window.acknowledge(5, 0, kSent);
  CHECK(frames_until_behind(window) == 4);
}

TEST_CASE("a client that suspends its acknowledgements is not waited for until it takes them up again") {
  FrameWindow window;
  REQUIRE(frames_until_behind(window) == 4);
  window.acknowledge(1, FrameWindow::kSuspend, kSent);
  CHECK_FALSE(window.behind());
  CHECK(frames_until_behind(window, 100) == 100);
  // The frame that it names then is the newest that it has seen.
  window.acknowledge(104, 0, kSent);
  CHECK(frames_until_behind(window) == 4);
}

TEST_CASE("a client that acknowledges what was never sent waits for itself alone") {
  FrameWindow window;
  window.next();
  window.acknowledge(1000, 0, kSent);
  CHECK(window.behind());
  window.acknowledge(1, 0, kSent);
  CHECK_FALSE(window.behind());
}

TEST_CASE("a client's line takes what was on its way when a frame was handed over in the time for which that queued") {
  FrameWindow window;
  CHECK(window.idle());
  CHECK_FALSE(window.rate());
  milliseconds now(0);
  const auto send = [&](std::size_t bytes) {
    const std::uint32_t frame = window.next();
    window.complete(bytes, kSent + now);
    return frame;
  };
  const auto acknowledge = [&](std::uint32_t frame, milliseconds later) {
    window.acknowledge(frame, 0, kSent + (now += later));
    CHECK(window.delay() >= later);
  };
  // The client is 100 ms away.
  acknowledge(send(1000), milliseconds(100));
  CHECK_FALSE(window.rate());
  const auto first = send(100'000), second = send(50'000);
  CHECK_FALSE(window.idle());
  acknowledge(first, milliseconds(1100));
  CHECK(window.rate() == Approx(100'000));
  acknowledge(second, milliseconds(500));
  CHECK(window.rate() == Approx(100'000));
  CHECK(window.idle());

  // What is small may come as fast as it can; a little less that queues tells of a line that is narrower than it was.
  acknowledge(send(20'000), milliseconds(100));
  CHECK(window.rate() == Approx(100'000));
  acknowledge(send(40'000), milliseconds(100));
  CHECK(window.rate() == Approx(40'000'000));
  acknowledge(send(1000), milliseconds(1100));
  CHECK(window.rate() == Approx(40'000'000));
  acknowledge(send(20'000), milliseconds(1100));
  CHECK(window.rate() == Approx(20'000));
}

TEST_CASE("what a client acknowledges that was not sent, not yet whole, or long ago, says nothing of its line") {
  FrameWindow window;
  window.next();
  window.acknowledge(1, 0, kSent);
  CHECK_FALSE(window.rate());
  window.complete(100'000, kSent);
  for (const std::uint32_t wrong : {0u, 2u, 1000u, 0xFFFFFFFFu}) window.acknowledge(wrong, 0, kSent + milliseconds(5));
  CHECK_FALSE(window.rate());
  for (int i = 0; i < 8; ++i) {
    window.next();
    window.complete(100'000, kSent);
  }
  window.acknowledge(3, 0, kSent + milliseconds(5));
  CHECK_FALSE(window.rate());
  window.acknowledge(9, FrameWindow::kSuspend, kSent + milliseconds(5));
  CHECK_FALSE(window.rate());
  CHECK(window.idle());
}
