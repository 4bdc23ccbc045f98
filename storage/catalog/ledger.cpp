#include "storage/catalog/ledger.h"

#include "storage/byte_order.h"
#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"
#include "storage/crypto/hash.h"

namespace frostgate::catalog {
namespace {

constexpr LedgerEvent kEvents[] = {LedgerEvent::begun, LedgerEvent::published, LedgerEvent::deleted, LedgerEvent::restored};
constexpr const char* kSelect = "SELECT number, at, event, recording, digest, link FROM ledger";

// An entry as its columns hold it.
struct Row {
  long long number = 0, at = 0;
  std::string event, recording, digest, link;

  Result<LedgerEntry> finished() const {
    return LedgerEntry{number, time_from_column(at), TRY(from_word(event, kEvents)), recording, digest, link};
  }
};

auto into_row(Row& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.number), soci::into(row.at), soci::into(row.event), soci::into(row.recording),
          soci::into(row.digest), soci::into(row.link));
}

}  // namespace

const char* to_string(LedgerEvent event) {
  switch (event) {
    case LedgerEvent::begun: return "begun";
    case LedgerEvent::published: return "published";
    case LedgerEvent::deleted: return "deleted";
    case LedgerEvent::restored: return "restored";
  }
  return "unknown";
}

std::string ledger_link(const std::string& before, const LedgerEntry& entry) {
  const std::string text = "frostgate ledger v1\n" + before + "\n" + std::to_string(entry.number) + "\n" +
                           std::to_string(to_column(entry.at)) + "\n" + to_string(entry.event) + "\n" + entry.recording + "\n" +
                           entry.digest + "\n";
  return hex(storage::Sha256::of(storage::bytes_of(text)));
}

void append_to_ledger(soci::session& sql, LedgerEvent event, const std::string& recording, const std::string& digest, UtcTime at) {
  LedgerEntry entry;
  entry.event = event;
  entry.recording = recording;
  entry.digest = digest;
  entry.at = at;
  // The counter's row is locked until the transaction ends: entries come one after the other.
  entry.number = next_number(sql, "ledger");
  const long long previous = entry.number - 1;
  std::string before;
  sql << "SELECT link FROM ledger WHERE number = :number", soci::use(previous), soci::into(before);
  if (!sql.got_data()) before.clear();
  const long long number = entry.number, moment = to_column(at);
  const std::string word = to_string(event), link = ledger_link(before, entry);
  sql << "INSERT INTO ledger (number, at, event, recording, digest, link) VALUES (:number, :at, :event, :recording, :digest, :link)",
      soci::use(number), soci::use(moment), soci::use(word), soci::use(recording), soci::use(digest), soci::use(link);
}

Result<std::vector<LedgerEntry>> Ledger::list(std::int64_t after, std::int64_t limit) {
  const long long from = after, most = limit;
  return database_.read([&](soci::session& sql) -> Result<std::vector<LedgerEntry>> {
    Row row;
    soci::statement select = into_row(
        row, (sql.prepare << std::string(kSelect) + " WHERE number > :after ORDER BY number LIMIT :max_rows", soci::use(from),
              soci::use(most)));
    std::vector<LedgerEntry> entries;
    select.execute();
    while (select.fetch()) entries.push_back(TRY(row.finished()));
    return entries;
  });
}

Result<std::int64_t> Ledger::given() {
  return database_.read([](soci::session& sql) -> Result<std::int64_t> {
    long long value = 0;
    sql << "SELECT value FROM counters WHERE name = 'ledger'", soci::into(value);
    return std::int64_t{value};
  });
}

Result<LedgerEntry> Ledger::last() {
  return database_.read([](soci::session& sql) -> Result<LedgerEntry> {
    Row row;
    soci::statement select = into_row(row, (sql.prepare << std::string(kSelect) + " ORDER BY number DESC LIMIT 1"));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "the ledger is empty"};
    return row.finished();
  });
}

}  // namespace frostgate::catalog
