#include "gateway/redact/journal_player.h"

#include <algorithm>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/tile_encoder.h"
#include "gateway/redact/pause_card.h"

namespace frostgate::redact {
namespace {

constexpr std::size_t kMostEvents = 5000;

// `shown`: the screen's size so far; empty before the first state.
void note_event(const EventBody& body, Size shown, JournalSummary& summary) {
  if (const auto* started = std::get_if<SessionStarted>(&body)) summary.lossy = summary.lossy || started->lossy;
  if (std::holds_alternative<PixelsLossy>(body)) summary.lossy = true;
  const auto* resized = std::get_if<ScreenResized>(&body);
  const bool notable = std::holds_alternative<ClipboardText>(body) || std::holds_alternative<PixelsLossy>(body) || std::holds_alternative<RecordingPaused>(body) ||
                       std::holds_alternative<RecordingResumed>(body) || std::holds_alternative<GuestSeen>(body) ||
                       (!shown.empty() && (std::holds_alternative<SessionStarted>(body) || (resized && resized->size != shown)));
  if (notable && summary.events.size() < kMostEvents) summary.events.push_back({summary.end, body});
  if (const auto* coalesced = std::get_if<StatesCoalesced>(&body)) summary.states_coalesced += coalesced->count;
}

}  // namespace

Result<JournalPlayer> JournalPlayer::open(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                          storage::JournalGrowth growth) {
  auto reader = storage::JournalReader::open(source, recording, key, growth);
  // A relay that died before its first flush left nothing.
  if (!reader && reader.error().kind == ErrorKind::not_found) return JournalPlayer(std::nullopt);
  if (!reader) return reader.error();
  JournalPlayer player(std::move(reader).value());
  player.growing_ = growth == storage::JournalGrowth::growing;
  return player;
}

Result<JournalPlayer> JournalPlayer::resume(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                            storage::JournalGrowth growth, const JournalBookmark& bookmark) {
  storage::JournalReader reader = TRY(storage::JournalReader::open(source, recording, key, growth, bookmark.position));
  JournalPlayer player(std::move(reader));
  player.growing_ = growth == storage::JournalGrowth::growing;
  player.summary_.end = bookmark.at;
  if (!bookmark.screen.empty()) TRY(player.decoder_.apply(bookmark.screen));
  if (bookmark.card) player.show_card(*bookmark.card);
  return player;
}

Result<std::optional<Recorded>> JournalPlayer::next() {
  while (!over_) {
    auto entry = reader_->next();
    if (!entry) {
      stop(entry.error().message);
    } else if (!entry.value()) {
      if (reader_->finished_cleanly() || !growing_) stop("");
      else break;
    } else {
      std::optional<Recorded> recorded = TRY(play(*entry.value()));
      if (recorded) return recorded;
    }
  }
  return std::optional<Recorded>();
}

// Nothing when it is no picture and no pointer.
Result<std::optional<Recorded>> JournalPlayer::play(const storage::JournalEntry& entry) {
  // Entries of several threads meet in the journal: a few milliseconds of disorder are ironed out here.
  summary_.end = std::max(summary_.end, entry.at);
  if (entry.kind == storage::JournalEntryKind::state) {
    Result<codec::DecodedState> decoded = decoder_.apply(entry.payload);
    if (!decoded) {
      stop(decoded.error().message);
      return std::optional<Recorded>();
    }
    ++summary_.states;
    Region damage = std::exchange(card_, std::nullopt) ? Region(Rect::of(screen().size)) : std::move(decoded.value().damage);
    return std::optional<Recorded>(RecordedState{summary_.end, screen(), std::move(damage)});
  }
  const Result<EventBody> body =
      entry.kind == storage::JournalEntryKind::event
          ? codec::decode_event(entry.payload)
          : Result<EventBody>(Error{ErrorKind::corrupt, "the journal holds a keystroke among its states"});
  if (!body) {
    stop(body.error().message);
    return std::optional<Recorded>();
  }
  note_event(body.value(), screen().size, summary_);
  const auto* paused = std::get_if<RecordingPaused>(&body.value());
  if (paused && !screen().size.empty()) {
    show_card(*paused);
    return std::optional<Recorded>(RecordedState{summary_.end, screen(), Region(Rect::of(screen().size)), true});
  }
  const auto* moved = std::get_if<PointerMoved>(&body.value());
  return moved ? std::optional<Recorded>(RecordedPointer{summary_.end, *moved}) : std::optional<Recorded>();
}

void JournalPlayer::show_card(const RecordingPaused& paused) {
  card_picture_ = pause_card(paused, decoder_.frame().size());
  card_ = paused;
}

void JournalPlayer::stop(std::string damage) {
  summary_.damage = std::move(damage);
  summary_.complete = summary_.damage.empty() && reader_->finished_cleanly();
  over_ = true;
}

void JournalPlayer::expect_no_more() {
  growing_ = false;
  if (reader_) reader_->expect_no_more();
}

JournalBookmark JournalPlayer::bookmark() const {
  JournalBookmark mark;
  if (reader_) mark.position = reader_->position();
  mark.at = summary_.end;
  mark.card = card_;
  if (decoder_.frame().size().acceptable()) {
    codec::TileEncoder encoder;
    if (auto state = encoder.encode(decoder_.frame().view(), {})) mark.screen = std::move(*state);
  }
  return mark;
}

}  // namespace frostgate::redact
