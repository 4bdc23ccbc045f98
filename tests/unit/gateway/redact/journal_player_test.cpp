#include "gateway/redact/journal_player.h"

#include <catch2/catch.hpp>
#include <climits>
#include <cstring>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/keystroke_coding.h"
#include "codec/tiles/tile_encoder.h"
#include "gateway/redact/pointer_arrow.h"
#include "gateway/redact/report_json.h"
#include "gateway/redact/typed_stream.h"
#include "storage/journal/journal_writer.h"
#include "tests/unit/gateway/files.h"
#include "tests/unit/gateway/redact/journal_key.h"

using namespace frostgate;
using namespace frostgate::redact;
using std::chrono::milliseconds;
using storage::JournalEntryKind;

namespace {

class Journal {
 public:
  Journal() : frame_({100, 80}) { begin(); }

  void event(milliseconds at, const EventBody& body) {
    REQUIRE(writer_->append(JournalEntryKind::event, at, codec::encode_event(body)));
  }
  void state(milliseconds at, std::uint8_t colour) {
    std::memset(frame_.row(0), colour, 40);
    const auto coded = encoder_.encode(frame_.view(), Rect{0, 0, 10, 1});
    REQUIRE(coded);
    REQUIRE(writer_->append(JournalEntryKind::state, at, *coded));
  }
  void key(milliseconds at, std::uint32_t keysym) {
    REQUIRE(writer_->append(JournalEntryKind::keystroke, at, codec::encode_keystroke({at, keysym, true})));
  }
  void copied(milliseconds at, const std::string& text) {
    REQUIRE(writer_->append(JournalEntryKind::copied, at, std::as_bytes(std::span(text))));
  }
  struct TypedText {
    Keystrokes keystrokes;
    std::vector<std::string> copied;
    std::string damage;
  };
  Result<TypedText> typed(const Secret& key = journal_key()) {
    auto files = source();
    auto stream = TypedStream::open(files, kRecording, key);
    if (!stream) return stream.error();
    TypedText out;
    TypedStream::Typed typed = stream.value().next();
    out.keystrokes = std::move(typed.keystrokes);
    for (const Secret& text : typed.copied) out.copied.emplace_back(text.text());
    out.damage = stream.value().damage();
    return out;
  }
  void garbage(JournalEntryKind kind, milliseconds at) {
    REQUIRE(writer_->append(kind, at, std::vector<std::byte>(20, std::byte{0xEE})));
  }
  void flush() { REQUIRE(writer_->flush()); }
  void finish() { REQUIRE(writer_->finish()); }
  std::filesystem::path file() const { return folder_.path() / "j" / storage::journal_file_name(0); }

  struct Playing {
    Result<JournalSummary> summary = JournalSummary{};
    std::vector<std::pair<SessionTime, int>> states;  // and the colour of the first pixel
    std::vector<RecordedPointer> pointers;
  };
  static Playing play(Result<JournalPlayer> player) {
    Playing out;
    if (!player) out.summary = player.error();
    if (!player) return out;
    play_on(player.value(), out);
    return out;
  }
  static void play_on(JournalPlayer& player, Playing& out) {
    while (true) {
      const auto recorded = player.next();
      REQUIRE(recorded);
      if (!recorded.value()) break;
      if (const auto* state = std::get_if<RecordedState>(&*recorded.value())) {
        out.states.emplace_back(state->at, state->frame.at(0, 0)[0]);
      } else {
        out.pointers.push_back(std::get<RecordedPointer>(*recorded.value()));
      }
    }
    out.summary = player.summary();
  }
  Playing play(const Secret& key = journal_key()) {
    auto files = source();
    return play(JournalPlayer::open(files, kRecording, key));
  }
  storage::DirectoryJournalSource source() {
    return {storage::real_file_system(), folder_.path() / "j"};
  }

 private:
  void begin() {
    auto made = storage::JournalWriter::create(storage::real_file_system(), folder_.path() / "j", kRecording, journal_key());
    REQUIRE(made);
    writer_.emplace(std::move(made).value());
  }

