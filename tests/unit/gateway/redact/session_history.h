// A drawn session and its journal, written as a relay writes it, for the tests of the worker.
#pragma once

#include <catch2/catch.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/keystroke_coding.h"
#include "codec/tiles/tile_encoder.h"
#include "redaction/redactor.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "storage/journal/journal_writer.h"
#include "tests/unit/gateway/files.h"
#include "tests/unit/gateway/redact/journal_key.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redact {

struct Moment {
  SessionTime at{};
  std::optional<Frame> frame;  // else a pointer
  PointerMoved pointer;
  std::string typed{};  // just before it
  std::optional<RecordingPaused> paused{};  // instead: up to the next frame
};
using History = std::vector<Moment>;

// Some lines of type on paper.
inline Frame screen_of(const std::vector<std::string>& lines, Size size = {520, 160}) {
  redaction::Canvas canvas(size);
  for (std::size_t i = 0; i < lines.size(); ++i) canvas.text(12, 28 + static_cast<int>(i) * 24, lines[i]);
  return canvas.frame();
}

class HistoryJournal {
 public:
  HistoryJournal() {
    auto made = storage::JournalWriter::create(storage::real_file_system(), folder_.path() / "j", kRecording, key);
    REQUIRE(made);
    writer_.emplace(std::move(made).value());
    auto keys = storage::JournalWriter::create(storage::real_file_system(), folder_.path() / "k", kRecording, key);
    REQUIRE(keys);
    keystrokes_.emplace(std::move(keys).value());
  }

  // Down and up, and flushed: keystrokes are on disk before the state that follows them.
  void press(SessionTime at, std::uint32_t keysym) {
    for (const bool down : {true, false}) {
      REQUIRE(keystrokes_->append(storage::JournalEntryKind::keystroke, at, codec::encode_keystroke({at, keysym, down})));
    }
    REQUIRE(keystrokes_->flush());
  }

  void copy(SessionTime at, const std::string& text, storage::JournalEntryKind kind = storage::JournalEntryKind::copied) {
    REQUIRE(keystrokes_->append(kind, at, std::as_bytes(std::span(text))));
    REQUIRE(keystrokes_->flush());
  }

  void write(const Moment& moment) {
    if (moment.paused) {
      REQUIRE(writer_->append(storage::JournalEntryKind::event, moment.at, codec::encode_event(*moment.paused)));
      encoder_.restart();
    } else if (!moment.frame) {
      REQUIRE(writer_->append(storage::JournalEntryKind::event, moment.at, codec::encode_event(moment.pointer)));
    } else if (const auto coded = encoder_.encode(moment.frame->view(), Region(Rect::of(moment.frame->size())))) {
      REQUIRE(writer_->append(storage::JournalEntryKind::state, moment.at, *coded));
    }
  }
  void flush() { REQUIRE(writer_->flush()); }
  void finish(SessionTime end) {
    REQUIRE(writer_->append(storage::JournalEntryKind::event, end, codec::encode_event(SessionEnded{"done"})));
    REQUIRE(keystrokes_->finish());
    REQUIRE(writer_->finish());
  }
  // As after kill -9.
  void abandon() { writer_.reset(); }

  const Secret key = journal_key();
  const std::string recording = kRecording;

  storage::DirectoryJournalSource typing() { return {storage::real_file_system(), folder_.path() / "k"}; }
  storage::DirectoryJournalSource source() { return {storage::real_file_system(), folder_.path() / "j"}; }

 private:
  storage::TemporaryDirectory folder_;
  codec::TileEncoder encoder_;
  std::optional<storage::JournalWriter> writer_, keystrokes_;
};

inline redaction::Redactor redactor(redaction::ReaderPtr reader = redaction::make_tesseract_reader({}).value(),
                                    std::span<const Secret> typed = {}) {
  redaction::Detectors detectors = redaction::Detectors::make({}).value();
  for (const Secret& secret : typed) detectors.add_known_secret(secret.clone(), "known.typed");
  return redaction::Redactor::make({}, std::move(reader), std::move(detectors), {1, 2}).value();
}

// Types `text` on the last of `lines`, `step` characters every `pause`.
inline void type(History& history, std::vector<std::string>& lines, const std::string& text, std::size_t step, SessionTime pause,
                 SessionTime& at) {
  for (std::size_t i = 0; i < text.size(); i += step) {
    lines.back() += text.substr(i, step);
    at += pause;
    history.push_back({at, screen_of(lines), {}});
  }
}

}  // namespace frostgate::redact
