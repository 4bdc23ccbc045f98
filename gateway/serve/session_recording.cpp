// The recording of a session: its row, its keys, the files of its journal, and its end.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/disk_space.h"
#include "gateway/serve/redaction_queue.h"
#include "gateway/serve/relay_broker.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/recordings.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"
#include "storage/file_system.h"
#include "storage/journal/entry.h"

namespace frostgate::serve {
void RelayBroker::alert_unrecorded(const std::string& why, UtcTime now) {
  raise_alert(core_, {"recording.failed", alerts::Severity::critical, origin_.id,
                      "A session of " + user_ + " on " + wanted_.target + " (" + origin_.id + ") cannot be recorded: " + why + "."},
              now);
}

Result<nlohmann::json> RelayBroker::start_recording(const catalog::Target& target, UtcTime now) {
  const std::filesystem::path directory = core_.config.journal_dir() / origin_.id;
  catalog::Recording row;
  row.id = origin_.id;
  row.user = grant_->user();
  row.target = grant_->target();
  row.tags = target.tags;
  row.front = origin_.front;
  row.back = target.protocol;
  row.peer = origin_.peer_address;
  row.node = core_.node;
  row.rule = grant_->rule();
  row.policy_digest = grant_->policy_digest();
  row.started = now;
  row.journal_directory = directory.string();
  row.original = grant_->terms().keep_original ? catalog::Original::sealed : catalog::Original::discard;
  row.retention_class = grant_->terms().retention_class;

  const JournalKeys journal{TRY(storage::new_data_key()), TRY(storage::new_data_key())};
  const Secret film_key = TRY(storage::new_data_key());
  // With the folder of keystrokes: as long as it is there, their key is still to be destroyed.
  TRY(storage::real_file_system().make_directories(directory / storage::kKeystrokeFolder));
  std::vector<catalog::WrappedKey> keys;
  for (const auto& [kind, key] : {std::pair(catalog::KeyKind::journal, &journal.screen), std::pair(catalog::KeyKind::keystrokes, &journal.keystrokes),
                                  std::pair(catalog::KeyKind::film, &film_key)}) {
    keys.push_back({kind, TRY(core_.kek->wrap(*key, key_context(origin_.id, catalog::to_string(kind))))});
  }
  TRY(catalog::Recordings(*core_.catalog).create(row, keys));
  recording_ = true;
  began_ = std::chrono::steady_clock::now();
  core_.events.post({EventKind::session, origin_.id, "started", row.user, row.target, row.tags});
  alert_session(core_, row, now);
  core_.measures.session(catalog::to_string(row.front), catalog::to_string(row.back));
  journal_directory_ = directory;
  // Without it the film is made after the session.
  if (const auto queued = queue_following(core_, origin_.id, now); !queued) {
    log::error(origin_.id, "nobody will follow the session: {}", queued.error().message);
  }
  if (ticket_ && login_.encrypted() && grant_->terms().reconnect_seconds > 0) core_.access->allow_return(*ticket_, origin_.id, origin_.peer_address);
  return target_message(target, journal);
}

// The relay has no file system: what it writes are descriptors from here, new files of its own session's folder.
RelayBroker::Reply RelayBroker::journal_file(ipc::Message& message, UtcTime now) {
  if (!recording_) return broke_protocol("asked for a journal file out of turn");
  const std::filesystem::path name = message.text("name", 64).has_value() ? message.text("name", 64).value() : "";
  const std::string last = name.filename().string();
  const bool own_folder = !name.has_parent_path() || name.parent_path() == storage::kKeystrokeFolder;
  const bool plain = !last.empty() && last.front() != '.' &&
                     last.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos;
  if (!own_folder || !plain) return broke_protocol("asked for a journal file that cannot be one");
  const std::filesystem::path path = journal_directory_ / name;
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(open(path.c_str(), kNew, 0600));
  const std::string failure = file.valid() ? "" : strerror(errno);
  // The name lasts before the first byte is written under it.
  const Result<void> synced = storage::real_file_system().sync_directory(path.parent_path());
  if (!file.valid() || !synced) {
    log::error(origin_.id, "no journal file {}: {}", path.string(), file.valid() ? synced.error().message : failure);
    alert_unrecorded("a file of its journal could not be made", now);
    return Reply::refused("The session cannot be recorded any more.");
  }
  journal_used_ = true;
  Reply out{{{"type", "journal_file"}}, {}, false};
  out.descriptors.push_back(std::move(file));
  return out;
}

void RelayBroker::relay_ended(const std::string& how, double cpu_seconds, UtcTime now) {
  cpu_seconds_ += cpu_seconds;
  pause_.relay_ended(now);
  guests_.relay_ended(origin_.id, now);
  if (end_reason_.empty()) volume_.reset();  // it died untold
  if (!recording_) {
    // Whoever was approved, and left before the session began.
    if (!opened_) give_approval_back(now);
    return core_.sessions.leave(origin_.id);
  }
  if (client_lost_ && journals_paused()) return may_return() ? begin_waiting(now) : conclude(end_reason_, now);
  // It wrote nothing, so that the journal is as the one before has left it.
  if (returns_ > 0 && !journal_used_) return conclude(end_reason_.empty() ? "the relay died (" + how + ")" : end_reason_, now);
  end_session(end_reason_.empty() ? "the relay died (" + how + ")" : end_reason_, end_reason_.empty(), now);
}

// Its recorder has failed, and the rule lets the session go on.
RelayBroker::Reply RelayBroker::goes_on_unrecorded(ipc::Message& message, UtcTime now) {
  const Result<std::string> why = message.text("why", 1024);
  if (!recording_ || !grant_->terms().goes_on_unrecorded || !unrecorded_.empty() || !why || why.value().empty()) return broke_protocol("goes on without a recording out of turn");
  unrecorded_ = why.value();
  log::error(origin_.id, "the session goes on unrecorded: {}", unrecorded_);
  raise_alert(core_, {"recording.failed", alerts::Severity::critical, origin_.id,
                      "The session of " + user_ + " on " + wanted_.target + " (" + origin_.id + ") goes on, as its rule \"" + rule_->name + "\" says, but is not recorded any more: " + unrecorded_ + "."},
              now);
  return {};
}

void RelayBroker::end_session(const std::string& reason, bool interrupted, UtcTime now) {
  core_.access->forget_return(origin_.id);
  core_.sessions.leave(origin_.id);
  catalog::RecordingChange change;
  change.ended = now;
  change.end_reason = reason;
  change.interrupted = interrupted;
  change.status = catalog::RecordingStatus::queued;
  nlohmann::json report{{"relay", {{"cpu_seconds", cpu_seconds_}, {"returns", returns_}}}};
  if (volume_) write_volume(report["relay"], *volume_);
  if (!unrecorded_.empty()) report["unrecorded"] = unrecorded_;
  constexpr std::string_view kFailed = "recording failed: ";  // the relay's word
  if (reason.starts_with(kFailed)) alert_unrecorded(reason.substr(kFailed.size()), now);
  if (approval_) report["approval"] = {{"request", approval_->id()}, {"emergency", approval_->emergency()}};
  const policy::Pretext why = approval_ ? policy::Pretext{approval_->reason(), approval_->ticket()} : wanted_.pretext;
  if (!why.reason.empty()) report["reason"] = why.reason;
  if (!why.ticket.empty()) report["ticket"] = why.ticket;
  if (consented_) report["consent"] = {{"at", to_text(*consented_)}, {"notice_sha256", notice_digest(rule_->terms)}};
  change.report_json = report.dump();
  const Result<void> noted = write_with_ballast(core_.config, [&] { return catalog::Recordings(*core_.catalog).update(origin_.id, change); });
  if (const auto row = catalog::Recordings(*core_.catalog).find(origin_.id)) {
    core_.events.post({EventKind::session, origin_.id, "ended", row.value().user, row.value().target, row.value().tags});
    alert_session_end(core_, row.value(), now);
  }
  if (!noted) {
    // The row says "recording" still: the next start of serve finds it and queues it then.
    log::error(origin_.id, "the end of the session could not be noted: {}", noted.error().message);
    return;
  }
  note(core_, catalog::LedgerEvent::ended, origin_.id, "", {{"reason", *change.end_reason}, {"interrupted", *change.interrupted}}, now);
  log::info(origin_.id, "session ended: {}; relay used {:.2f} s of CPU", *change.end_reason, cpu_seconds_);
  if (const auto queued = queue_redaction(core_, origin_.id, now); !queued) {
    log::error(origin_.id, "redaction could not be queued: {}", queued.error().message);
  }
}

Microseconds RelayBroker::recorded_for() const {
  return began_ ? std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - *began_) : Microseconds{};
}

Result<RelayBroker::JournalKeys> RelayBroker::journal_keys() const {
  catalog::Keys keys(*core_.catalog);
  const auto screen = TRY(keys.find(origin_.id, catalog::KeyKind::journal));
  const auto keystrokes = TRY(keys.find(origin_.id, catalog::KeyKind::keystrokes));
  return JournalKeys{TRY(core_.kek->unwrap(screen, key_context(origin_.id, "journal"))),
                     TRY(core_.kek->unwrap(keystrokes, key_context(origin_.id, "keystrokes")))};
}

}  // namespace frostgate::serve