  storage::TemporaryDirectory folder_;
  Frame frame_;
  codec::TileEncoder encoder_;
  std::optional<storage::JournalWriter> writer_;
};

}  // namespace

TEST_CASE("a whole journal is played in order with its counts") {
  Journal journal;
  SessionStarted started;
  started.lossy = true;
  journal.event(milliseconds(0), started);
  journal.state(milliseconds(100), 1);
  journal.event(milliseconds(150), PointerMoved{{3, 4}, 1});
  journal.event(milliseconds(200), StatesCoalesced{3});
  journal.state(milliseconds(200), 2);
  journal.event(milliseconds(200), StatesCoalesced{4});
  journal.event(milliseconds(900), SessionEnded{"done"});
  journal.finish();
  const auto played = journal.play();
  REQUIRE(played.summary);
  const JournalSummary& summary = played.summary.value();
  CHECK(summary.complete);
  CHECK(summary.damage.empty());
  CHECK(summary.lossy);
  CHECK(summary.states == 2);
  CHECK(summary.states_coalesced == 7);
  CHECK(summary.end == milliseconds(900));
  CHECK(played.states == std::vector<std::pair<SessionTime, int>>{{milliseconds(100), 1}, {milliseconds(200), 2}});
  REQUIRE(played.pointers.size() == 1);
  CHECK(played.pointers[0].pointer.position == Point{3, 4});
}

TEST_CASE("what people look for beside the pixels is told with its time, and nothing else is") {
  Journal journal;
  journal.event(milliseconds(0), SessionStarted{});
  journal.event(milliseconds(90), ClipboardText{true, true});
  journal.event(milliseconds(100), ScreenResized{{100, 80}});  // the first is no change
  journal.state(milliseconds(100), 1);
  journal.event(milliseconds(150), KeysPressed{3});
  journal.event(milliseconds(200), SessionStarted{});
  journal.event(milliseconds(200), ScreenResized{{100, 80}});  // of a new recorder, which knows no size yet
  journal.event(milliseconds(300), ScreenResized{{800, 600}});
  journal.event(milliseconds(400), ClipboardText{false, false});
  journal.event(milliseconds(500), PixelsLossy{});
  journal.event(milliseconds(900), SessionEnded{"done"});
  journal.finish();
  const auto played = journal.play();
  REQUIRE(played.summary);
  CHECK(played.summary.value().lossy);
  CHECK(events_json(played.summary.value().events) ==
        nlohmann::json::parse(R"([{"at_ms":90,"kind":"clipboard","to_target":true,"passed":true},{"at_ms":200,"kind":"resumed"},
                                  {"at_ms":300,"kind":"resized","width":800,"height":600},{"at_ms":400,"kind":"clipboard","to_target":false,"passed":false},
                                  {"at_ms":500,"kind":"lossy"}])"));
}

TEST_CASE("what was typed is read in order, up to where its stream was cut") {
  Journal journal;
  journal.key(milliseconds(100), 'h');
  journal.copied(milliseconds(200), "Mvrtl-wadnik74");
  journal.key(milliseconds(250), 'i');
  journal.flush();
  journal.key(milliseconds(300), 'j');
  journal.flush();
  const auto size = std::filesystem::file_size(journal.file());
  std::filesystem::resize_file(journal.file(), size - 1);
  const auto typed = journal.typed();
  REQUIRE(typed);
  CHECK(typed.value().damage.empty());
  CHECK(typed.value().keystrokes == Keystrokes{{milliseconds(100), 'h', true}, {milliseconds(250), 'i', true}});
  CHECK(typed.value().copied == std::vector<std::string>{"Mvrtl-wadnik74"});
}

