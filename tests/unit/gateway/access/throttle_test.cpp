#include "gateway/access/throttle.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::access;

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// How long `key` is kept out once it has failed three times at `now`.
Microseconds kept_out(Throttle& throttle, const std::string& key, UtcTime now) {
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(throttle.full(key, now));
    throttle.note(key, now);
  }
  Microseconds out{};
  while (throttle.full(key, now + out)) out += seconds(1);
  return out;
}

}  // namespace

TEST_CASE("who goes on guessing waits twice as long each time, up to a limit, and from the beginning after a quiet while") {
  Throttle throttle(3, minutes(1), minutes(5));
  UtcTime now{std::chrono::hours(1)};
  for (const auto expected : {minutes(1), minutes(2), minutes(4), minutes(5), minutes(5)}) {
    const Microseconds out = kept_out(throttle, "somebody", now);
    CHECK(out == expected);
    now += out;
  }
  CHECK_FALSE(throttle.full("somebody else", now));
  now += minutes(5) + seconds(1);
  CHECK(kept_out(throttle, "somebody", now) == minutes(1));
}

TEST_CASE("without a longest wait the oldest failure makes room for the next") {
  Throttle throttle(2, minutes(1));
  const UtcTime now{std::chrono::hours(1)};
  throttle.note("somebody", now);
  throttle.note("somebody", now + seconds(30));
  CHECK(throttle.full("somebody", now + seconds(59)));
  CHECK_FALSE(throttle.full("somebody", now + seconds(61)));
}
