#include "storage/catalog/rewrapping.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {
namespace {

struct Place {
  WrappedKind kind;
  const char* select;  // owner and wrapped value, in hex
  const char* update;
};

constexpr Place kPlaces[] = {
    {WrappedKind::journal_key, "SELECT recording, wrapped FROM recording_keys WHERE kind = 'journal' AND destroyed = 0",
     "UPDATE recording_keys SET wrapped = :wrapped WHERE kind = 'journal' AND recording = :owner"},
    {WrappedKind::keystroke_key, "SELECT recording, wrapped FROM recording_keys WHERE kind = 'keystrokes' AND destroyed = 0",
     "UPDATE recording_keys SET wrapped = :wrapped WHERE kind = 'keystrokes' AND recording = :owner"},
    {WrappedKind::film_key, "SELECT recording, wrapped FROM recording_keys WHERE kind = 'film' AND destroyed = 0",
     "UPDATE recording_keys SET wrapped = :wrapped WHERE kind = 'film' AND recording = :owner"},
    {WrappedKind::credential, "SELECT name, wrapped_credential FROM targets WHERE wrapped_credential <> ''",
     "UPDATE targets SET wrapped_credential = :wrapped WHERE name = :owner"},
    {WrappedKind::personal_credential, "SELECT target || '/' || user_name, wrapped FROM personal_credentials",
     "UPDATE personal_credentials SET wrapped = :wrapped WHERE target || '/' || user_name = :owner"},
    {WrappedKind::ticket, "SELECT CAST(id AS TEXT), wrapped_value FROM tickets WHERE wrapped_value <> ''",
     "UPDATE tickets SET wrapped_value = :wrapped WHERE CAST(id AS TEXT) = :owner"},
    {WrappedKind::second_factor, "SELECT user_name, wrapped_secret FROM second_factors", "UPDATE second_factors SET wrapped_secret = :wrapped WHERE user_name = :owner"},
};

Result<int> rewrap_place(soci::session& sql, const Place& place, const Rewrap& rewrap) {
  std::vector<std::pair<std::string, std::string>> rows;
  {
    std::string owner, wrapped;
    soci::statement select = (sql.prepare << place.select, soci::into(owner), soci::into(wrapped));
    select.execute();
    while (select.fetch()) rows.emplace_back(owner, wrapped);
  }
  for (const auto& [owner, wrapped] : rows) {
    const std::vector<std::byte> before = TRY(bytes_from_hex(wrapped));
    const std::vector<std::byte> after = TRY(rewrap(place.kind, owner, before));
    const std::string text = hex(after);
    sql << place.update, soci::use(text), soci::use(owner);
  }
  return static_cast<int>(rows.size());
}

}  // namespace

Result<int> rewrap_all(Catalog& catalog, const Rewrap& rewrap, const NewLedgerEntry& noted) {
  const Result<int> done = catalog.database().write([&](soci::session& sql) -> Result<int> {
    int count = 0;
    for (const Place& place : kPlaces) count += TRY(rewrap_place(sql, place, rewrap));
    append_to_ledger(sql, noted);
    return count;
  });
  if (!done) return done;
  TRY(catalog.database().empty_log());
  return done;
}

}  // namespace frostgate::catalog
