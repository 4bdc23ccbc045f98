#include "storage/catalog/deletions.h"

#include <nlohmann/json.hpp>

#include "storage/catalog/columns.h"
#include "storage/catalog/key_rows.h"
#include "storage/catalog/ledger_append.h"
#include "storage/catalog/original_removal.h"
#include "storage/catalog/visible_text_removal.h"

namespace frostgate::catalog {
namespace {

using nlohmann::json;

constexpr const char* kTombstones = "SELECT recording, deleted, object_stem, signature_sha256, journal_directory FROM tombstones";

struct TombstoneColumns {
  Tombstone text;
  long long deleted = 0;

  Tombstone finished() const {
    Tombstone out = text;
    out.deleted = time_from_column(deleted);
    return out;
  }
};

auto into_columns(TombstoneColumns& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.text.recording), soci::into(row.deleted), soci::into(row.text.object_stem),
          soci::into(row.text.signature_sha256), soci::into(row.text.journal_directory));
}

// A quotation mark within a text of the JSON has a backslash before it, so that only members match.
std::optional<Hold> last_noted(soci::session& sql, const std::string& recording) {
  LedgerEntry entry;
  entry.event = LedgerEvent::configuration;
  entry.subject = recording;
  long long at = 0;
  sql << "SELECT details, at FROM ledger WHERE subject = :recording AND event = 'configuration' AND details LIKE '%\"request\":\"hold.%'"
         " AND details NOT LIKE '%\"denied\":%' ORDER BY number DESC LIMIT 1",
      soci::use(recording), soci::into(entry.details), soci::into(at);
  if (!sql.got_data()) return std::nullopt;
  entry.at = time_from_column(at);
  const std::optional<HoldNote> note = hold_note(entry);
  return note && note->placed ? std::optional(note->hold) : std::nullopt;
}

void note_hold(soci::session& sql, const std::string& request, const std::string& recording, const std::string& reason, const std::string& by, UtcTime now) {
  const json details{{"request", request}, {"reason", reason}, {"by", by}};
  append_to_ledger(sql, {LedgerEvent::configuration, recording, by, details.dump(), now});
}

Result<void> check_removable(soci::session& sql, const std::string& lock, const std::string& recording) {
  std::string status, reason;
  sql << "SELECT status FROM recordings WHERE id = :id " + lock, soci::use(recording), soci::into(status);
  if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + recording};
  sql << "SELECT reason FROM holds WHERE recording = :recording", soci::use(recording), soci::into(reason);
  if (sql.got_data()) return Error{ErrorKind::denied, "recording " + recording + " is under a legal hold: " + reason};
  if (const std::optional<Hold> noted = last_noted(sql, recording)) {
    return Error{ErrorKind::denied, "by the audit log recording " + recording + " is under a legal hold (" + noted->reason +
                                        "), but the catalog does not have it: somebody changed the catalog. Hold it again, and release it if it may go"};
  }
  if (status != "clean" && status != "degraded" && status != "failed") {
    return Error{ErrorKind::denied, "recording " + recording + " is not finished; its status is \"" + status + "\""};
  }
  return {};
}

}  // namespace

std::optional<HoldNote> hold_note(const LedgerEntry& entry) {
  if (entry.event != LedgerEvent::configuration) return std::nullopt;
  const json details = json::parse(entry.details, nullptr, false);
  if (!details.is_object() || details.contains("denied")) return std::nullopt;
  const json request = details.value("request", json()), reason = details.value("reason", json()), by = details.value("by", json());
  const bool placed = request == "hold.add";
  if ((!placed && request != "hold.release") || !reason.is_string() || !by.is_string()) return std::nullopt;
  return HoldNote{{entry.subject, reason.get<std::string>(), by.get<std::string>(), entry.at}, placed};
}

Result<void> Deletions::hold(const Hold& hold) {
  TRY(check_text("a recording's id", hold.recording));
  TRY(check_text("a hold's reason", hold.reason));
  TRY(check_text("a name", hold.placed_by));
  if (hold.reason.empty()) return Error{ErrorKind::invalid, "a legal hold needs a reason"};
  const long long placed = to_column(hold.placed);
  return database_.write([&](soci::session& sql) -> Result<void> {
    std::string known;
    // Locked: a deletion that runs comes before or after, never between.
    sql << std::string("SELECT id FROM recordings WHERE id = :id ") + database_.dialect().lock_row, soci::use(hold.recording), soci::into(known);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + hold.recording};
    soci::statement insert = (sql.prepare << "INSERT INTO holds (recording, reason, placed_by, placed)"
                                             " VALUES (:recording, :reason, :placed_by, :placed) ON CONFLICT DO NOTHING",
                              soci::use(hold.recording), soci::use(hold.reason), soci::use(hold.placed_by), soci::use(placed));
    if (execute(insert) == 0) return Error{ErrorKind::exists, "recording " + hold.recording + " is under a legal hold already"};
    note_hold(sql, "hold.add", hold.recording, hold.reason, hold.placed_by, hold.placed);
    return {};
  });
}

