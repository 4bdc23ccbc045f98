#include "gateway/relay/recorder.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/keystroke_coding.h"
#include "codec/tiles/tile_decoder.h"
#include "storage/journal/journal_reader.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::relay;

namespace {

constexpr const char* kRecording = "20260131-235959-1a2b3c4d";

Secret journal_key() { return Secret(std::vector<std::byte>(32, std::byte{9})); }
Secret keystroke_key() { return Secret(std::vector<std::byte>(32, std::byte{7})); }

class CountingSink : public InputSink {
 public:
  std::atomic<int> keys = 0, pointers = 0, locks = 0, sizes = 0;
  void key(const KeyEvent&) override { ++keys; }
  void pointer(const PointerEvent&) override { ++pointers; }
  void lock_keys(const LockKeys&) override { ++locks; }
  void request_size(Size) override { ++sizes; }
};

// The real disk, until it is told to fail. Says how often it synced.
class FailingFileSystem : public storage::FileSystem {
 public:
  std::atomic<bool> broken = false;

  Result<std::unique_ptr<storage::AppendFile>> create(const Path& path) override {
    return std::unique_ptr<storage::AppendFile>(std::make_unique<File>(*this, TRY(real().create(path))));
  }
  Result<std::vector<std::byte>> read(const Path& path, std::uint64_t offset, std::uint64_t size) override {
    return real().read(path, offset, size);
  }
  Result<storage::FileStatus> status(const Path& path) override { return real().status(path); }
  Result<void> rename_new(const Path& from, const Path& to) override { return real().rename_new(from, to); }
  Result<void> sync_directory(const Path& path) override { return real().sync_directory(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return real().list(path); }
  Result<void> remove(const Path& path) override { return real().remove(path); }
  Result<void> remove_directory(const Path& path) override { return real().remove_directory(path); }
  Result<void> make_directories(const Path& path) override { return real().make_directories(path); }

 private:
  class File : public storage::AppendFile {
   public:
    File(FailingFileSystem& owner, std::unique_ptr<storage::AppendFile> file) : owner_(owner), file_(std::move(file)) {}
    Result<void> append(std::span<const std::byte> bytes) override {
      if (owner_.broken) return Error{ErrorKind::no_space, "the disk is full"};
      return file_->append(bytes);
    }
    Result<void> sync() override { return file_->sync(); }

   private:
    FailingFileSystem& owner_;
    std::unique_ptr<storage::AppendFile> file_;
  };
  static storage::FileSystem& real() { return storage::real_file_system(); }
};

struct Played {
  std::vector<std::pair<SessionTime, Frame>> states;
  std::vector<Event> events;
  bool finished = false;
  bool truncated = false;

  template <class Body>
  std::vector<Body> all() const {
    std::vector<Body> out;
    for (const Event& event : events) {
      if (const auto* body = std::get_if<Body>(&event.body)) out.push_back(*body);
    }
    return out;
  }
};

// A recorder with a surface on one side and a journal on disk on the other.
class Session {
 public:
  Session() : target({200, 100}) {}

  void start(int states_per_second = 30, Microseconds flush_interval = std::chrono::milliseconds(1)) {
    auto journal = storage::JournalWriter::create(files, directory(), kRecording, journal_key());
    REQUIRE(journal);
    auto keystrokes = storage::JournalWriter::create(files, keystroke_directory(), kRecording, keystroke_key());
    REQUIRE(keystrokes);
    record_with({std::move(journal).value(), std::move(keystrokes).value()}, {states_per_second, 0x409, flush_interval});
  }
  void resume(int first_file, SessionTime already) {
    auto journal = storage::JournalWriter::resume(files, directory(), kRecording, journal_key(), first_file);
    REQUIRE(journal);
    auto keystrokes = storage::JournalWriter::resume(files, keystroke_directory(), kRecording, keystroke_key(), first_file);
    REQUIRE(keystrokes);
    record_with({std::move(journal).value(), std::move(keystrokes).value()}, {30, 0x409, std::chrono::milliseconds(1), already});
  }
  void record_with(RecorderJournals journals, RecorderSettings settings) {
    SessionStarted started;
    started.session = kRecording;
    started.user = "anna";
    recorder.emplace(surface, sink, std::move(journals), started, settings,
                     [this](const Error& error) {
                       const std::lock_guard lock(mutex_);
                       failures_.push_back(error);
                       failed_.notify_all();
                     });
  }

