#include "codec/tiles/event_coding.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace frostgate::codec {
namespace {

enum class Tag : std::uint8_t {
  session_started = 1,
  screen_resized = 2,
  pointer_moved = 3,
  keys_pressed = 4,
  states_coalesced = 5,
  session_ended = 6,
  clipboard_text = 7,
  recording_paused = 8,
  recording_resumed = 9,
  recording_stopped = 10,
  guest_seen = 11,
  session_goes_on = 12,
  pixels_lossy = 13,
};

constexpr std::uint8_t kClockSynchronised = 1;
constexpr std::uint8_t kLossy = 2;
constexpr std::uint8_t kToTarget = 1, kPassed = 2;
constexpr std::uint8_t kHere = 1;

// The longest prefix within the bound that does not end inside a UTF-8 character.
std::string_view bounded(std::string_view text) {
  if (text.size() <= kMaxEventText) return text;
  std::size_t end = kMaxEventText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

class Writer {
 public:
  explicit Writer(Tag tag) { number(static_cast<std::uint8_t>(tag)); }

  template <class T>
  void number(T value) {
    auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes_.push_back(static_cast<std::byte>((static_cast<std::uint64_t>(bits) >> (8 * i)) & 0xFF));
    }
  }

  void text(std::string_view text) {
    const std::string_view kept = bounded(text);
    number(static_cast<std::uint16_t>(kept.size()));
    for (const char c : kept) bytes_.push_back(static_cast<std::byte>(c));
  }

  std::vector<std::byte> bytes() && { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// Reads past the end give zeros and are remembered, so a whole event is read before the one check.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <class T>
  T number() {
    if (rest_.size() < sizeof(T)) return fail(T{});
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::to_integer<std::uint64_t>(rest_[i]) << (8 * i);
    rest_ = rest_.subspan(sizeof(T));
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(bits));
  }

  std::string text() {
    const std::size_t size = number<std::uint16_t>();
    if (size > kMaxEventText || size > rest_.size()) return fail(std::string());
    std::string text(reinterpret_cast<const char*>(rest_.data()), size);
    rest_ = rest_.subspan(size);
    return text;
  }

  void require(bool holds) { failed_ = failed_ || !holds; }
  bool complete() const { return !failed_ && rest_.empty(); }

 private:
  template <class T>
  T fail(T value) {
    failed_ = true;
    rest_ = {};
    return value;
  }

  std::span<const std::byte> rest_;
  bool failed_ = false;
};

std::vector<std::byte> coded(const SessionStarted& event) {
  Writer out(Tag::session_started);
  out.number(static_cast<std::int64_t>(event.utc.time_since_epoch().count()));
  out.number(static_cast<std::uint8_t>((event.clock_synchronised ? kClockSynchronised : 0) | (event.lossy ? kLossy : 0)));
  for (const std::string* text : {&event.session, &event.user, &event.target, &event.front, &event.back}) out.text(*text);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const ScreenResized& event) {
  Writer out(Tag::screen_resized);
  out.number(static_cast<std::int32_t>(event.size.width));
  out.number(static_cast<std::int32_t>(event.size.height));
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const PointerMoved& event) {
  Writer out(Tag::pointer_moved);
  out.number(static_cast<std::int32_t>(event.position.x));
  out.number(static_cast<std::int32_t>(event.position.y));
  out.number(event.buttons);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const KeysPressed& event) {
  Writer out(Tag::keys_pressed);
  out.number(event.count);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const StatesCoalesced& event) {
  Writer out(Tag::states_coalesced);
  out.number(event.count);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const SessionEnded& event) {
  Writer out(Tag::session_ended);
  out.text(event.reason);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const ClipboardText& event) {
  Writer out(Tag::clipboard_text);
  out.number(static_cast<std::uint8_t>((event.to_target ? kToTarget : 0) | (event.passed ? kPassed : 0)));
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const RecordingPaused& event) {
  Writer out(event.until ? Tag::recording_paused : Tag::recording_stopped);
  out.number(static_cast<std::int64_t>(event.from.time_since_epoch().count()));
  if (event.until) out.number(static_cast<std::int64_t>(event.until->time_since_epoch().count()));
  for (const std::string* text : {&event.by, &event.request, &event.approved_by, &event.reason}) out.text(*text);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const RecordingResumed& event) {
  Writer out(Tag::recording_resumed);
  out.text(event.why);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const GuestSeen& event) {
  Writer out(Tag::guest_seen);
  out.number(static_cast<std::uint8_t>(event.here ? kHere : 0));
  for (const std::string* text : {&event.user, &event.request, &event.approved_by}) out.text(*text);
  return std::move(out).bytes();
}

std::vector<std::byte> coded(const SessionGoesOn&) { return Writer(Tag::session_goes_on).bytes(); }

std::vector<std::byte> coded(const PixelsLossy&) { return Writer(Tag::pixels_lossy).bytes(); }

SessionStarted session_started(Reader& in) {
  SessionStarted event;
  event.utc = UtcTime(Microseconds(in.number<std::int64_t>()));
  const auto flags = in.number<std::uint8_t>();
  in.require((flags & ~(kClockSynchronised | kLossy)) == 0);
  event.clock_synchronised = (flags & kClockSynchronised) != 0;
  event.lossy = (flags & kLossy) != 0;
  for (std::string* text : {&event.session, &event.user, &event.target, &event.front, &event.back}) *text = in.text();
  return event;
}

ScreenResized screen_resized(Reader& in) {
  ScreenResized event;
  event.size.width = in.number<std::int32_t>();
  event.size.height = in.number<std::int32_t>();
  in.require(event.size.acceptable());
  return event;
}

PointerMoved pointer_moved(Reader& in) {
  PointerMoved event;
  event.position.x = in.number<std::int32_t>();
  event.position.y = in.number<std::int32_t>();
  event.buttons = in.number<std::uint8_t>();
  return event;
}

RecordingPaused recording_paused(Reader& in, bool goes_on) {
  RecordingPaused event;
  event.from = UtcTime(Microseconds(in.number<std::int64_t>()));
  if (goes_on) event.until = UtcTime(Microseconds(in.number<std::int64_t>()));
  for (std::string* text : {&event.by, &event.request, &event.approved_by, &event.reason}) *text = in.text();
  return event;
}

ClipboardText clipboard_text(Reader& in) {
  const auto flags = in.number<std::uint8_t>();
  in.require((flags & ~(kToTarget | kPassed)) == 0);
  return {(flags & kToTarget) != 0, (flags & kPassed) != 0};
}

GuestSeen guest_seen(Reader& in) {
  const auto flags = in.number<std::uint8_t>();
  in.require((flags & ~kHere) == 0);
  GuestSeen event;
  event.here = (flags & kHere) != 0;
  for (std::string* text : {&event.user, &event.request, &event.approved_by}) *text = in.text();
  return event;
}

}  // namespace

