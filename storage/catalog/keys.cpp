#include "storage/catalog/keys.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/key_rows.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {
namespace {

constexpr KeyKind kKeyKinds[] = {KeyKind::journal, KeyKind::keystrokes, KeyKind::film};

Error no_key(const std::string& recording, KeyKind kind) {
  return {ErrorKind::not_found, "the recording " + recording + " has no " + to_string(kind) + " key"};
}

}  // namespace

const char* to_string(KeyKind kind) {
  switch (kind) {
    case KeyKind::journal: return "journal";
    case KeyKind::keystrokes: return "keystrokes";
    case KeyKind::film: return "film";
  }
  return "unknown";
}

Result<void> insert_key(soci::session& sql, const std::string& recording, KeyKind kind, std::span<const std::byte> wrapped, UtcTime now) {
  if (wrapped.empty()) return Error{ErrorKind::invalid, "a wrapped key is not empty"};
  const std::string word = to_string(kind), text = hex(wrapped), padding(kKeyPadding, '.');
  const long long created = to_column(now);
  soci::statement insert = (sql.prepare << "INSERT INTO recording_keys (recording, kind, created, destroyed, padding, wrapped)"
                                           " VALUES (:recording, :kind, :created, 0, :padding, :wrapped) ON CONFLICT DO NOTHING",
                            soci::use(recording), soci::use(word), soci::use(created), soci::use(padding), soci::use(text));
  if (execute(insert) == 0) return Error{ErrorKind::exists, "the recording " + recording + " has or had a " + word + " key"};
  return {};
}

void overwrite_key(soci::session& sql, const std::string& recording, KeyKind kind, UtcTime now) {
  const std::string word = to_string(kind);
  const long long moment = to_column(now);
  std::string zeros;
  sql << "SELECT wrapped FROM recording_keys WHERE recording = :recording AND kind = :kind", soci::use(recording), soci::use(word), soci::into(zeros);
  if (!sql.got_data()) return;
  zeros.assign(zeros.size(), '0');
  sql << "UPDATE recording_keys SET wrapped = :zeros WHERE recording = :recording AND kind = :kind", soci::use(zeros), soci::use(recording), soci::use(word);
  sql << "UPDATE recording_keys SET wrapped = '', padding = '', destroyed = :destroyed WHERE recording = :recording AND kind = :kind",
      soci::use(moment), soci::use(recording), soci::use(word);
}

Result<void> Keys::add(const std::string& recording, KeyKind kind, std::span<const std::byte> wrapped, UtcTime now) {
  TRY(check_text("a recording's id", recording));
  return database_.write([&](soci::session& sql) -> Result<void> {
    std::string known;
    sql << "SELECT id FROM recordings WHERE id = :id", soci::use(recording), soci::into(known);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + recording};
    return insert_key(sql, recording, kind, wrapped, now);
  });
}

Result<std::vector<std::byte>> Keys::find(const std::string& recording, KeyKind kind) {
  TRY(check_text("a recording's id", recording));
  const std::string word = to_string(kind);
  return database_.read([&](soci::session& sql) -> Result<std::vector<std::byte>> {
    std::string wrapped;
    long long destroyed = 0;
    sql << "SELECT wrapped, destroyed FROM recording_keys WHERE recording = :recording AND kind = :kind",
        soci::use(recording), soci::use(word), soci::into(wrapped), soci::into(destroyed);
    if (!sql.got_data()) return no_key(recording, kind);
    if (destroyed != 0) {
      return Error{ErrorKind::not_found, "the " + word + " key of the recording " + recording + " was destroyed"};
    }
    return bytes_from_hex(wrapped);
  });
}

Result<std::optional<std::vector<std::byte>>> Keys::any_wrapped() {
  return database_.read([](soci::session& sql) -> Result<std::optional<std::vector<std::byte>>> {
    for (const char* select : {"SELECT wrapped FROM recording_keys WHERE destroyed = 0 ORDER BY created DESC LIMIT 1",
                               "SELECT wrapped_credential FROM targets WHERE wrapped_credential <> '' LIMIT 1",
                               "SELECT wrapped FROM personal_credentials LIMIT 1", "SELECT wrapped_value FROM tickets WHERE wrapped_value <> '' LIMIT 1", "SELECT wrapped_secret FROM second_factors LIMIT 1"}) {
      std::string wrapped;
      sql << select, soci::into(wrapped);
      if (!sql.got_data()) continue;
      std::vector<std::byte> bytes = TRY(bytes_from_hex(wrapped));
      return std::optional(std::move(bytes));
    }
    return std::optional<std::vector<std::byte>>();
  });
}

Result<std::vector<KeyRecord>> Keys::list(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<std::vector<KeyRecord>> {
    std::string kind;
    long long created = 0;
    long long destroyed = 0;
    soci::statement select =
        (sql.prepare << "SELECT kind, created, destroyed FROM recording_keys WHERE recording = :recording ORDER BY kind",
         soci::use(recording), soci::into(kind), soci::into(created), soci::into(destroyed));
    std::vector<KeyRecord> records;
    select.execute();
    while (select.fetch()) {
      records.push_back({TRY(from_word(kind, kKeyKinds)), time_from_column(created), optional_time_from_column(destroyed)});
    }
    return records;
  });
}

Result<void> Keys::destroy(const std::string& recording, KeyKind kind, UtcTime now) {
  TRY(check_text("a recording's id", recording));
  const std::string word = to_string(kind);
  TRY(database_.write([&](soci::session& sql) -> Result<void> {
    long long destroyed = 0;
    sql << "SELECT destroyed FROM recording_keys WHERE recording = :recording AND kind = :kind", soci::use(recording), soci::use(word),
        soci::into(destroyed);
    if (!sql.got_data()) return no_key(recording, kind);
    if (destroyed != 0) return {};
    overwrite_key(sql, recording, kind, now);
    append_to_ledger(sql, {LedgerEvent::key, recording, "", "{\"destroyed\":\"" + word + "\"}", now});
    return {};
  }));
  return database_.empty_log();
}

}  // namespace frostgate::catalog