  void paint(std::uint8_t colour, const Rect& rect) {
    for (int y = rect.y; y < rect.bottom(); ++y) std::memset(target.row(y) + rect.x * 4, colour, std::size_t(rect.width) * 4);
    surface.commit(target.view(), rect);
  }

  Played played() {
    storage::DirectoryJournalSource source(storage::real_file_system(), directory());
    auto reader = storage::JournalReader::open(source, kRecording, journal_key());
    Played out;
    if (!reader) return out;
    codec::TileDecoder decoder;
    while (true) {
      const auto entry = reader.value().next();
      REQUIRE(entry);
      if (!entry.value()) break;
      if (entry.value()->kind == storage::JournalEntryKind::state) {
        REQUIRE(decoder.apply(entry.value()->payload));
        out.states.emplace_back(entry.value()->at, decoder.frame());
      } else {
        const auto body = codec::decode_event(entry.value()->payload);
        REQUIRE(body);
        out.events.push_back({entry.value()->at, body.value()});
      }
    }
    out.finished = reader.value().finished_cleanly();
    out.truncated = reader.value().truncated().has_value();
    return out;
  }

  Keystrokes typed() {
    copied.clear();
    storage::DirectoryJournalSource source(storage::real_file_system(), keystroke_directory());
    auto reader = storage::JournalReader::open(source, kRecording, keystroke_key());
    Keystrokes out;
    if (!reader) return out;
    while (true) {
      const auto entry = reader.value().next();
      REQUIRE(entry);
      if (!entry.value()) return out;
      if (entry.value()->kind == storage::JournalEntryKind::copied) {
        const auto& text = entry.value()->payload;
        copied.emplace_back(reinterpret_cast<const char*>(text.data()), text.size());
        continue;
      }
      REQUIRE(entry.value()->kind == storage::JournalEntryKind::keystroke);
      const auto keystroke = codec::decode_keystroke(entry.value()->at, entry.value()->payload);
      REQUIRE(keystroke);
      out.push_back(keystroke.value());
    }
  }

  // Reads the journal again and again until it says what it should.
  bool eventually(const std::function<bool(const Played&)>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition(played())) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  bool last_state_is(std::uint8_t colour, Point at) {
    return eventually([&](const Played& now) {
      return !now.states.empty() && now.states.back().second.row(at.y)[at.x * 4] == colour;
    });
  }
  std::vector<Error> wait_for_failure() {
    std::unique_lock lock(mutex_);
    failed_.wait_for(lock, std::chrono::seconds(10), [&] { return !failures_.empty(); });
    return failures_;
  }
  std::vector<Error> failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

  std::filesystem::path directory() const { return folder_.path() / "journal"; }
  std::filesystem::path keystroke_directory() const { return directory() / storage::kKeystrokeFolder; }

  FailingFileSystem files;
  CountingSink sink;
  Surface surface;
  Frame target;
  std::vector<std::string> copied;  // as typed() found it
  std::optional<Recorder> recorder;