std::vector<std::byte> encode_event(const EventBody& body) {
  return std::visit([](const auto& event) { return coded(event); }, body);
}

Result<EventBody> decode_event(std::span<const std::byte> bytes) {
  Reader in(bytes);
  EventBody body;
  switch (static_cast<Tag>(in.number<std::uint8_t>())) {
    case Tag::session_started: body = session_started(in); break;
    case Tag::screen_resized: body = screen_resized(in); break;
    case Tag::pointer_moved: body = pointer_moved(in); break;
    case Tag::keys_pressed: body = KeysPressed{in.number<std::uint32_t>()}; break;
    case Tag::states_coalesced: body = StatesCoalesced{in.number<std::uint32_t>()}; break;
    case Tag::session_ended: body = SessionEnded{in.text()}; break;
    case Tag::clipboard_text: body = clipboard_text(in); break;
    case Tag::recording_paused: body = recording_paused(in, true); break;
    case Tag::recording_stopped: body = recording_paused(in, false); break;
    case Tag::recording_resumed: body = RecordingResumed{in.text()}; break;
    case Tag::guest_seen: body = guest_seen(in); break;
    case Tag::session_goes_on: body = SessionGoesOn{}; break;
    case Tag::pixels_lossy: body = PixelsLossy{}; break;
    default: return Error{ErrorKind::corrupt, "the journal holds an event of an unknown kind"};
  }
  if (!in.complete()) return Error{ErrorKind::corrupt, "the journal holds an event that is cut, too long or out of range"};
  return body;
}

}  // namespace frostgate::codec
