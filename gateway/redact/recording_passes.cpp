#include "gateway/redact/recording_passes.h"

#include <algorithm>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/keystroke_coding.h"

namespace frostgate::redact {
namespace {

// '#' outline, '.' fill, tip at the top left.
constexpr const char* kArrow[] = {
    "#           ", "##          ", "#.#         ", "#..#        ", "#...#       ", "#....#      ",
    "#.....#     ", "#......#    ", "#.......#   ", "#........#  ", "#.........# ", "#......#####",
    "#...#..#    ", "#..# #..#   ", "#.#  #..#   ", "##    #..#  ", "#     #..#  ", "       ##   ",
};
constexpr int kArrowHeight = static_cast<int>(std::size(kArrow));
constexpr int kArrowWidth = 12;

void put(Frame& frame, int x, int y, std::uint8_t blue, std::uint8_t green, std::uint8_t red) {
  std::uint8_t* pixel = frame.row(y) + std::ptrdiff_t{x} * kBytesPerPixel;
  pixel[0] = blue;
  pixel[1] = green;
  pixel[2] = red;
}

void note_event(const EventBody& body, JournalSummary& summary) {
  if (const auto* started = std::get_if<SessionStarted>(&body)) summary.lossy = started->lossy;
  if (const auto* coalesced = std::get_if<StatesCoalesced>(&body)) summary.states_coalesced += coalesced->count;
}

}  // namespace

Result<JournalSummary> play_journal(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                    const std::function<Result<void>(const RecordedState&)>& state,
                                    const std::function<Result<void>(const RecordedPointer&)>& pointer) {
  JournalSummary summary;
  auto reader = storage::JournalReader::open(source, recording, key);
  // A relay that died before its first flush left nothing; that is a short recording, not a failure.
  if (!reader && reader.error().kind == ErrorKind::not_found) return summary;
  if (!reader) return reader.error();
  codec::TileDecoder decoder;
  while (true) {
    auto entry = reader.value().next();
    if (!entry) {
      summary.damage = entry.error().message;
      break;
    }
    if (!entry.value()) break;
    const storage::JournalEntry& have = *entry.value();
    // Entries of several threads meet in the journal: a few milliseconds of disorder are ironed out here.
    summary.end = std::max(summary.end, have.at);
    if (have.kind == storage::JournalEntryKind::state) {
      const Result<codec::DecodedState> decoded = decoder.apply(have.payload);
      if (!decoded) {
        summary.damage = decoded.error().message;
        break;
      }
      ++summary.states;
      TRY(state({summary.end, decoder.frame().view(), decoded.value().damage}));
    } else {
      const Result<EventBody> body =
          have.kind == storage::JournalEntryKind::event
              ? codec::decode_event(have.payload)
              : Result<EventBody>(Error{ErrorKind::corrupt, "the journal holds a keystroke among its states"});
      if (!body) {
        summary.damage = body.error().message;
        break;
      }
      note_event(body.value(), summary);
      if (const auto* moved = std::get_if<PointerMoved>(&body.value())) TRY(pointer({summary.end, *moved}));
    }
  }
  summary.complete = summary.damage.empty() && reader.value().finished_cleanly();
  return summary;
}

Result<TypedStream> read_keystrokes(storage::JournalSource& source, const std::string& recording, const Secret& key) {
  TypedStream typed;
  auto reader = storage::JournalReader::open(source, recording, key);
  if (!reader && reader.error().kind == ErrorKind::not_found) return typed;
  if (!reader) return reader.error();
  while (true) {
    auto entry = reader.value().next();
    if (!entry) {
      typed.damage = entry.error().message;
      return typed;
    }
    if (!entry.value()) return typed;
    storage::JournalEntry& have = *entry.value();
    auto keystroke = have.kind == storage::JournalEntryKind::keystroke
                         ? codec::decode_keystroke(have.at, have.payload)
                         : Result<Keystroke>(Error{ErrorKind::corrupt, "the keystroke stream holds something else"});
    wipe_memory(have.payload.data(), have.payload.size());
    if (!keystroke) {
      typed.damage = keystroke.error().message;
      return typed;
    }
    typed.keystrokes.push_back(keystroke.value());
  }
}

Rect draw_pointer(Frame& frame, Point position, bool pressed) {
  // The position comes from a client: so far out, its rectangle's right side would overflow.
  if (position.x >= frame.size().width || position.y >= frame.size().height) return {};
  const Rect area = Rect{position.x, position.y, kArrowWidth, kArrowHeight}.intersected(Rect::of(frame.size()));
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const char mark = kArrow[y - position.y][x - position.x];
      if (mark == '#') put(frame, x, y, 0, 0, 0);
      // A pressed button shows as a yellow arrow.
      if (mark == '.') put(frame, x, y, pressed ? 0 : 255, pressed ? 220 : 255, 255);
    }
  }
  return area;
}

}  // namespace frostgate::redact
