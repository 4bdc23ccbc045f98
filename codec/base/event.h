// What happened in a session beside its pixels; noted in the journal on the session's clock.
// Events never carry what was typed: keys are only counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "codec/base/geometry.h"
#include "codec/base/time.h"

namespace frostgate {

struct SessionStarted {
  UtcTime utc;                      // the wall clock at session time 0
  bool clock_synchronised = false;  // as the kernel says (adjtimex)
  std::string session;
  std::string user;
  std::string target;
  std::string front;                // "rdp" or "vnc"
  std::string back;
  bool lossy = false;               // the target offers only lossy pixels
  friend bool operator==(const SessionStarted&, const SessionStarted&) = default;
};

struct ScreenResized {
  Size size;
  friend bool operator==(const ScreenResized&, const ScreenResized&) = default;
};

// Button bits: 1 left, 2 middle, 4 right, 8 back, 16 forward.
struct PointerMoved {
  Point position;
  std::uint8_t buttons = 0;
  friend bool operator==(const PointerMoved&, const PointerMoved&) = default;
};

// Keys pressed since the event of this kind before.
struct KeysPressed {
  std::uint32_t count = 0;
  friend bool operator==(const KeysPressed&, const KeysPressed&) = default;
};

// States that were replaced by a later one before they could be recorded, since the event of this kind before.
struct StatesCoalesced {
  std::uint32_t count = 0;
  friend bool operator==(const StatesCoalesced&, const StatesCoalesced&) = default;
};

// What was copied (text, a picture, a list of files), passed on or kept back. Not how much: that would tell how long a copied secret is.
struct ClipboardText {
  bool to_target = false;  // else to the client
  bool passed = false;
  friend bool operator==(const ClipboardText&, const ClipboardText&) = default;
};

struct SessionEnded {
  std::string reason;
  friend bool operator==(const SessionEnded&, const SessionEnded&) = default;
};

// From here on nothing is recorded, with everybody's word on it.
struct RecordingPaused {
  UtcTime from;                  // the wall clock
  std::optional<UtcTime> until;  // it goes on by itself then; nullopt: it was stopped, for as long as the session lasts
  std::string by;                // who asked for it
  std::string request;           // the approval's number
  std::string approved_by;       // names; empty: nobody had to agree
  std::string reason;
  friend bool operator==(const RecordingPaused&, const RecordingPaused&) = default;
};

// Recorded again. The state that follows says what is to be seen by now.
struct RecordingResumed {
  std::string why;
  friend bool operator==(const RecordingResumed&, const RecordingResumed&) = default;
};

// Somebody else came to look at the session, or left, by an approval.
struct GuestSeen {
  bool here = true;         // else gone
  std::string user;
  std::string request;      // the approval's number
  std::string approved_by;  // names
  friend bool operator==(const GuestSeen&, const GuestSeen&) = default;
};

// Nothing else happened for a while, and the session was there: the end of a recording that a crash cut short is known by it.
struct SessionGoesOn {
  friend bool operator==(const SessionGoesOn&, const SessionGoesOn&) = default;
};

// The target's pixels are lossy from here on.
struct PixelsLossy {
  friend bool operator==(const PixelsLossy&, const PixelsLossy&) = default;
};

using EventBody = std::variant<SessionStarted, ScreenResized, PointerMoved, KeysPressed, StatesCoalesced, SessionEnded, ClipboardText,
                               RecordingPaused, RecordingResumed, GuestSeen, SessionGoesOn, PixelsLossy>;

struct Event {
  SessionTime at{};
  EventBody body;
};

}  // namespace frostgate
