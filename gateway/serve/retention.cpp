#include "gateway/serve/retention.h"

#include <algorithm>
#include <map>
#include <set>

#include "gateway/base/log.h"
#include "gateway/evidence/published_film.h"
#include "gateway/evidence/tombstone.h"
#include "gateway/evidence/trusted_signers.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/evidence_keeping.h"
#include "gateway/serve/keystroke_disposal.h"
#include "storage/catalog/archived.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/visible_text.h"
#include "storage/journal/entry.h"

namespace frostgate::serve {
namespace {

using catalog::RecordingStatus;

constexpr std::int64_t kPlannedAtOnce = 500;
constexpr auto kNight = std::chrono::hours(2);

Result<void> remove_objects(Core& core, const std::string& prefix) {
  for (const std::string& key : TRY(core.objects->list(prefix))) {
    const Result<void> removed = core.objects->remove(key);
    if (!removed && removed.error().kind != ErrorKind::not_found) return removed;
  }
  return {};
}

Result<void> remove_files(Core& core, const catalog::Tombstone& tombstone) {
  TRY(remove_objects(core, "film/" + tombstone.recording));
  TRY(remove_objects(core, "manifest/" + tombstone.recording));
  TRY(remove_objects(core, "thumbnail/" + tombstone.recording));
  if (tombstone.journal_directory.empty()) return {};
  const std::filesystem::path journal(tombstone.journal_directory);
  TRY(remove_journal_folder(journal / storage::kKeystrokeFolder));
  return remove_journal_folder(journal);
}

Result<evidence::TombstoneText> epitaph(Core& core, const catalog::Recording& row, const std::string& why, UtcTime now) {
  evidence::TombstoneText out;
  out.recording = row.id;
  out.user = row.user;
  out.target = row.target;
  out.started = row.started;
  out.ended = row.ended.value_or(row.started);
  out.why = why;
  out.node = core.node;
  out.deleted = now;
  const auto manifest = catalog::Manifests(*core.catalog).find(row.id);
  if (manifest) out.film_manifest_sha256 = manifest.value().sha256;
  else if (manifest.error().kind != ErrorKind::not_found) return manifest.error();
  return out;
}

// What decides that a recording may go must be what was signed when its film was published: a deletion leaves a tombstone that says nothing is amiss.
Result<void> check_as_signed(Core& core, const std::string& recording) {
  const auto trusted = TRY(evidence::trusted_signers(core.config.signing_certificate(), core.config.evidence.earlier_certificates));
  const std::optional<storage::Manifest> manifest = TRY(evidence::published_manifest(*core.catalog, *core.objects, trusted, recording));
  if (!manifest) return {};
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(recording));
  const std::vector<std::string> other = evidence::differences(row, *manifest);
  if (other.empty()) return {};
  return Error{ErrorKind::corrupt, "the catalog has another " + other.front() + " of it than its signed manifest; see frostgate verify " + recording};
}

}  // namespace

Result<void> check_classes(const std::vector<policy::RetentionClass>& classes, const policy::Policy& policy) {
  for (const policy::Rule& rule : policy.rules()) {
    const std::string& named = rule.terms.retention_class;
    const bool known = named.empty() || std::any_of(classes.begin(), classes.end(), [&](const auto& one) { return one.name == named; });
    if (!known) return Error{ErrorKind::invalid, rule.file + ":" + std::to_string(rule.line) + ": the rule \"" + rule.name + "\" names the retention class \"" + named + "\", which \"retention\" of the configuration has not"};
  }
  return {};
}