TEST_CASE("a keystroke stream that was changed, or holds something else, is read up to there and called damaged") {
  Journal journal;
  journal.key(milliseconds(100), 'h');
  switch (GENERATE(0, 1, 2, 3)) {
    case 0: journal.garbage(JournalEntryKind::event, milliseconds(200)); break;
    case 1: journal.garbage(JournalEntryKind::keystroke, milliseconds(200)); break;
    case 2: journal.copied(milliseconds(200), ""); break;
    default: journal.copied(milliseconds(200), std::string(kLongestCopied + 1, 'x'));
  }
  journal.key(milliseconds(300), 'i');
  journal.finish();
  const auto typed = journal.typed();
  REQUIRE(typed);
  CHECK_FALSE(typed.value().damage.empty());
  CHECK(typed.value().keystrokes.size() == 1);
  const auto other_key = journal.typed(journal_key(8));
  REQUIRE(other_key);
  CHECK_FALSE(other_key.value().damage.empty());
  CHECK(other_key.value().keystrokes.empty());
}

TEST_CASE("a keystroke among the states is damage") {
  Journal journal;
  journal.state(milliseconds(100), 1);
  journal.key(milliseconds(200), 'h');
  journal.finish();
  const auto played = journal.play();
  REQUIRE(played.summary);
  CHECK(played.states.size() == 1);
  CHECK_FALSE(played.summary.value().damage.empty());
}

TEST_CASE("entries a little out of order are played on a time that never goes back") {
  Journal journal;
  journal.state(milliseconds(100), 1);
  journal.event(milliseconds(90), PointerMoved{{3, 4}, 1});
  journal.finish();
  const auto played = journal.play();
  REQUIRE(played.pointers.size() == 1);
  CHECK(played.pointers[0].at == milliseconds(100));
}

TEST_CASE("a journal that is not there or has no entry is a short recording, not a failure") {
  storage::TemporaryDirectory folder;
  storage::DirectoryJournalSource nothing(storage::real_file_system(), folder.path());
  const Result<JournalSummary> summary = Journal::play(JournalPlayer::open(nothing, kRecording, journal_key())).summary;
  REQUIRE(summary);
  CHECK_FALSE(summary.value().complete);
  CHECK(summary.value().damage.empty());
  Journal journal;
  const auto played = journal.play();
  REQUIRE(played.summary);
  CHECK_FALSE(played.summary.value().complete);
  CHECK(played.summary.value().states == 0);
}

TEST_CASE("a journal cut at any byte is played up to its last whole record") {
  Journal journal;
  for (int i = 1; i <= 3; ++i) {
    journal.state(milliseconds(100 * i), static_cast<std::uint8_t>(i));
    journal.flush();
  }
  const std::string whole = read_file(journal.file());
  std::size_t before = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_file(journal.file(), whole.substr(0, size));
    const auto played = journal.play();
    REQUIRE(played.summary);
    CHECK_FALSE(played.summary.value().complete);
    CHECK(played.states.size() >= before);
    before = played.states.size();
  }
  CHECK(before == 3);
}

TEST_CASE("a journal that was changed is played up to the change and says so") {
  Journal journal;
  for (int i = 1; i <= 3; ++i) {
    journal.state(milliseconds(100 * i), static_cast<std::uint8_t>(i));
    journal.flush();
  }
  journal.finish();
  std::string bytes = read_file(journal.file());
  bytes[bytes.size() - 60] = static_cast<char>(bytes[bytes.size() - 60] ^ 1);
  write_file(journal.file(), bytes);
  const auto played = journal.play();
  REQUIRE(played.summary);
  CHECK_FALSE(played.summary.value().damage.empty());
  CHECK_FALSE(played.summary.value().complete);
  CHECK(played.states.size() >= 2);
}

TEST_CASE("an entry that a relay sealed but that makes no sense ends the film there and is damage") {
  for (const JournalEntryKind kind : {JournalEntryKind::state, JournalEntryKind::event}) {
    Journal journal;
    journal.state(milliseconds(100), 1);
    journal.garbage(kind, milliseconds(200));
    journal.state(milliseconds(300), 2);
    journal.finish();
    const auto played = journal.play();
    REQUIRE(played.summary);
    CHECK_FALSE(played.summary.value().damage.empty());
    CHECK_FALSE(played.summary.value().complete);
    CHECK(played.states.size() == 1);
  }
}

TEST_CASE("another key plays nothing") {
  Journal journal;
  journal.state(milliseconds(100), 1);
  journal.finish();
  const auto played = journal.play(journal_key(8));
  CHECK(played.states.empty());
  CHECK((!played.summary || !played.summary.value().damage.empty()));
}

