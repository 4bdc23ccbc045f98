// A recorder with a surface on one side and a journal on disk on the other, for tests.
#pragma once

#include "gateway/relay/recorder.h"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "codec/tiles/keystroke_coding.h"
#include "codec/tiles/tile_decoder.h"
#include "storage/journal/journal_reader.h"
#include "tests/unit/gateway/relay/recorder_surroundings.h"
#include "tests/unit/storage/temporary_directory.h"

namespace frostgate::relay {

inline constexpr const char* kRecording = "20260131-235959-1a2b3c4d";

inline Secret journal_key() { return Secret(std::vector<std::byte>(32, std::byte{9})); }
inline Secret keystroke_key() { return Secret(std::vector<std::byte>(32, std::byte{7})); }

// A recorder with a surface on one side and a journal on disk on the other.
class Session {
 public:
  Session() : target({200, 100}) {}

  void start(int states_per_second = 30, Microseconds flush_interval = std::chrono::milliseconds(1)) {
    auto journal = storage::JournalWriter::create(files, directory(), kRecording, journal_key());
    REQUIRE(journal);
    auto keystrokes = storage::JournalWriter::create(files, keystroke_directory(), kRecording, keystroke_key());
    REQUIRE(keystrokes);
    record_with({std::move(journal).value(), std::move(keystrokes).value()}, {.states_per_second = states_per_second, .keyboard_layout = 0x409, .flush_interval = flush_interval});
  }
  void resume(int first_file, SessionTime already) {
    auto journal = storage::JournalWriter::resume(files, directory(), kRecording, journal_key(), first_file);
    REQUIRE(journal);
    auto keystrokes = storage::JournalWriter::resume(files, keystroke_directory(), kRecording, keystroke_key(), first_file);
    REQUIRE(keystrokes);
    record_with({std::move(journal).value(), std::move(keystrokes).value()}, {.states_per_second = 30, .keyboard_layout = 0x409, .flush_interval = std::chrono::milliseconds(1), .already = already});
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
    secrets.clear();
    storage::DirectoryJournalSource source(storage::real_file_system(), keystroke_directory());
    auto reader = storage::JournalReader::open(source, kRecording, keystroke_key());
    Keystrokes out;
    if (!reader) return out;
    while (true) {
      const auto entry = reader.value().next();
      REQUIRE(entry);
      if (!entry.value()) return out;
      const auto& [kind, at, payload] = *entry.value();
      if (kind == storage::JournalEntryKind::keystroke) {
        const auto keystroke = codec::decode_keystroke(at, payload);
        REQUIRE(keystroke);
        out.push_back(keystroke.value());
        continue;
      }
      REQUIRE((kind == storage::JournalEntryKind::copied || kind == storage::JournalEntryKind::secret));
      (kind == storage::JournalEntryKind::copied ? copied : secrets).emplace_back(reinterpret_cast<const char*>(payload.data()), payload.size());
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
  std::vector<std::string> secrets;
  std::optional<Recorder> recorder;

 private:
  storage::TemporaryDirectory folder_;
  std::mutex mutex_;
  std::condition_variable failed_;
  std::vector<Error> failures_;
};

}  // namespace frostgate::relay
