#include "codec/tiles/event_coding.h"

#include <catch2/catch.hpp>

namespace frostgate::codec {
namespace {

std::vector<EventBody> all_kinds() {
  SessionStarted started;
  started.utc = UtcTime(Microseconds(1'792'000'000'123'456));
  started.clock_synchronised = true;
  started.session = "s-1";
  started.user = "jürgen";
  started.target = "db";
  started.front = "rdp";
  started.back = "vnc";
  SessionStarted lossy = started;
  lossy.clock_synchronised = false;
  lossy.lossy = true;
  return {started, lossy, ScreenResized{{1920, 1080}}, PointerMoved{{-3, 70000}, 5}, KeysPressed{17},
          StatesCoalesced{0xFFFFFFFF}, SessionEnded{"logged off"}, ClipboardText{true, false}, ClipboardText{false, true},
          RecordingPaused{UtcTime(Microseconds(1'792'000'000'123'456)), UtcTime(Microseconds(1'792'000'900'000'000)), "jürgen", "r-1a2b3c4d5e6f", "carol, dave", "a key is typed"},
          RecordingPaused{UtcTime(Microseconds(1'792'000'000'123'456)), std::nullopt, "jürgen", "r-1a2b3c4d5e6f", "", "nothing is to be kept"}, RecordingResumed{"its time was over"}, GuestSeen{true, "jürgen", "r-1a2b3c4d5e6f", "carol"}, GuestSeen{false, "jürgen", "r-1a2b3c4d5e6f", ""}, SessionGoesOn{}, PixelsLossy{}};
}

TEST_CASE("every kind of event comes back as it went in") {
  for (const EventBody& body : all_kinds()) CHECK(decode_event(encode_event(body)).value() == body);
}

TEST_CASE("an event that is cut anywhere or has a byte too much is refused") {
  for (const EventBody& body : all_kinds()) {
    std::vector<std::byte> bytes = encode_event(body);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CHECK(decode_event(std::span(bytes).first(size)).error().kind == ErrorKind::corrupt);
    }
    bytes.push_back(std::byte{0});
    CHECK_FALSE(decode_event(bytes).has_value());
  }
}

TEST_CASE("an unknown tag, an unknown flag and an impossible size are refused") {
  CHECK_FALSE(decode_event(std::vector{std::byte{99}}).has_value());
  CHECK_FALSE(decode_event(encode_event(ScreenResized{{0, 1080}})).has_value());
  CHECK_FALSE(decode_event(encode_event(ScreenResized{{16384, 16384}})).has_value());
  auto bytes = encode_event(SessionStarted{});
  bytes[9] = std::byte{4};
  CHECK_FALSE(decode_event(bytes).has_value());
  CHECK_FALSE(decode_event(std::vector{std::byte{7}, std::byte{4}}).has_value());
}

TEST_CASE("a text that is too long is cut at a character") {
  const std::string text = std::string(kMaxEventText - 1, 'a') + "üz";
  const EventBody body = decode_event(encode_event(SessionEnded{text})).value();
  CHECK(std::get<SessionEnded>(body).reason == std::string(kMaxEventText - 1, 'a'));
}

}  // namespace
}  // namespace frostgate::codec