TEST_CASE("a journal that grows is played as far as it goes, and its end is an end only when its writer has gone") {
  Journal journal;
  auto files = journal.source();
  JournalPlayer player = JournalPlayer::open(files, kRecording, journal_key(), storage::JournalGrowth::growing).value();
  Journal::Playing playing;
  for (int i = 1; i <= 3; ++i) {
    journal.state(milliseconds(100 * i), static_cast<std::uint8_t>(i));
    Journal::play_on(player, playing);
    CHECK(playing.states.size() == static_cast<std::size_t>(i - 1));  // not flushed yet
    journal.flush();
    Journal::play_on(player, playing);
    CHECK(playing.states.size() == static_cast<std::size_t>(i));
    CHECK_FALSE(player.over());
  }
  player.expect_no_more();
  Journal::play_on(player, playing);
  CHECK(player.over());
  CHECK_FALSE(player.summary().complete);
  CHECK(player.summary().damage.empty());
}

TEST_CASE("a journal that grows and is closed in order is over at once") {
  Journal journal;
  auto files = journal.source();
  JournalPlayer player = JournalPlayer::open(files, kRecording, journal_key(), storage::JournalGrowth::growing).value();
  journal.state(milliseconds(100), 1);
  journal.finish();
  Journal::Playing playing;
  Journal::play_on(player, playing);
  CHECK(player.over());
  CHECK(player.summary().complete);
}

TEST_CASE("from a bookmark the same is played as from the start, with the same screen") {
  Journal journal;
  for (int i = 1; i <= 6; ++i) {
    journal.state(milliseconds(100 * i), static_cast<std::uint8_t>(i));
    journal.event(milliseconds(100 * i + 10), PointerMoved{{i, 4}, 1});
    if (i % 2 == 0) journal.flush();
  }
  journal.finish();
  auto files = journal.source();
  const auto whole = journal.play();
  JournalPlayer player = JournalPlayer::open(files, kRecording, journal_key()).value();
  for (std::size_t played = 0; played <= 12; ++played) {
    const JournalBookmark mark = player.bookmark();
    JournalPlayer again = JournalPlayer::resume(files, kRecording, journal_key(), storage::JournalGrowth::ended, mark).value();
    if (played > 0) CHECK(same_pixels(again.screen(), player.screen(), Rect::of(player.screen().size)));
    Journal::Playing rest;
    Journal::play_on(again, rest);
    const std::size_t states = whole.states.size() - (played + 1) / 2, pointers = whole.pointers.size() - played / 2;
    REQUIRE(rest.states.size() == states);
    REQUIRE(rest.pointers.size() == pointers);
    CHECK(std::equal(rest.states.begin(), rest.states.end(), whole.states.end() - static_cast<std::ptrdiff_t>(states)));
    CHECK(rest.summary.value().complete);
    REQUIRE(player.next());
  }
}

TEST_CASE("a pointer is drawn at every place, changes nothing outside its rectangle and never writes outside the frame") {
  const Size size{40, 30};
  std::vector<Point> places{{INT_MIN, INT_MIN}, {INT_MAX, INT_MAX}, {INT_MAX, 0}, {0, INT_MAX}, {INT_MIN, 5}, {5, INT_MIN},
                            {INT_MAX - 5, INT_MAX - 5}};
  for (int y = -20; y <= 32; ++y) {
    for (int x = -14; x <= 42; ++x) places.push_back({x, y});
  }
  for (const Point& place : places) {
    Frame frame(size);
    for (int y = 0; y < size.height; ++y) std::memset(frame.row(y), 100, static_cast<std::size_t>(frame.stride()));
    const Frame before = frame;
    const Rect area = draw_pointer(frame, place, false);
    CHECK((area.empty() || Rect::of(size).contains(area)));
    bool outside_same = true;
    int changed = 0;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const bool same = std::memcmp(frame.view().at(x, y), before.view().at(x, y), 4) == 0;
        changed += !same;
        outside_same = outside_same && (same || Rect{x, y, 1, 1}.intersects(area));
      }
    }
    CHECK(outside_same);
    const bool on_screen = place.x >= 0 && place.x < size.width && place.y >= 0 && place.y < size.height;
    if (on_screen) CHECK(changed > 0);
    if (area.empty()) CHECK(changed == 0);
  }
}