 private:
  storage::TemporaryDirectory folder_;
  std::mutex mutex_;
  std::condition_variable failed_;
  std::vector<Error> failures_;
};

}  // namespace

TEST_CASE("L6: the first change is recorded at once and the last state before quiet is, too") {
  Session session;
  session.start(1);
  session.paint(10, {0, 0, 200, 100});
  CHECK(session.last_state_is(10, {5, 5}));
  for (std::uint8_t colour = 11; colour < 60; ++colour) session.paint(colour, {64, 0, 10, 10});
  CHECK(session.last_state_is(59, {64, 0}));
  const Played now = session.played();
  REQUIRE(now.states.size() >= 2);
  CHECK(now.states[0].first < std::chrono::seconds(1));
  CHECK(now.states[1].first - now.states[0].first >= std::chrono::seconds(1));
  CHECK(now.states.back().second.row(50)[0] == 10);
}

TEST_CASE("every state is either recorded or counted as replaced") {
  Session session;
  session.start(30);
  constexpr unsigned kCommits = 500;
  for (unsigned i = 0; i < kCommits; ++i) session.paint(static_cast<std::uint8_t>(i % 250 + 1), {0, 0, 10, 10});
  REQUIRE(session.recorder->finish("done"));
  const Played now = session.played();
  std::uint32_t coalesced = 0;
  for (const StatesCoalesced& event : now.all<StatesCoalesced>()) coalesced += event.count;
  // A look whose pixels are those of the look before is neither: the colours repeat after 250.
  CHECK(now.states.size() + coalesced <= kCommits);
  CHECK(now.states.size() + coalesced >= kCommits - 2);
  CHECK(coalesced > 0);
  CHECK(now.states.back().second.row(0)[0] == (kCommits - 1) % 250 + 1);
}

TEST_CASE("an update of the whole frame that changed nothing records nothing") {
  Session session;
  session.paint(10, {0, 0, 200, 100});
  session.start();
  CHECK(session.last_state_is(10, {5, 5}));
  session.surface.commit(session.target.view(), Rect{0, 0, 200, 100});
  session.paint(11, {0, 0, 1, 1});
  CHECK(session.last_state_is(11, {0, 0}));
  session.surface.commit(session.target.view(), Rect{0, 0, 200, 100});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.played().states.size() == 2);
}

TEST_CASE("a resize is noted before its first picture") {
  Session session;
  session.paint(10, {0, 0, 200, 100});
  session.start();
  CHECK(session.last_state_is(10, {5, 5}));
  session.target = Frame({300, 50});
  session.paint(11, {0, 0, 300, 50});
  REQUIRE(session.recorder->finish("done"));
  const Played now = session.played();
  const auto sizes = now.all<ScreenResized>();
  REQUIRE(sizes.size() == 2);
  CHECK(sizes[0].size == Size{200, 100});
  CHECK(sizes[1].size == Size{300, 50});
  CHECK(now.states.back().second.size() == Size{300, 50});
}

TEST_CASE("a journal begins with the start, ends with the end, and its times never go back") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  for (int i = 0; i < 20; ++i) {
    session.recorder->pointer({{i, i}, static_cast<std::uint8_t>(i % 2), 0, 0});
    session.paint(static_cast<std::uint8_t>(20 + i), {i, 0, 1, 1});
  }
  REQUIRE(session.recorder->finish("the user left"));
  const Played now = session.played();
  CHECK(now.finished);
  REQUIRE(now.events.size() >= 2);
  REQUIRE(std::get_if<SessionStarted>(&now.events.front().body));
  CHECK(std::get<SessionStarted>(now.events.front().body).user == "anna");
  CHECK(now.events.front().at == SessionTime{});
  REQUIRE(std::get_if<SessionEnded>(&now.events.back().body));
  CHECK(std::get<SessionEnded>(now.events.back().body).reason == "the user left");
  for (std::size_t i = 1; i < now.events.size(); ++i) CHECK(now.events[i - 1].at <= now.events[i].at);
}

TEST_CASE("a session that goes on with another recorder is one journal, whose times go on") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.recorder->key({.down = true, .keysym = 'a'});
  REQUIRE(session.recorder->pause());
  const Played first = session.played();
  CHECK(first.truncated);  // as long as nobody goes on
  session.recorder.reset();
  session.resume(1, std::chrono::seconds(60));
  session.paint(20, {0, 0, 10, 10});
  REQUIRE(session.last_state_is(20, {5, 5}));
  session.recorder->key({.down = true, .keysym = 'b'});
  REQUIRE(session.recorder->finish("the end"));
  const Played whole = session.played();
  CHECK(whole.finished);
  CHECK(whole.all<SessionStarted>().size() == 2);
  CHECK(whole.states.size() > first.states.size());
  CHECK(whole.states.back().first >= std::chrono::seconds(60));
  CHECK(whole.states.back().second.row(50)[100 * 4] == 10);  // what the second did not paint is there too
  REQUIRE(session.typed().size() == 2);
  CHECK(session.typed().back().at >= std::chrono::seconds(60));
}

