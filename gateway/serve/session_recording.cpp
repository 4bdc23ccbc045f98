#include "gateway/serve/session_recording.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/disk_space.h"
#include "gateway/serve/paused_journal.h"
#include "gateway/serve/redaction_queue.h"
#include "storage/catalog/keys.h"
#include "storage/crypto/random.h"
#include "storage/file_system.h"
#include "storage/journal/entry.h"

namespace frostgate::serve {

Result<SessionRecording::Keys> SessionRecording::begin(catalog::Recording row, UtcTime now) {
  const std::filesystem::path directory = core_.config.journal_dir() / id_;
  row.id = id_;
  row.node = core_.node;
  row.started = now;
  row.journal_directory = directory.string();

  Keys journal{TRY(storage::new_data_key()), TRY(storage::new_data_key())};
  const Secret film_key = TRY(storage::new_data_key());
  // With the folder of keystrokes: as long as it is there, their key is still to be destroyed.
  TRY(storage::real_file_system().make_directories(directory / storage::kKeystrokeFolder));
  std::vector<catalog::WrappedKey> keys;
  for (const auto& [kind, key] : {std::pair(catalog::KeyKind::journal, &std::as_const(journal.screen)),
                                  std::pair(catalog::KeyKind::keystrokes, &std::as_const(journal.keystrokes)), std::pair(catalog::KeyKind::film, &film_key)}) {
    keys.push_back({kind, TRY(core_.kek->wrap(*key, key_context(id_, catalog::to_string(kind))))});
  }
  TRY(catalog::Recordings(*core_.catalog).create(row, keys));
  began_ = std::chrono::steady_clock::now();
  directory_ = directory;
  core_.events.post({EventKind::session, id_, "started", row.user, row.target, row.tags});
  alert_session(core_, row, now);
  core_.measures.session(catalog::to_string(row.front), catalog::to_string(row.back));
  // Without it the film is made after the session.
  if (const auto queued = queue_following(core_, id_, now); !queued) {
    log::error(id_, "nobody will follow the session: {}", queued.error().message);
  }
  return journal;
}

Microseconds SessionRecording::lasts() const {
  return began_ ? std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - *began_) : Microseconds{};
}

std::filesystem::path SessionRecording::keystrokes() const { return directory_ / storage::kKeystrokeFolder; }

int SessionRecording::next_file() const { return next_journal_file(directory_); }

int SessionRecording::next_keystroke_file() const { return next_journal_file(keystrokes()); }

Result<SessionRecording::Keys> SessionRecording::keys() const {
  catalog::Keys keys(*core_.catalog);
  const auto screen = TRY(keys.find(id_, catalog::KeyKind::journal));
  const auto keystrokes = TRY(keys.find(id_, catalog::KeyKind::keystrokes));
  return Keys{TRY(core_.kek->unwrap(screen, key_context(id_, "journal"))), TRY(core_.kek->unwrap(keystrokes, key_context(id_, "keystrokes")))};
}

// What the relay writes are descriptors from here, new files of its own session's folder.
Result<Descriptor> SessionRecording::make_file(const ipc::Message& message) {
  if (!begun()) return Error{ErrorKind::corrupt, "asked for a journal file out of turn"};
  const Result<std::string> said = message.text("name", 64);
  const std::filesystem::path name = said ? said.value() : "";
  const std::string last = name.filename().string();
  const bool own_folder = !name.has_parent_path() || name.parent_path() == storage::kKeystrokeFolder;
  const bool plain = !last.empty() && last.front() != '.' &&
                     last.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos;
  if (!own_folder || !plain) return Error{ErrorKind::corrupt, "asked for a journal file that cannot be one"};
  const std::filesystem::path path = directory_ / name;
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(open(path.c_str(), kNew, 0600));
  const std::string failure = file.valid() ? "" : strerror(errno);
  // The name lasts before the first byte is written under it.
  const Result<void> synced = storage::real_file_system().sync_directory(path.parent_path());
  if (!file.valid() || !synced) return Error{ErrorKind::io, "no journal file " + path.string() + ": " + (file.valid() ? synced.error().message : failure)};
  used_ = true;
  return file;
}

Result<std::string> SessionRecording::goes_on_without(const ipc::Message& message) {
  Result<std::string> why = message.text("why", 1024);
  if (!begun() || !unrecorded_.empty() || !why || why.value().empty()) return Error{ErrorKind::corrupt, "goes on without a recording out of turn"};
  return unrecorded_ = std::move(why).value();
}

void SessionRecording::relay_says_end(const ipc::Message& message) {
  told_ = true;
  if (const Result<std::string> failure = message.text("recording_failed", 1024)) failure_ = failure.value();
  if (const auto told = read_volume(message); !told) volume_.reset();
  else if (volume_) *volume_ += told.value();
}

void SessionRecording::relay_ended(double cpu_seconds) {
  cpu_seconds_ += cpu_seconds;
  if (!told_) volume_.reset();
}

void SessionRecording::resumed() {
  ++returns_;
  used_ = told_ = false;
}

bool SessionRecording::paused() const {
  const auto paused = [&]() -> Result<void> {
    const Keys of = TRY(keys());
    TRY(check_paused(directory_, id_, of.screen));
    return check_paused(keystrokes(), id_, of.keystrokes);
  }();
  if (!paused) log::error(id_, "the journal was not left for another to go on with: {}", paused.error().message);
  return paused.has_value();
}

bool SessionRecording::close_paused(const std::string& reason) const {
  const SessionTime at = lasts();
  const auto ended = [&]() -> Result<void> {
    const Keys of = TRY(keys());
    TRY(end_paused(keystrokes(), id_, of.keystrokes, at, ""));
    return end_paused(directory_, id_, of.screen, at, reason);
  }();
  if (!ended) log::error(id_, "the journal could not be closed: {}", ended.error().message);
  return ended.has_value();
}

void SessionRecording::end(nlohmann::json report, const std::string& reason, bool interrupted, UtcTime now) {
  report["relay"] = {{"cpu_seconds", cpu_seconds_}, {"returns", returns_}};
  if (volume_) write_volume(report["relay"], *volume_);
  if (!unrecorded_.empty()) report["unrecorded"] = unrecorded_;
  catalog::RecordingChange change;
  change.ended = now;
  change.end_reason = reason;
  change.interrupted = interrupted;
  change.status = catalog::RecordingStatus::queued;
  change.report_json = report.dump();
  const Result<void> noted = write_with_ballast(core_.config, [&] { return catalog::Recordings(*core_.catalog).update(id_, change); });
  if (const auto row = catalog::Recordings(*core_.catalog).find(id_)) {
    core_.events.post({EventKind::session, id_, "ended", row.value().user, row.value().target, row.value().tags});
    alert_session_end(core_, row.value(), now);
  }
  if (!noted) {
    // The row says "recording" still: the next start of serve finds it and queues it then.
    log::error(id_, "the end of the session could not be noted: {}", noted.error().message);
    return;
  }
  note(core_, catalog::LedgerEvent::ended, id_, "", {{"reason", reason}, {"interrupted", interrupted}}, now);
  log::info(id_, "session ended: {}; relay used {:.2f} s of CPU", reason, cpu_seconds_);
  if (const auto queued = queue_redaction(core_, id_, now); !queued) {
    log::error(id_, "redaction could not be queued: {}", queued.error().message);
  }
}

}  // namespace frostgate::serve
