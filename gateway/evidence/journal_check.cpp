#include "gateway/evidence/journal_check.h"

#include <algorithm>

#include "gateway/evidence/keys.h"
#include "storage/catalog/keys.h"
#include "storage/file_system.h"
#include "storage/journal/entry.h"
#include "storage/journal/journal_reader.h"

namespace frostgate::evidence {
namespace {

using catalog::KeyKind;
using catalog::RecordingStatus;

class UnfinishedCheck {
 public:
  UnfinishedCheck(const Holdings& holdings, const catalog::Recording& row, std::vector<Problem>& problems) : holdings_(holdings), row_(row), problems_(problems) {}

  void run() {
    check_keys();
    check_stream(row_.journal_directory, KeyKind::journal);
    check_stream(std::filesystem::path(row_.journal_directory) / storage::kKeystrokeFolder, KeyKind::keystrokes);
  }

 private:
  void note(std::string sentence) { problems_.push_back({row_.id, std::move(sentence)}); }

  void check_keys() {
    const auto there = catalog::Keys(holdings_.catalog).list(row_.id);
    if (!there) return note("its keys cannot be listed: " + there.error().message);
    for (const KeyKind kind : {KeyKind::journal, KeyKind::keystrokes, KeyKind::film}) {
      const auto key = std::ranges::find(there.value(), kind, &catalog::KeyRecord::kind);
      if (key == there.value().end()) note(std::string("it has no film yet, and its ") + to_string(kind) + " key is gone");
      else if (key->destroyed) note(std::string("it has no film yet, and its ") + to_string(kind) + " key was destroyed");
    }
  }

  // Of a session that runs the first file may be still to come.
  void check_stream(const std::filesystem::path& folder, KeyKind kind) {
    const std::string what = kind == KeyKind::journal ? "its journal" : "its journal of keystrokes";
    const auto names = storage::real_file_system().list(folder);
    if (!names) return note("it has no film yet, and " + what + " cannot be read: " + names.error().message);
    const bool begun = std::ranges::any_of(names.value(), [](const std::string& name) { return name.ends_with(".fgj"); });
    const bool runs = row_.status == RecordingStatus::recording;
    if (!begun && !runs && kind == KeyKind::journal) return note("it has no film yet, and " + what + " has no file");
    if (begun) read_through(folder, kind, what, runs ? storage::JournalGrowth::growing : storage::JournalGrowth::ended);
  }

  // That it was cut is no problem here: a crash does that, and the film says so.
  void read_through(const std::filesystem::path& folder, KeyKind kind, const std::string& what, storage::JournalGrowth growth) {
    if (!holdings_.kek) return;
    const auto wrapped = catalog::Keys(holdings_.catalog).find(row_.id, kind);
    if (!wrapped) return;  // noted above
    const auto key = holdings_.kek->unwrap(wrapped.value(), key_context(row_.id, to_string(kind)));
    if (!key) return note(std::string("its ") + to_string(kind) + " key does not open: " + key.error().message);
    storage::DirectoryJournalSource source(storage::real_file_system(), folder);
    auto reader = storage::JournalReader::open(source, row_.id, key.value(), growth);
    while (reader) {
      const auto entry = reader.value().next();
      if (!entry) return note(what + ": " + entry.error().message);
      if (!entry.value()) return;
    }
    note(what + ": " + reader.error().message);
  }

  const Holdings& holdings_;
  const catalog::Recording& row_;
  std::vector<Problem>& problems_;
};

}  // namespace

void check_unfinished(const Holdings& holdings, const catalog::Recording& recording, std::vector<Problem>& problems) {
  const bool published = recording.status == RecordingStatus::clean || recording.status == RecordingStatus::degraded;
  if (recording.generation == 0 && !published) UnfinishedCheck(holdings, recording, problems).run();
}

}  // namespace frostgate::evidence