TEST_CASE("keys are noted in their own stream, as the user's layout makes them") {
  Session session;
  session.start();
  session.recorder->lock_keys({.caps = true});
  for (const KeyEvent& event : {KeyEvent{.down = true, .scancode = 0x2a}, KeyEvent{.down = true, .scancode = 0x03},
                                KeyEvent{.scancode = 0x03}, KeyEvent{.scancode = 0x2a}, KeyEvent{.down = true, .scancode = 0x10},
                                KeyEvent{.down = true, .keysym = 0xff0d}, KeyEvent{.down = true, .unicode = 0xe9}}) {
    session.recorder->key(event);
  }
  REQUIRE(session.recorder->finish("done"));
  std::vector<std::pair<std::uint32_t, bool>> made;
  const Keystrokes typed = session.typed();
  for (const Keystroke& keystroke : typed) made.emplace_back(keystroke.keysym, keystroke.down);
  CHECK(made == std::vector<std::pair<std::uint32_t, bool>>{{0xffe1, true}, {'@', true}, {'@', false}, {0xffe1, false},
                                                            {'Q', true}, {0xff0d, true}, {0xe9, true}});
  for (std::size_t i = 1; i < typed.size(); ++i) CHECK(typed[i - 1].at <= typed[i].at);
}

TEST_CASE("short texts of one line that are copied are noted beside the keys, and no others") {
  Session session;
  session.start();
  session.recorder->key({.down = true, .keysym = 'h'});
  for (const std::string& text : {std::string("Mvrtl-wadnik74\r\n"), std::string(), std::string("\n"), std::string("two\nlines"), std::string(kLongestCopied + 1, 'x'),
                                  std::string(kLongestCopied, 'y')})
    session.recorder->note_copied(text);
  CHECK(session.eventually([&](const Played&) { return session.typed().size() == 1 && session.copied.size() == 2; }));
  session.recorder->key({.down = true, .keysym = 'i'});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.typed().size() == 2);
  CHECK(session.copied == std::vector<std::string>{"Mvrtl-wadnik74", std::string(kLongestCopied, 'y')});
}

TEST_CASE("what was typed reaches the disk while the session goes on, and survives the recorder's death") {
  Session session;
  session.start();
  session.recorder->key({.down = true, .keysym = 'h'});
  session.recorder->key({.down = false, .keysym = 'h'});
  CHECK(session.eventually([&](const Played&) { return session.typed().size() == 2; }));
  session.recorder->key({.down = true, .keysym = 'i'});
  CHECK(session.eventually([&](const Played&) { return session.typed().size() == 3; }));
  session.recorder.reset();
  CHECK(session.typed().size() == 3);
}

TEST_CASE("a state on disk has all on disk that was typed before it") {
  Session session;
  session.start();
  for (std::uint8_t i = 1; i <= 40; ++i) {
    session.recorder->key({.down = true, .keysym = 'a'});
    session.paint(i, {0, 0, 10, 10});
    const Played now = session.played();
    const std::size_t typed = session.typed().size();
    if (!now.states.empty()) CHECK(typed >= now.states.back().second.row(0)[0]);
  }
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.typed().size() == 40);
}

TEST_CASE("a flood of keys is held back, and what was forwarded was noted") {
  Session session;
  session.start(30, std::chrono::seconds(100));
  constexpr int kFlood = 40'000;
  for (int i = 0; i < kFlood; ++i) session.recorder->key({.down = true, .keysym = 'a'});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.sink.keys < kFlood);
  CHECK(session.typed().size() == static_cast<std::size_t>(session.sink.keys));
}

TEST_CASE("keys are counted and forwarded, and their values are nowhere in the screen's journal") {
  Session session;
  session.start();
  for (const char c : std::string("hunter2")) {
    KeyEvent event{true, 0, static_cast<std::uint32_t>(c), static_cast<std::uint16_t>(c)};
    session.recorder->key(event);
    event.down = false;
    session.recorder->key(event);
  }
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.sink.keys == 14);
  const Played now = session.played();
  std::uint32_t keys = 0;
  for (const KeysPressed& event : now.all<KeysPressed>()) keys += event.count;
  CHECK(keys == 7);
  // What a key event can leave is its count: nothing else was noted between start and end.
  CHECK(now.events.size() == 2 + now.all<KeysPressed>().size());
}

