// A journal, finished or still growing, as the redactor and the encoder want it: states and pointer on one timeline, from the start
// or from a bookmark. What is readable before the journal was cut or damaged is never lost.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/base/event.h"
#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/tiles/tile_decoder.h"
#include "storage/journal/journal_reader.h"

namespace frostgate::redact {

// What was seen of the journal besides its pictures.
struct JournalSummary {
  SessionTime end{};                  // of the last entry, and of the session when it is complete
  bool complete = false;              // the journal was closed in order
  std::string damage;                 // why it stops early; empty when complete or merely cut
  std::uint64_t states = 0;
  std::uint64_t states_coalesced = 0; // replaced before they could be recorded
  bool lossy = false;
  std::vector<Event> events;          // what people look for in a film: sizes but the first, clipboards, new beginnings, that it became lossy, pauses of the recording, who looked on; the first 5000
};

struct RecordedState {
  SessionTime at{};
  FrameView frame;  // the player's, valid until its next move
  Region damage;
  bool card = false;  // not the target's: the gateway says that nothing was recorded (pause_card.h)
};

struct RecordedPointer {
  SessionTime at{};
  PointerMoved pointer;
};

using Recorded = std::variant<RecordedState, RecordedPointer>;

// Where playing can start again: the place in the journal, and the screen at it.
struct JournalBookmark {
  storage::JournalPosition position;
  SessionTime at{};
  std::vector<std::byte> screen;  // coded; empty before the first state
  std::optional<RecordingPaused> card;  // stands in front of it
};

class JournalPlayer {
 public:
  // `source` outlives it. A journal that is not there is a short recording, not a failure.
  static Result<JournalPlayer> open(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                    storage::JournalGrowth growth = storage::JournalGrowth::ended);
  // The states and events after the bookmark. The summary counts from there.
  static Result<JournalPlayer> resume(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                      storage::JournalGrowth growth, const JournalBookmark& bookmark);

  // The next on the timeline, whose times never go back; nothing when there is no more, or not yet of a growing journal.
  Result<std::optional<Recorded>> next();

  // A growing journal's writer has gone.
  void expect_no_more();
  // Whether nothing will come any more.
  bool over() const { return over_; }
  const JournalSummary& summary() const { return summary_; }
  // With the card that stands in front of it.
  FrameView screen() const { return card_ ? card_picture_.view() : decoder_.frame().view(); }
  JournalBookmark bookmark() const;

 private:
  JournalPlayer(std::optional<storage::JournalReader> reader) : reader_(std::move(reader)), over_(!reader_) {}
  Result<std::optional<Recorded>> play(const storage::JournalEntry& entry);
  void stop(std::string damage);
  void show_card(const RecordingPaused& paused);

  std::optional<storage::JournalReader> reader_;  // nothing when there is no journal
  codec::TileDecoder decoder_;
  std::optional<RecordingPaused> card_;  // from its event to the next state
  Frame card_picture_;
  JournalSummary summary_;
  bool growing_ = false;
  bool over_;
};

}  // namespace frostgate::redact