Result<void> plan_retention(Core& core, UtcTime at, Planned which, const std::string& after, const PlanListener& listener) {
  std::map<std::string, std::string> held;
  for (const catalog::Hold& hold : TRY(catalog::Deletions(*core.catalog).holds())) held[hold.recording] = hold.reason;
  const std::set<std::string> archived = TRY(catalog::ArchivedFilms(*core.catalog).all());
  catalog::RecordingFilter filter;
  filter.limit = kPlannedAtOnce;
  filter.with_report = false;
  if (!after.empty()) filter.after.emplace(TRY(catalog::Recordings(*core.catalog).find(after)).started, after);
  if (which == Planned::due) {
    const std::optional<UtcTime> latest = policy::latest_due(core.config.retention, at);
    if (!latest) return {};
    // No session ends before it starts.
    const std::pair first(*latest + Microseconds(1), std::string());
    if (!filter.after || first < *filter.after) filter.after = first;
  }
  while (true) {
    const auto page = TRY(catalog::Recordings(*core.catalog).list(filter));
    for (const catalog::Recording& row : page) {
      policy::RetentionSubject subject;
      subject.recording = row.id;
      subject.user = row.user;
      subject.target = row.target;
      subject.tags = row.tags;
      subject.retention_class = row.retention_class;
      subject.ended = row.ended;
      subject.finished = row.status == RecordingStatus::clean || row.status == RecordingStatus::degraded;
      subject.quarantined = row.status == RecordingStatus::failed;
      subject.archived = archived.contains(row.id);
      subject.held_for = held[row.id];
      policy::RetentionDecision decision = policy::decide_retention(core.config.retention, subject, at);
      if (decision.remove) {
        // Whoever can write the catalog can take a hold's row away; the ledger has it still.
        if (const auto noted = TRY(catalog::Deletions(*core.catalog).noted_hold(row.id))) {
          subject.held_for = noted->reason + " (by the audit log alone: the catalog has lost it)";
          decision = policy::decide_retention(core.config.retention, subject, at);
        }
      }
      if (which == Planned::due && !decision.remove && !decision.archive) continue;
      if (!TRY(listener(row, std::move(decision)))) return {};
    }
    if (static_cast<std::int64_t>(page.size()) < kPlannedAtOnce) return {};
    filter.after.emplace(page.back().started, page.back().id);
  }
}

Result<RetentionRun> run_retention(Core& core, UtcTime now, std::optional<UtcTime> planned) {
  RetentionRun out;
  std::vector<policy::RetentionDecision> due;
  TRY(plan_retention(core, planned.value_or(now), Planned::due, "", [&](const catalog::Recording&, policy::RetentionDecision decision) -> Result<bool> {
    due.push_back(std::move(decision));
    return true;
  }));
  for (const policy::RetentionDecision& decision : due) {
    if (decision.archive) {
      const Result<void> archived = archive_recording(core, decision.recording, now);
      if (archived) out.archived.push_back(decision);
      else out.problems.push_back(decision.recording + ": " + archived.error().message);
    }
    if (!decision.remove) continue;
    if (const auto signed_so = check_as_signed(core, decision.recording); !signed_so) {
      out.problems.push_back(decision.recording + " is not deleted: " + signed_so.error().message);
      raise_alert(core, {"tamper.found", alerts::Severity::critical, decision.recording, "Retention leaves " + decision.recording + " alone: " + signed_so.error().message + "."}, now);
      continue;
    }
    const Result<void> deleted = delete_recording(core, decision.recording, decision.why, now);
    if (deleted) out.deleted.push_back(decision);
    else out.problems.push_back(decision.recording + ": " + deleted.error().message);
  }
  if (out.deleted.empty()) return out;
  if (const auto wiped = catalog::VisibleText(*core.catalog).wipe(); !wiped) {
    out.problems.push_back("words of what was deleted are still in the index's file: " + wiped.error().message);
  }
  return out;
}

Result<void> archive_recording(Core& core, const std::string& recording, UtcTime now) {
  const std::lock_guard one_at_a_time(core.deleting);
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(recording));
  TRY(core.objects->archive("film/" + recording));
  TRY(catalog::ArchivedFilms(*core.catalog).add(recording, row.generation, now));
  log::info(recording, "its film is in the archive now");
  return {};
}