TEST_CASE("a pressed button shows in the pointer") {
  Frame up({40, 40}), down({40, 40});
  CHECK(draw_pointer(up, {0, 0}, false) == draw_pointer(down, {0, 0}, true));
  CHECK_FALSE(same_pixels(up.view(), down.view(), Rect::of(up.size())));
}

TEST_CASE("a pointer in an empty frame is nothing") {
  Frame empty;
  CHECK(draw_pointer(empty, {0, 0}, true).empty());
}

TEST_CASE("while nothing was recorded a card stands in for the screen, and what is played from a bookmark then shows it too") {
  Journal journal;
  journal.event(milliseconds(0), SessionStarted{});
  journal.state(milliseconds(100), 1);
  RecordingPaused paused;
  paused.by = "anna";
  paused.request = "r-1a2b3c4d5e6f";
  paused.reason = "a key is typed";
  paused.until = UtcTime();
  journal.event(milliseconds(500), paused);
  journal.event(milliseconds(60'500), RecordingResumed{"enough"});
  journal.state(milliseconds(60'500), 2);
  RecordingPaused stopped = paused;
  stopped.until.reset();
  stopped.approved_by = "carl";
  journal.event(milliseconds(60'800), stopped);
  journal.event(milliseconds(61'000), SessionEnded{"done"});
  journal.finish();

  auto files = journal.source();
  auto player = JournalPlayer::open(files, kRecording, journal_key());
  REQUIRE(player);
  const auto next = [](JournalPlayer& from) {
    auto recorded = from.next();
    REQUIRE(recorded);
    REQUIRE(recorded.value());
    return std::get<RecordedState>(*recorded.value());
  };
  CHECK_FALSE(next(player.value()).card);
  const RecordedState card = next(player.value());
  CHECK(card.card);
  CHECK(card.at == milliseconds(500));
  CHECK(card.damage.rects() == std::vector<Rect>{Rect{0, 0, 100, 80}});
  const Frame shown = Frame::copy_of(card.frame);
  CHECK(shown.view().at(0, 0)[0] != 1);
  const JournalBookmark mark = player.value().bookmark();
  const RecordedState after = next(player.value());
  CHECK_FALSE(after.card);
  CHECK(after.at == milliseconds(60'500));
  CHECK(after.frame.at(0, 0)[0] == 2);
  CHECK(after.damage.rects() == std::vector<Rect>{Rect{0, 0, 100, 80}});
  const RecordedState end = next(player.value());
  CHECK((end.card && end.at == milliseconds(60'800)));
  CHECK_FALSE(player.value().next().value());
  CHECK(player.value().summary().end == milliseconds(61'000));
  CHECK(events_json(player.value().summary().events) ==
        nlohmann::json{{{"at_ms", 500}, {"kind", "recording_paused"}, {"by", "anna"}, {"request", "r-1a2b3c4d5e6f"}, {"approved_by", ""}, {"reason", "a key is typed"}},
                       {{"at_ms", 60'500}, {"kind", "recording_resumed"}, {"why", "enough"}},
                       {{"at_ms", 60'800}, {"kind", "recording_stopped"}, {"by", "anna"}, {"request", "r-1a2b3c4d5e6f"}, {"approved_by", "carl"}, {"reason", "a key is typed"}}});

  auto resumed = JournalPlayer::resume(files, kRecording, journal_key(), storage::JournalGrowth::ended, mark);
  REQUIRE(resumed);
  CHECK(resumed.value().screen().at(0, 0)[0] == shown.view().at(0, 0)[0]);
  const RecordedState again = next(resumed.value());
  CHECK(again.frame.at(0, 0)[0] == 2);
  CHECK(again.damage.rects() == std::vector<Rect>{Rect{0, 0, 100, 80}});
}