TEST_CASE("everything a user does is forwarded") {
  Session session;
  session.start();
  session.recorder->pointer({{1, 2}, 1, 0, 0});
  session.recorder->pointer({{1, 2}, 0, 120, 0});
  session.recorder->lock_keys({});
  session.recorder->request_size({800, 600});
  CHECK(session.sink.pointers == 2);
  CHECK(session.sink.locks == 1);
  CHECK(session.sink.sizes == 1);
}

TEST_CASE("a pointer that only moves is thinned, and its buttons never are") {
  Session session;
  session.start(30, std::chrono::seconds(100));
  for (int i = 0; i < 1000; ++i) session.recorder->pointer({{i, 0}, 0, 0, 0});
  for (int i = 0; i < 10; ++i) session.recorder->pointer({{5, 5}, static_cast<std::uint8_t>(i % 2 == 0), 0, 0});
  REQUIRE(session.recorder->finish("done"));
  const auto moves = session.played().all<PointerMoved>();
  CHECK(moves.size() < 500);
  REQUIRE(moves.size() > 10);
  CHECK(moves[moves.size() - 11].position == Point{999, 0});
  for (std::size_t i = 0; i < 10; ++i) CHECK(moves[moves.size() - 10 + i].buttons == (i % 2 == 0));
}

TEST_CASE("input on a screen that stays still reaches the disk without waiting for a picture") {
  Session session;
  session.start();
  CHECK(session.eventually([](const Played& now) { return now.all<SessionStarted>().size() == 1; }));
  session.recorder->pointer({{7, 8}, 1, 0, 0});
  CHECK(session.eventually([](const Played& now) { return now.all<PointerMoved>().size() == 1; }));
  session.recorder->key({true, 30, 0, 0});
  CHECK(session.eventually([](const Played& now) { return now.all<KeysPressed>().size() == 1; }));
}

TEST_CASE("a recorder that is destroyed without finish leaves a journal that opens and reads as cut") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  CHECK(session.last_state_is(10, {5, 5}));
  session.recorder.reset();
  const Played now = session.played();
  CHECK_FALSE(now.finished);
  CHECK(now.truncated);
  CHECK(now.states.size() == 1);
  CHECK(session.failures().empty());
}

TEST_CASE("a disk that fails is told once, and finish fails with the same error") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  CHECK(session.last_state_is(10, {5, 5}));
  session.files.broken = true;
  session.paint(11, {0, 0, 200, 100});
  const auto failures = session.wait_for_failure();
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].kind == ErrorKind::no_space);
  session.paint(12, {0, 0, 200, 100});
  session.recorder->pointer({{1, 1}, 1, 0, 0});
  const auto finished = session.recorder->finish("done");
  REQUIRE_FALSE(finished);
  CHECK(finished.error().kind == ErrorKind::no_space);
  CHECK(session.failures().size() == 1);
  session.files.broken = false;
  CHECK_FALSE(session.played().finished);
}

TEST_CASE("a disk that fails only at the end makes finish fail") {
  Session session;
  session.start(30, std::chrono::seconds(100));
  session.paint(10, {0, 0, 200, 100});
  session.files.broken = true;
  CHECK_FALSE(session.recorder->finish("done"));
  CHECK_FALSE(session.played().finished);
}