Result<void> delete_recording(Core& core, const std::string& recording, const std::string& why, UtcTime now) {
  const std::lock_guard one_at_a_time(core.deleting);
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(recording));
  // From its signing on the stone decides, also after a crash.
  TRY(catalog::Deletions(*core.catalog).removable(recording));
  // A hold may have stopped an attempt between signing and deleting.
  TRY(remove_objects(core, "tombstone/" + recording));
  const evidence::TombstoneText text = TRY(epitaph(core, row, why, now));
  catalog::Tombstone tombstone{recording, now, "", "", row.journal_directory};
  const evidence::SignedTombstone stone = TRY(evidence::sign_tombstone(*core.objects, *core.signer, text));
  tombstone.object_stem = stone.stem;
  tombstone.signature_sha256 = stone.signature_sha256;
  const Result<void> removed = catalog::Deletions(*core.catalog).remove(tombstone);
  if (!removed && removed.error().kind != ErrorKind::unavailable) {
    // Nothing was deleted: a stone for the living must not stay.
    TRY(remove_objects(core, "tombstone/" + recording));
    return removed;
  }
  log::warning(recording, "deleted: {}", why);
  TRY(remove_files(core, tombstone));
  if (const auto copied = copy_tombstones_out(core); !copied) log::error(recording, "its tombstone will be copied outside later: {}", copied.error().message);
  return removed;
}

Result<void> delete_early(Core& core, const std::string& recording, const std::string& by, const policy::Pretext& pretext, UtcTime now) {
  constexpr const char* kUse = "deletion";
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(recording));
  if (pretext.reason.empty()) return Error{ErrorKind::invalid, "a recording is deleted before its time for a reason"};
  TRY(catalog::Deletions(*core.catalog).removable(recording));
  // Where the manifest is lost with its vault, those who agree decide.
  if (const auto signed_so = check_as_signed(core, recording); !signed_so && signed_so.error().kind != ErrorKind::not_found) return signed_so;
  const auto approval = TRY(pass_film_gate(core, row, policy::GateKind::delete_early, by, pretext, {}, kUse, now));
  const std::string word = approval ? " (approval " + approval->id() + ")" : "";
  const Result<void> deleted = delete_recording(core, recording, "before its time, by " + by + word + ": " + pretext.reason, now);
  if (deleted) return catalog::VisibleText(*core.catalog).wipe();
  if (approval) {
    if (const auto back = core.approvals->give_back(approval->id(), kUse, now); !back) log::error(recording, "the approval {} is used up, though nothing was deleted: {}", approval->id(), back.error().message);
  }
  return deleted;
}

std::optional<UtcTime> retention_due(UtcTime last, UtcTime now) {
  const UtcTime due = next_retention(now) - std::chrono::days(1);
  return due > last ? std::optional(due) : std::nullopt;
}

UtcTime next_retention(UtcTime now) { return std::chrono::floor<std::chrono::days>(now - kNight) + std::chrono::days(1) + kNight; }

void finish_deletions(Core& core) {
  if (const auto wiped = catalog::Deletions(*core.catalog).wipe_log(); !wiped) {
    log::warning("-", "wrapped keys that were destroyed may stand in the catalog's log until it is emptied: {}", wiped.error().message);
  }
  if (const auto wiped = catalog::VisibleText(*core.catalog).wipe(); !wiped) {
    log::warning("-", "words of what was deleted are still in the index's file, until the next try: {}", wiped.error().message);
  }
  const auto tombstones = catalog::Deletions(*core.catalog).tombstones();
  if (!tombstones) return log::error("-", "the tombstones cannot be read: {}", tombstones.error().message);
  for (const catalog::Tombstone& tombstone : tombstones.value()) {
    if (const auto removed = remove_files(core, tombstone); !removed) {
      log::error(tombstone.recording, "its files could not be removed, will try again: {}", removed.error().message);
    }
  }
}

}  // namespace frostgate::serve
