#include "gateway/relay/recording_pace.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::relay;
using namespace std::chrono_literals;

namespace {

// How long the change or event that waited longest was not written, over ten seconds. Changes come every `apart`, from 1 ms on, events never or too.
SessionTime longest_unwritten(Microseconds state_interval, Microseconds flush_interval, Microseconds apart, bool events) {
  RecordingPace pace(state_interval, flush_interval, 20ms, 1h);
  std::optional<SessionTime> shown_nowhere, unwritten;
  SessionTime longest{};
  for (SessionTime now = 0ms; now < 10s; now += 1ms) {
    if (now % apart == 1ms) {
      pace.changed(now);
      shown_nowhere = shown_nowhere.value_or(now);
    }
    if (events && now % apart == 2ms) {
      pace.happened(now);
      unwritten = unwritten.value_or(now);
    }
    if (const auto next = pace.next(); !next || *next > now) continue;
    CHECK((pace.state_is_due(now) || pace.flush_is_due(now)));
    if (pace.state_is_due(now)) {
      pace.taken(now);
      unwritten = std::min(unwritten.value_or(now), shown_nowhere.value());
      shown_nowhere.reset();
    }
    if (!pace.flush_is_due(now)) continue;
    pace.flushed(now);
    longest = std::max(longest, now - unwritten.value());
    unwritten.reset();
  }
  return longest;
}

}  // namespace

TEST_CASE("no change and no event waits longer for the disk than the flush interval") {
  const auto apart = GENERATE(7ms, 33ms, 200ms, 210ms, 499ms, 1300ms);
  const bool events = GENERATE(false, true);
  CHECK(longest_unwritten(200ms, 500ms, apart, events) == 500ms);
}

TEST_CASE("where states come more rarely than flushes a change waits for its turn and no longer") {
  CHECK(longest_unwritten(1000ms, 500ms, 7ms, false) <= 1000ms);
  CHECK(longest_unwritten(1000ms, 500ms, 7ms, true) <= 1000ms);
}

TEST_CASE("the first change is taken once it has settled, the next in its turn") {
  RecordingPace pace(200ms, 500ms, 20ms, 700ms);
  CHECK_FALSE(pace.next());
  pace.changed(10ms);
  pace.changed(25ms);
  CHECK_FALSE(pace.state_is_due(29ms));
  CHECK(pace.next() == 30ms);
  CHECK(pace.state_is_due(30ms));
  pace.taken(30ms);
  CHECK(pace.next() == 510ms);
  pace.changed(40ms);
  CHECK_FALSE(pace.state_is_due(229ms));
  CHECK(pace.next() == 230ms);
  CHECK(pace.state_is_due(230ms));
  pace.taken(230ms);
  pace.changed(420ms);  // just before its turn
  CHECK_FALSE(pace.state_is_due(439ms));
  CHECK(pace.state_is_due(440ms));
}

TEST_CASE("a still screen needs a sign of life after a while, and again, and none where something else is written") {
  RecordingPace pace(200ms, 500ms, 20ms, 700ms);
  CHECK_FALSE(pace.sign_is_due(1h));
  pace.changed(0ms);
  pace.taken(20ms);
  CHECK(pace.flush_is_due(500ms));
  pace.flushed(500ms);
  CHECK(pace.next() == 1200ms);
  CHECK_FALSE(pace.sign_is_due(1199ms));
  CHECK(pace.sign_is_due(1200ms));
  CHECK_FALSE(pace.flush_is_due(1200ms));
  pace.flushed(1200ms);
  CHECK(pace.next() == 1900ms);
  pace.happened(1800ms);
  CHECK(pace.next() == 2300ms);
  CHECK_FALSE(pace.sign_is_due(1900ms));
}