TEST_CASE("of what happens while the recording is suspended nothing is kept, and it goes on with the screen as it is then") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.recorder->key({.down = true, .keysym = 'a'});
  std::mutex mutex;
  std::condition_variable told;
  std::vector<bool> heard;
  const auto hears = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    return told.wait_for(lock, std::chrono::seconds(10), [&] { return heard.size() == count; });
  };
  RecordingPaused paused;
  paused.by = "anna";
  paused.request = "r-1";
  session.recorder->suspend(paused, std::chrono::seconds(3600), [&](bool suspended) {
    const std::lock_guard lock(mutex);
    heard.push_back(suspended);
    told.notify_all();
  });
  REQUIRE(hears(1));
  CHECK(heard.back());
  CHECK(session.recorder->suspended());
  const Played before = session.played();
  REQUIRE(before.all<RecordingPaused>() == std::vector<RecordingPaused>{paused});
  CHECK(before.all<KeysPressed>().size() == 1);

  session.recorder->key({.down = true, .keysym = 0xffe1});  // Shift stays down
  session.recorder->key({.down = true, .keysym = 's'});
  session.recorder->pointer({{7, 7}, 1, 0, 0});
  session.recorder->note(ClipboardText{true, true});
  session.recorder->note_copied("hunter2");
  for (std::uint8_t colour = 90; colour < 120; ++colour) session.paint(colour, {0, 0, 50, 50});
  session.paint(40, {0, 0, 20, 20});
  session.recorder->go_on("enough");
  REQUIRE(hears(2));
  CHECK_FALSE(heard.back());
  session.recorder->key({.down = true, .keysym = 'b'});
  REQUIRE(session.recorder->finish("done"));
  CHECK(session.sink.keys == 4);  // the target had them all
  CHECK(session.sink.pointers == 1);

  const Played now = session.played();
  CHECK(now.all<RecordingResumed>() == std::vector<RecordingResumed>{{"enough"}});
  CHECK(now.all<PointerMoved>().empty());
  CHECK(now.all<ClipboardText>().empty());
  CHECK(now.all<KeysPressed>().size() == 2);
  CHECK(now.all<StatesCoalesced>().empty());
  REQUIRE(now.states.size() == before.states.size() + 1);
  CHECK(now.states.back().second.row(5)[5 * 4] == 40);
  CHECK(now.states.back().second.row(30)[30 * 4] == 119);
  const Keystrokes typed = session.typed();
  REQUIRE(typed.size() == 2);
  CHECK(typed[0].keysym == 'a');
  CHECK(typed[1].keysym == 'b');
  CHECK(session.copied.empty());
}

TEST_CASE("a suspended recording goes on by itself when its time is over, also on a screen that never changed") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  const std::size_t before = session.played().states.size();
  session.recorder->suspend({}, std::chrono::seconds(1), [](bool) {});
  REQUIRE(session.eventually([](const Played& now) { return now.all<RecordingResumed>().size() == 1; }));
  REQUIRE(session.eventually([&](const Played& now) { return now.states.size() == before + 1; }));
  CHECK_FALSE(session.recorder->suspended());
  const Played now = session.played();
  SessionTime paused_at{}, resumed_at{};
  for (const Event& event : now.events) {
    if (std::holds_alternative<RecordingPaused>(event.body)) paused_at = event.at;
    if (std::holds_alternative<RecordingResumed>(event.body)) resumed_at = event.at;
  }
  CHECK(resumed_at - paused_at >= std::chrono::seconds(1));
  CHECK(now.all<RecordingResumed>()[0].why == "the time for it was over");
}

TEST_CASE("a session that ends while its recording is suspended ends in order, without the screen of that time") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.recorder->suspend({}, std::chrono::seconds(3600), [](bool) {});
  REQUIRE(session.eventually([](const Played& now) { return now.all<RecordingPaused>().size() == 1; }));
  session.paint(77, {0, 0, 200, 100});
  session.recorder->key({.down = true, .keysym = 's'});
  REQUIRE(session.recorder->finish("the user left"));
  const Played now = session.played();
  CHECK(now.finished);
  CHECK(now.states.back().second.row(5)[5 * 4] == 10);
  CHECK(now.all<RecordingResumed>() == std::vector<RecordingResumed>{{"the session ended"}});
  CHECK(session.typed().empty());
}

TEST_CASE("input goes on to the target when the journal cannot be written any more, however much it is") {
  Session session;
  session.start();
  session.paint(10, {0, 0, 200, 100});
  REQUIRE(session.last_state_is(10, {5, 5}));
  session.files.broken = true;
  session.paint(11, {0, 0, 200, 100});
  REQUIRE(session.wait_for_failure().size() == 1);
  const int before = session.sink.keys;
  for (int i = 0; i < 20'000; ++i) session.recorder->key({.down = true, .keysym = 'a'});
  CHECK(session.sink.keys == before + 20'000);
  session.recorder->pointer({{7, 7}, 1, 0, 0});
  CHECK(session.sink.pointers == 1);
  session.recorder->suspend({}, std::chrono::seconds(1), [](bool) { FAIL("nothing is recorded that could pause"); });
  CHECK_FALSE(session.recorder->go_on("why"));
  CHECK_FALSE(session.recorder->finish("done"));
}
