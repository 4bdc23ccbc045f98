#include "storage/catalog/migrations.h"

#include <cstddef>
#include <iterator>
#include <span>
#include <string>

#include "storage/catalog/text_index.h"

namespace frostgate::catalog {
namespace {

// Stands for the table whose form depends on the database.
constexpr const char* kTextIndex = "text_index";

// Columns are documented in FORMAT.md. BIGINT everywhere: SOCI cuts SQLite's INTEGER to 32 bits without a word.
constexpr const char* kFirst[] = {
    "CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
    "INSERT INTO counters (name, value) VALUES ('ticket', 0), ('job', 0)",

    "CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, password_hash TEXT NOT NULL, disabled BIGINT NOT NULL,"
    " created BIGINT NOT NULL)",

    "CREATE TABLE targets (name TEXT NOT NULL PRIMARY KEY, protocol TEXT NOT NULL, host TEXT NOT NULL, port BIGINT NOT NULL,"
    " login_user TEXT NOT NULL, login_domain TEXT NOT NULL, wrapped_credential TEXT NOT NULL,"
    " pinned_certificate TEXT NOT NULL, last_certificate TEXT NOT NULL, created BIGINT NOT NULL)",
    "CREATE TABLE target_tags (target TEXT NOT NULL REFERENCES targets (name) ON DELETE CASCADE, name TEXT NOT NULL,"
    " value TEXT NOT NULL, PRIMARY KEY (target, name))",

    "CREATE TABLE tickets (id BIGINT NOT NULL PRIMARY KEY, wrapped_value TEXT NOT NULL,"
    " user_name TEXT NOT NULL REFERENCES users (name), target TEXT NOT NULL REFERENCES targets (name) ON DELETE CASCADE,"
    " kind TEXT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL, used_at BIGINT NOT NULL,"
    " used_by_session TEXT NOT NULL)",
    "CREATE INDEX tickets_by_expiry ON tickets (expires)",

    "CREATE TABLE policies (digest TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL, first_seen BIGINT NOT NULL)",

    "CREATE TABLE recordings (id TEXT NOT NULL PRIMARY KEY, user_name TEXT NOT NULL, target TEXT NOT NULL, front TEXT NOT NULL,"
    " back TEXT NOT NULL, peer TEXT NOT NULL, node TEXT NOT NULL, rule_name TEXT NOT NULL, policy_digest TEXT NOT NULL,"
    " started BIGINT NOT NULL, ended BIGINT NOT NULL, end_reason TEXT NOT NULL, status TEXT NOT NULL,"
    " interrupted BIGINT NOT NULL, progress DOUBLE PRECISION NOT NULL, journal_directory TEXT NOT NULL,"
    " film_duration BIGINT NOT NULL, film_width BIGINT NOT NULL, film_height BIGINT NOT NULL, report_json TEXT NOT NULL,"
    " original TEXT NOT NULL, generation BIGINT NOT NULL, last_generation BIGINT NOT NULL)",
    "CREATE INDEX recordings_by_start ON recordings (started, id)",
    "CREATE INDEX recordings_by_status ON recordings (status)",

    // `padding` comes before `wrapped` and is longer than a page, so that a key lies on overflow pages alone: these are zeroed
    // when freed and never copied, while cells are, when a tree is rebalanced, and may leave their bytes behind (FORMAT.md).
    "CREATE TABLE recording_keys (recording TEXT NOT NULL REFERENCES recordings (id), kind TEXT NOT NULL,"
    " created BIGINT NOT NULL, destroyed BIGINT NOT NULL, padding TEXT NOT NULL, wrapped TEXT NOT NULL,"
    " PRIMARY KEY (recording, kind))",

    "CREATE TABLE segments (recording TEXT NOT NULL REFERENCES recordings (id), generation BIGINT NOT NULL,"
    " part BIGINT NOT NULL, idx BIGINT NOT NULL, kind TEXT NOT NULL, start_us BIGINT NOT NULL, duration_us BIGINT NOT NULL,"
    " width BIGINT NOT NULL, height BIGINT NOT NULL, frames BIGINT NOT NULL, object_key TEXT NOT NULL,"
    " sealed_size BIGINT NOT NULL, plain_size BIGINT NOT NULL, sha256 TEXT NOT NULL,"
    " PRIMARY KEY (recording, generation, part, idx))",

    "CREATE TABLE jobs (id BIGINT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, job_key TEXT NOT NULL, payload TEXT NOT NULL,"
    " state TEXT NOT NULL, attempts BIGINT NOT NULL, max_attempts BIGINT NOT NULL, run_after BIGINT NOT NULL,"
    " lease_until BIGINT NOT NULL, token BIGINT NOT NULL, worker TEXT NOT NULL, last_error TEXT NOT NULL,"
    " UNIQUE (kind, job_key))",
    "CREATE INDEX jobs_by_due ON jobs (kind, state, run_after, id)",
};

// What was published is signed, and the history of all recordings is a chain.
constexpr const char* kManifests[] = {
    "CREATE TABLE manifests (recording TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id), generation BIGINT NOT NULL,"
    " made BIGINT NOT NULL, sha256 TEXT NOT NULL, signature_sha256 TEXT NOT NULL, timestamp_sha256 TEXT NOT NULL)",
    "CREATE TABLE ledger (number BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, event TEXT NOT NULL, recording TEXT NOT NULL,"
    " digest TEXT NOT NULL, link TEXT NOT NULL)",
    "INSERT INTO counters (name, value) VALUES ('ledger', 0)",
};

// A ticket may be bound to the address that it is used from; a target's credential is set aside when the target refused it.
constexpr const char* kBoundTickets[] = {
    "ALTER TABLE tickets ADD COLUMN source_address TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE targets ADD COLUMN credential_refused BIGINT NOT NULL DEFAULT 0",
};

// What nobody may do alone, and everybody's word on it.
constexpr const char* kApprovals[] = {
    "CREATE TABLE approval_requests (id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, requester TEXT NOT NULL, target TEXT NOT NULL,"
    " recording TEXT NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, reason TEXT NOT NULL, ticket TEXT NOT NULL,"
    " rule_name TEXT NOT NULL, policy_digest TEXT NOT NULL, needed BIGINT NOT NULL, users TEXT NOT NULL, groups TEXT NOT NULL,"
    " later_groups TEXT NOT NULL, escalates BIGINT NOT NULL, validity BIGINT NOT NULL, one_use BIGINT NOT NULL, created BIGINT NOT NULL,"
    " expires BIGINT NOT NULL, state TEXT NOT NULL, used_at BIGINT NOT NULL, used_by TEXT NOT NULL, emergency BIGINT NOT NULL,"
    " ended_by TEXT NOT NULL, end_comment TEXT NOT NULL, reviewed BIGINT NOT NULL, reviewer TEXT NOT NULL, review TEXT NOT NULL,"
    " version BIGINT NOT NULL)",
    "CREATE INDEX approval_requests_by_state ON approval_requests (state, created)",
    "CREATE TABLE approval_votes (request TEXT NOT NULL REFERENCES approval_requests (id), position BIGINT NOT NULL,"
    " approver TEXT NOT NULL, approves BIGINT NOT NULL, note TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (request, position))",
};

// The tags that a recording's target had, what may not be deleted, and what was.
constexpr const char* kDeletions[] = {
    "CREATE TABLE recording_tags (recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE, name TEXT NOT NULL,"
    " value TEXT NOT NULL, PRIMARY KEY (recording, name))",
    "INSERT INTO recording_tags (recording, name, value) SELECT recordings.id, target_tags.name, target_tags.value"
    " FROM recordings JOIN target_tags ON target_tags.target = recordings.target",
    "CREATE TABLE holds (recording TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id), reason TEXT NOT NULL, placed_by TEXT NOT NULL,"
    " placed BIGINT NOT NULL)",
    "CREATE TABLE tombstones (recording TEXT NOT NULL PRIMARY KEY, deleted BIGINT NOT NULL, object_stem TEXT NOT NULL,"
    " signature_sha256 TEXT NOT NULL, journal_directory TEXT NOT NULL)",
};

// Recordings in the order in which they began, and what can be found in them.
constexpr const char* kVisibleText[] = {
    "ALTER TABLE recordings ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
    "UPDATE recordings SET number = (SELECT COUNT(*) FROM recordings o WHERE o.started < recordings.started"
    " OR (o.started = recordings.started AND o.id <= recordings.id))",
    "INSERT INTO counters (name, value) SELECT 'recording', COUNT(*) FROM recordings",
    "CREATE UNIQUE INDEX recordings_by_number ON recordings (number)",
    "CREATE TABLE recording_masks (recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE, rule TEXT NOT NULL,"
    " count BIGINT NOT NULL, PRIMARY KEY (recording, rule))",
    "CREATE TABLE text_lines (number BIGINT NOT NULL PRIMARY KEY, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, x BIGINT NOT NULL,"
    " y BIGINT NOT NULL, width BIGINT NOT NULL, height BIGINT NOT NULL, words TEXT NOT NULL)",
    kTextIndex,
};

constexpr const char* kThumbnails[] = {
    "CREATE TABLE thumbnails (recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE, number BIGINT NOT NULL,"
    " at_us BIGINT NOT NULL, width BIGINT NOT NULL, height BIGINT NOT NULL, object_key TEXT NOT NULL, PRIMARY KEY (recording, number))",
};

// People sign in to the HTTP API, with roles.
constexpr const char* kAccess[] = {
    "CREATE TABLE role_bindings (id TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL, subject_kind TEXT NOT NULL, subject TEXT NOT NULL,"
    " scope TEXT NOT NULL, created BIGINT NOT NULL, UNIQUE (role, subject_kind, subject, scope))",
    "CREATE TABLE group_members (group_name TEXT NOT NULL, user_name TEXT NOT NULL REFERENCES users (name),"
    " PRIMARY KEY (group_name, user_name))",
    "CREATE TABLE web_sessions (id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL UNIQUE, user_name TEXT NOT NULL REFERENCES users (name),"
    " created BIGINT NOT NULL, seen BIGINT NOT NULL, address TEXT NOT NULL)",
    "CREATE TABLE api_tokens (id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL UNIQUE, user_name TEXT NOT NULL REFERENCES users (name),"
    " label TEXT NOT NULL, roles TEXT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL, used BIGINT NOT NULL)",
    "CREATE TABLE second_factors (user_name TEXT NOT NULL PRIMARY KEY REFERENCES users (name), wrapped_secret TEXT NOT NULL,"
    " confirmed BIGINT NOT NULL, last_step BIGINT NOT NULL)",
    "CREATE TABLE recovery_codes (user_name TEXT NOT NULL REFERENCES users (name), digest TEXT NOT NULL, PRIMARY KEY (user_name, digest))",
    "CREATE TABLE views (number BIGINT NOT NULL PRIMARY KEY, recording TEXT NOT NULL, user_name TEXT NOT NULL,"
    " at BIGINT NOT NULL, last_at BIGINT NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, live BIGINT NOT NULL)",
    "CREATE INDEX views_by_recording ON views (recording, number)",
    "INSERT INTO counters (name, value) VALUES ('role_binding', 0)",
    "INSERT INTO counters (name, value) VALUES ('web_session', 0)",
    "INSERT INTO counters (name, value) VALUES ('api_token', 0)",
    "INSERT INTO counters (name, value) VALUES ('view', 0)",
};

// The ledger of recordings is the audit log.
constexpr const char* kAudit[] = {
    "ALTER TABLE ledger RENAME COLUMN recording TO subject",
    "ALTER TABLE ledger ADD COLUMN actor TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE ledger ADD COLUMN details TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX ledger_by_subject ON ledger (subject, number)",
    "CREATE INDEX ledger_by_actor ON ledger (actor, number)",
    "ALTER TABLE views ADD COLUMN noted_us BIGINT NOT NULL DEFAULT 0",
    "UPDATE views SET noted_us = to_us",
};

// What went wrong, and who has heard of it.
constexpr const char* kAlerts[] = {
    "CREATE TABLE alerts (id BIGINT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, severity TEXT NOT NULL, subject TEXT NOT NULL, note TEXT NOT NULL,"
    " at BIGINT NOT NULL, last_at BIGINT NOT NULL, repeats BIGINT NOT NULL)",
    "CREATE INDEX alerts_by_kind ON alerts (kind, subject, at)",
    "CREATE TABLE alert_deliveries (alert BIGINT NOT NULL REFERENCES alerts (id), sink TEXT NOT NULL, attempts BIGINT NOT NULL, due BIGINT NOT NULL,"
    " sent BIGINT NOT NULL, last_error TEXT NOT NULL, PRIMARY KEY (alert, sink))",
    "CREATE INDEX alert_deliveries_by_due ON alert_deliveries (sink, sent, due)",
    "INSERT INTO counters (name, value) VALUES ('alert', 0)",
};

// Users whom an outside directory knows. `disabled` is 2 when that directory says so.
constexpr const char* kDirectory[] = {
    "ALTER TABLE users ADD COLUMN directory_dn TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE directory_groups (user_name TEXT NOT NULL REFERENCES users (name), group_name TEXT NOT NULL, PRIMARY KEY (user_name, group_name))",
};

// What people who watch write down.
constexpr const char* kRemarks[] = {
    "CREATE TABLE remarks (id BIGINT NOT NULL PRIMARY KEY, recording TEXT NOT NULL, user_name TEXT NOT NULL, at BIGINT NOT NULL,"
    " moment_us BIGINT NOT NULL, note TEXT NOT NULL)",
    "CREATE INDEX remarks_by_recording ON remarks (recording, moment_us)",
    "INSERT INTO counters (name, value) VALUES ('remark', 0)",
};

// Users whom an identity provider knows: its name, and when it last vouched for them.
constexpr const char* kProviders[] = {
    "ALTER TABLE users ADD COLUMN provider TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE users ADD COLUMN renewed BIGINT NOT NULL DEFAULT 0",
};

// Who signed for what is to be looked at again from time to time.
constexpr const char* kReviews[] = {
    "CREATE TABLE reviews (number BIGINT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, what TEXT NOT NULL, due BIGINT NOT NULL, digest TEXT NOT NULL, reviewer TEXT NOT NULL,"
    " note TEXT NOT NULL, at BIGINT NOT NULL)",
    "CREATE INDEX reviews_by_what ON reviews (kind, what, number)",
    "INSERT INTO counters (name, value) VALUES ('review', 0)",
};

// Originals that are kept for custodians, and how much of one may be looked at. `padding`: see recording_keys.
constexpr const char* kSealedOriginals[] = {
    "CREATE TABLE originals (recording TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id), sealed BIGINT NOT NULL, threshold BIGINT NOT NULL,"
    " journal_sha256 TEXT NOT NULL, finished BIGINT NOT NULL)",
    "CREATE TABLE original_shares (recording TEXT NOT NULL REFERENCES originals (recording), number BIGINT NOT NULL, subject TEXT NOT NULL,"
    " fingerprint TEXT NOT NULL, padding TEXT NOT NULL, enclosed TEXT NOT NULL, PRIMARY KEY (recording, number))",
    "ALTER TABLE approval_requests ADD COLUMN area_x BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE approval_requests ADD COLUMN area_y BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE approval_requests ADD COLUMN area_width BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE approval_requests ADD COLUMN area_height BIGINT NOT NULL DEFAULT 0",
};

constexpr const char* kArchived[] = {
    "CREATE TABLE archived_films (recording TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE, at BIGINT NOT NULL)",
};

constexpr const char* kAskedBy[] = {"ALTER TABLE approval_requests ADD COLUMN asked_by TEXT NOT NULL DEFAULT ''"};

constexpr const char* kRetentionOfRules[] = {
    "ALTER TABLE recordings ADD COLUMN retention_class TEXT NOT NULL DEFAULT ''",
};

constexpr const char* kNoSamples = "no samples";
constexpr const char* kUnsampled[] = {kNoSamples};

struct Unsampled {
  const char *table, *column, *type;
};
constexpr Unsampled kSecretColumns[] = {{"recording_keys", "wrapped", "TEXT"}, {"original_shares", "enclosed", "TEXT"}, {"targets", "wrapped_credential", "TEXT"},
                                        {"tickets", "wrapped_value", "TEXT"}, {"second_factors", "wrapped_secret", "TEXT"}, {"text_lines", "words", "TEXT"},
                                        {"text_index", "words", "tsvector"}};
constexpr Unsampled kPersonalColumns[] = {{"personal_credentials", "wrapped", "TEXT"}};

// ANALYZE, which autovacuum runs when it likes, copies values of the columns that it samples into pg_statistic, where they outlive their rows. A column's type, set anew, forgets them.
void keep_out_of_statistics(soci::session& sql, std::span<const Unsampled> columns) {
  if (!on_postgresql(sql)) return;
  for (const auto& [table, column, type] : columns) {
    const std::string alter = std::string("ALTER TABLE ") + table + " ALTER COLUMN " + column;
    sql << alter + " TYPE " + type;
    sql << alter + " SET STATISTICS 0";
  }
}

constexpr const char* kKilledAt[] = {"ALTER TABLE jobs ADD COLUMN killed_at BIGINT NOT NULL DEFAULT -1"};

// Lists of a hundred thousand recordings: by what is asked for most, in their order; what else is asked for is read from the last of these, not from the rows with
// their reports. It goes before the unique index of numbers, which the counter alone makes: SQLite would take that one.
constexpr const char* kLongLists[] = {
    "DROP INDEX recordings_by_status",
    "DROP INDEX recordings_by_number",
    "CREATE INDEX recordings_by_status ON recordings (status, number)",
    "CREATE INDEX recordings_by_user ON recordings (user_name, number)",
    "CREATE INDEX recordings_by_target ON recordings (target, number)",
    "CREATE INDEX recordings_in_order ON recordings (number, started, user_name, target, rule_name, status, id)",
    "CREATE INDEX approval_requests_in_order ON approval_requests (created, id)",
    "CREATE INDEX approval_requests_by_requester ON approval_requests (requester, created)",
};

constexpr const char* kBeginnings = "beginnings of words";

// Whose masks and tags these are is known by number too, so that the few recordings with a rare one are found from there, in their order; and so are words by how they begin.
constexpr const char* kRareOnes[] = {
    "ALTER TABLE recording_masks ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
    "UPDATE recording_masks SET number = (SELECT r.number FROM recordings r WHERE r.id = recording_masks.recording)",
    "CREATE INDEX recording_masks_by_rule ON recording_masks (rule, number)",
    "ALTER TABLE recording_tags ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
    "UPDATE recording_tags SET number = (SELECT r.number FROM recordings r WHERE r.id = recording_tags.recording)",
    "CREATE INDEX recording_tags_by_value ON recording_tags (name, value, number)",
    kBeginnings,
};

constexpr const char* kWaiting[] = {
    "CREATE INDEX approval_requests_waiting ON approval_requests (created, id) WHERE state = 'requested' OR (emergency = 1 AND reviewed = 0)",
};

constexpr const char* kNoSamplesOfPersonal = "no samples of personal credentials";

constexpr const char* kAccounts[] = {
    "ALTER TABLE targets ADD COLUMN account TEXT NOT NULL DEFAULT 'shared'",
    "CREATE TABLE personal_credentials (target TEXT NOT NULL REFERENCES targets (name) ON DELETE CASCADE, user_name TEXT NOT NULL REFERENCES users (name),"
    " login_user TEXT NOT NULL, login_domain TEXT NOT NULL, wrapped TEXT NOT NULL, refused BIGINT NOT NULL, PRIMARY KEY (target, user_name))",
    kNoSamplesOfPersonal,
};

// Who may do what is asked for each request of everybody's.
constexpr const char* kBindingsOfSubjects[] = {
    "CREATE INDEX role_bindings_by_subject ON role_bindings (subject)",
};

constexpr std::span<const char* const> kSteps[] = {kFirst, kManifests, kBoundTickets, kApprovals, kDeletions, kVisibleText, kThumbnails, kAccess, kAudit, kAlerts, kDirectory, kRemarks, kProviders, kReviews, kSealedOriginals, kArchived, kUnsampled, kKilledAt, kLongLists, kAskedBy, kRetentionOfRules, kRareOnes, kWaiting, kAccounts, kBindingsOfSubjects};

}  // namespace

long long applied_version(soci::session& sql) {
  long long version = 0;
  sql << "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM schema_version", soci::into(version);
  return version;
}

Result<void> migrate(Database& database) {
  return database.write([](soci::session& sql) -> Result<void> {
    sql << "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)";
    const long long known = std::size(kSteps);
    const long long applied = applied_version(sql);
    if (applied > known) {
      return Error{ErrorKind::unsupported, "the catalog has schema version " + std::to_string(applied) +
                                               "; this program knows versions up to " + std::to_string(known)};
    }
    for (long long version = applied + 1; version <= known; ++version) {
      for (const char* statement : kSteps[static_cast<std::size_t>(version - 1)]) {
        if (statement == kTextIndex) create_text_index(sql);
        else if (statement == kNoSamples) keep_out_of_statistics(sql, kSecretColumns);
        else if (statement == kNoSamplesOfPersonal) keep_out_of_statistics(sql, kPersonalColumns);
        else if (statement == kBeginnings) index_beginnings(sql);
        else sql << statement;
      }
      sql << "INSERT INTO schema_version (version) VALUES (:version)", soci::use(version);
    }
    return {};
  });
}

}  // namespace frostgate::catalog
