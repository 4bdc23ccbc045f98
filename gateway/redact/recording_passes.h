// A recorded journal as the redactor and the encoder want it: states and pointer on one timeline, read from the start
// as often as needed; and what was typed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "codec/base/event.h"
#include "codec/base/frame.h"
#include "codec/base/keystroke.h"
#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/tiles/tile_decoder.h"
#include "storage/journal/journal_reader.h"

namespace frostgate::redact {

// What one pass over the journal saw besides its pictures.
struct JournalSummary {
  SessionTime end{};                  // of the session, or of its last entry when it was cut
  bool complete = false;              // the journal was closed in order
  std::string damage;                 // why it stops early; empty when complete or merely cut
  std::uint64_t states = 0;
  std::uint64_t states_coalesced = 0; // replaced before they could be recorded
  bool lossy = false;
};

struct RecordedState {
  SessionTime at{};
  FrameView frame;
  Region damage;
};

struct RecordedPointer {
  SessionTime at{};
  PointerMoved pointer;
};

// Calls `state` and `pointer` in order of time. A journal that was cut or damaged is played up to there: what is
// readable before the damage is never lost. An error from a callback ends the pass and is returned.
Result<JournalSummary> play_journal(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                    const std::function<Result<void>(const RecordedState&)>& state,
                                    const std::function<Result<void>(const RecordedPointer&)>& pointer);

// What was typed, in order of time, up to where its stream was cut or damaged.
struct TypedStream {
  Keystrokes keystrokes;
  std::string damage;  // why it stops early; empty when it was ended properly or merely cut
};

Result<TypedStream> read_keystrokes(storage::JournalSource& source, const std::string& recording, const Secret& key);

// Draws an arrow whose tip is at `position` into `frame` (marked while a button is down); the pixels it touched.
Rect draw_pointer(Frame& frame, Point position, bool pressed);

}  // namespace frostgate::redact
