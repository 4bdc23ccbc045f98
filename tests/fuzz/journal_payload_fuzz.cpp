// What is inside a journal once it is opened: the input is the entries of one record, as a relay that was taken over could have sealed them, read as the redactor does
// (states, events; keystrokes and copied texts). Pictures stay within their screen, times never go back, playing on from a bookmark shows the same, and what decodes
// is exactly what would be written.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/keystroke_coding.h"
#include "gateway/redact/journal_player.h"
#include "gateway/redact/typed_stream.h"
#include "storage/journal/format.h"
#include "tests/fuzz/one_file_journal.h"

namespace {

using namespace frostgate;

constexpr const char* kRecording = "r1";

void require(bool holds) {
  if (!holds) std::abort();
}

// A file with one record, sealed by who has the key.
std::vector<std::byte> sealed(std::span<const std::byte> entries, const Secret& key) {
  const std::array<std::byte, storage::kJournalSaltBytes> salt{};
  const storage::JournalHeader header = storage::make_journal_header(kRecording, 0, salt);
  std::vector<std::byte> file(header.begin(), header.end());
  storage::JournalFileCipher(key, kRecording, 0, header).seal_record(entries, file);
  return file;
}

bool within(const Region& region, Size size) {
  return std::ranges::all_of(region.rects(), [&](const Rect& rect) { return rect == rect.intersected(Rect::of(size)); });
}

void same_screen(FrameView a, FrameView b) { require(a.size == b.size && (a.size.empty() || same_pixels(a, b, Rect::of(a.size)))); }

void play(storage::OneFile& journal, const Secret& key) {
  auto player = redact::JournalPlayer::open(journal, kRecording, key).value();
  SessionTime last{};
  while (true) {
    const auto next = player.next();
    if (!next || !next.value()) break;
    const SessionTime at = std::visit([](const auto& one) { return one.at; }, *next.value());
    require(at >= last);
    last = at;
    if (const auto* state = std::get_if<redact::RecordedState>(&*next.value())) {
      require(state->frame.size.acceptable() && within(state->damage, state->frame.size));
    }
  }
  require(player.over());
  const auto resumed = redact::JournalPlayer::resume(journal, kRecording, key, storage::JournalGrowth::ended, player.bookmark());
  if (resumed) same_screen(resumed.value().screen(), player.screen());
  else require(!player.summary().damage.empty());
}

// Each decoder alone: the player stops at the first entry that it does not understand.
void decode(storage::OneFile& journal, const Secret& key) {
  auto reader = storage::JournalReader::open(journal, kRecording, key).value();
  codec::TileDecoder tiles;
  while (true) {
    const auto entry = reader.next();
    if (!entry || !entry.value()) return;
    const std::span<const std::byte> bytes = entry.value()->payload;
    if (const auto event = codec::decode_event(bytes)) require(std::ranges::equal(codec::encode_event(event.value()), bytes));
    if (const auto stroke = codec::decode_keystroke(entry.value()->at, bytes)) require(std::ranges::equal(codec::encode_keystroke(stroke.value()), bytes));
    const Frame before = tiles.frame();
    const auto state = tiles.apply(bytes);
    if (!state) same_screen(tiles.frame().view(), before.view());
    else require(within(state.value().damage, tiles.frame().size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const Secret key(std::vector<std::byte>(32, std::byte{9}));
  storage::OneFile journal(sealed(std::as_bytes(std::span(data, size)), key));
  play(journal, key);
  decode(journal, key);
  auto typed = redact::TypedStream::open(journal, kRecording, key).value();
  for (const Secret& copied : typed.next().copied) require(!copied.bytes().empty() && copied.bytes().size() <= kLongestCopied);
  require(typed.next().keystrokes.empty());
  return 0;
}