Result<void> Deletions::release(const std::string& recording, const std::string& reason, const std::string& by, UtcTime now) {
  TRY(check_text("a recording's id", recording));
  TRY(check_text("a reason", reason));
  TRY(check_text("a name", by));
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement remove = (sql.prepare << "DELETE FROM holds WHERE recording = :recording", soci::use(recording));
    if (execute(remove) == 0) return Error{ErrorKind::not_found, "recording " + recording + " is not under a legal hold"};
    note_hold(sql, "hold.release", recording, reason, by, now);
    return {};
  });
}

Result<std::vector<Hold>> Deletions::holds() {
  return database_.read([](soci::session& sql) -> Result<std::vector<Hold>> {
    Hold row;
    long long placed = 0;
    soci::statement select = (sql.prepare << "SELECT recording, reason, placed_by, placed FROM holds ORDER BY placed, recording",
                              soci::into(row.recording), soci::into(row.reason), soci::into(row.placed_by), soci::into(placed));
    std::vector<Hold> holds;
    select.execute();
    while (select.fetch()) {
      row.placed = time_from_column(placed);
      holds.push_back(row);
    }
    return holds;
  });
}

Result<std::optional<Hold>> Deletions::noted_hold(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<std::optional<Hold>> { return last_noted(sql, recording); });
}

Result<void> Deletions::remove(const Tombstone& tombstone) { return end(tombstone, false); }

Result<void> Deletions::bury(const Tombstone& tombstone) { return end(tombstone, true); }

Result<void> Deletions::removable(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<void> { return check_removable(sql, "", recording); });
}

Result<void> Deletions::end(const Tombstone& tombstone, bool whatever) {
  const std::string& recording = tombstone.recording;
  TRY(check_text("a recording's id", recording));
  TRY(check_text("an object's key", tombstone.object_stem));
  TRY(check_text("a journal's directory", tombstone.journal_directory));
  TRY(check_sha256("a signature's digest", tombstone.signature_sha256));
  if (tombstone.signature_sha256.empty()) return Error{ErrorKind::invalid, "a recording is deleted with its signed tombstone"};
  const long long deleted = to_column(tombstone.deleted);
  const Result<void> removed = database_.write([&](soci::session& sql) -> Result<void> {
    if (!whatever) TRY(check_removable(sql, database_.dialect().lock_row, recording));
    for (const KeyKind kind : {KeyKind::journal, KeyKind::keystrokes, KeyKind::film}) overwrite_key(sql, recording, kind, tombstone.deleted);
    forget_original(sql, recording);
    long long number = 0;
    sql << "SELECT number FROM recordings WHERE id = :id", soci::use(recording), soci::into(number);
    if (sql.got_data()) forget_text(sql, number);
    for (const char* statement : {"DELETE FROM recording_keys WHERE recording = :recording", "DELETE FROM holds WHERE recording = :recording", "DELETE FROM remarks WHERE recording = :recording", "DELETE FROM segments WHERE recording = :recording", "DELETE FROM manifests WHERE recording = :recording",
                                  "DELETE FROM jobs WHERE job_key = :recording", "DELETE FROM recordings WHERE id = :recording"}) {
      sql << statement, soci::use(recording);
    }
    sql << "INSERT INTO tombstones (recording, deleted, object_stem, signature_sha256, journal_directory)"
           " VALUES (:recording, :deleted, :object_stem, :signature_sha256, :journal_directory)",
        soci::use(recording), soci::use(deleted), soci::use(tombstone.object_stem), soci::use(tombstone.signature_sha256),
        soci::use(tombstone.journal_directory);
    append_to_ledger(sql, LedgerEvent::deleted, recording, tombstone.signature_sha256, tombstone.deleted);
    return {};
  });
  return removed ? database_.empty_log() : removed;
}

Result<void> Deletions::wipe_log() { return database_.empty_log(); }

Result<Tombstone> Deletions::tombstone(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<Tombstone> {
    TombstoneColumns row;
    soci::statement select = into_columns(row, (sql.prepare << std::string(kTombstones) + " WHERE recording = :recording", soci::use(recording)));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "recording " + recording + " has no tombstone"};
    return row.finished();
  });
}

Result<std::vector<Tombstone>> Deletions::tombstones() {
  return database_.read([](soci::session& sql) -> Result<std::vector<Tombstone>> {
    TombstoneColumns row;
    soci::statement select = into_columns(row, (sql.prepare << std::string(kTombstones) + " ORDER BY deleted, recording"));
    std::vector<Tombstone> tombstones;
    select.execute();
    while (select.fetch()) tombstones.push_back(row.finished());
    return tombstones;
  });
}

}  // namespace frostgate::catalog
