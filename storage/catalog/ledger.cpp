#include "storage/catalog/ledger.h"

#include "storage/byte_order.h"
#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"
#include "storage/crypto/hash.h"

namespace frostgate::catalog {
namespace {

constexpr LedgerEvent kEvents[] = {LedgerEvent::begun,    LedgerEvent::published, LedgerEvent::deleted,  LedgerEvent::restored, LedgerEvent::ended, LedgerEvent::login,
                                   LedgerEvent::decision, LedgerEvent::view,      LedgerEvent::exported, LedgerEvent::approval, LedgerEvent::policy,
                                   LedgerEvent::key,      LedgerEvent::configuration, LedgerEvent::alert, LedgerEvent::node,     LedgerEvent::paused,        LedgerEvent::resumed,
                                   LedgerEvent::stopped,  LedgerEvent::joined,    LedgerEvent::left,      LedgerEvent::refused_channel, LedgerEvent::copied,
                                   LedgerEvent::device};
constexpr const char* kSelectEntries = "SELECT number, at, event, subject, actor, details, digest, link FROM ledger";

// An entry as its columns hold it.
struct EntryRow {
  long long number = 0, at = 0;
  std::string event, subject, actor, details, digest, link;

  Result<LedgerEntry> finished() const {
    return LedgerEntry{number, time_from_column(at), TRY(from_word(event, kEvents)), subject, actor, details, digest, link};
  }
};

auto into_row(EntryRow& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.number), soci::into(row.at), soci::into(row.event), soci::into(row.subject), soci::into(row.actor),
          soci::into(row.details), soci::into(row.digest), soci::into(row.link));
}

Result<std::vector<LedgerEntry>> fetched(soci::statement& select, const EntryRow& row) {
  std::vector<LedgerEntry> entries;
  select.execute();
  while (select.fetch()) {
    LedgerEntry entry = TRY(row.finished());
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::int64_t chained(soci::session& sql, LedgerEntry entry) {
  // The counter's row is locked until the transaction ends: entries come one after the other.
  entry.number = next_number(sql, "ledger");
  const long long previous = entry.number - 1;
  std::string before;
  sql << "SELECT link FROM ledger WHERE number = :number", soci::use(previous), soci::into(before);
  if (!sql.got_data()) before.clear();
  const long long number = entry.number, moment = to_column(entry.at);
  const std::string word = to_string(entry.event), link = ledger_link(before, entry);
  sql << "INSERT INTO ledger (number, at, event, subject, actor, details, digest, link)"
         " VALUES (:number, :at, :event, :subject, :actor, :details, :digest, :link)",
      soci::use(number), soci::use(moment), soci::use(word), soci::use(entry.subject), soci::use(entry.actor), soci::use(entry.details),
      soci::use(entry.digest), soci::use(link);
  return entry.number;
}

}  // namespace

const char* to_string(LedgerEvent event) {
  switch (event) {
    case LedgerEvent::begun: return "begun";
    case LedgerEvent::published: return "published";
    case LedgerEvent::deleted: return "deleted";
    case LedgerEvent::restored: return "restored";
    case LedgerEvent::ended: return "ended";
    case LedgerEvent::login: return "login";
    case LedgerEvent::decision: return "decision";
    case LedgerEvent::view: return "view";
    case LedgerEvent::exported: return "exported";
    case LedgerEvent::approval: return "approval";
    case LedgerEvent::policy: return "policy";
    case LedgerEvent::key: return "key";
    case LedgerEvent::configuration: return "configuration";
    case LedgerEvent::alert: return "alert";
    case LedgerEvent::node: return "node";
    case LedgerEvent::paused: return "paused";
    case LedgerEvent::resumed: return "resumed";
    case LedgerEvent::stopped: return "stopped";
    case LedgerEvent::joined: return "joined";
    case LedgerEvent::left: return "left";
    case LedgerEvent::refused_channel: return "refused_channel";
    case LedgerEvent::copied: return "copied";
    case LedgerEvent::device: return "device";
  }
  return "unknown";
}

Result<LedgerEvent> ledger_event_named(const std::string& word) {
  std::string words;
  for (const LedgerEvent event : kEvents) {
    if (word == to_string(event)) return event;
    words += (words.empty() ? "" : ", ") + std::string(to_string(event));
  }
  return Error{ErrorKind::invalid, "\"" + word + "\" is no event; there are " + words};
}

bool has_details(LedgerEvent event) {
  return event != LedgerEvent::begun && event != LedgerEvent::published && event != LedgerEvent::deleted && event != LedgerEvent::restored;
}

std::string ledger_digest(const std::string& actor, const std::string& details) {
  return hex(storage::Sha256::of(storage::bytes_of(actor + "\n" + details + "\n")));
}

std::string ledger_link(const std::string& before, const LedgerEntry& entry) {
  const std::string text = "frostgate ledger v1\n" + before + "\n" + std::to_string(entry.number) + "\n" +
                           std::to_string(to_column(entry.at)) + "\n" + to_string(entry.event) + "\n" + entry.subject + "\n" +
                           entry.digest + "\n";
  return hex(storage::Sha256::of(storage::bytes_of(text)));
}

void append_to_ledger(soci::session& sql, LedgerEvent event, const std::string& recording, const std::string& digest, UtcTime at) {
  LedgerEntry entry;
  entry.event = event;
  entry.subject = recording;
  entry.digest = digest;
  entry.at = at;
  chained(sql, std::move(entry));
}

std::int64_t append_to_ledger(soci::session& sql, const NewLedgerEntry& given) {
  LedgerEntry entry;
  entry.at = given.at;
  entry.event = given.event;
  // What was tried with text that is none must be noted all the same.
  entry.subject = readable(given.subject);
  entry.actor = readable(given.actor);
  entry.details = readable(given.details);
  entry.digest = ledger_digest(entry.actor, entry.details);
  return chained(sql, std::move(entry));
}

Result<std::int64_t> Ledger::append(const NewLedgerEntry& entry) {
  return database_.write([&](soci::session& sql) -> Result<std::int64_t> { return append_to_ledger(sql, entry); });
}

Result<std::vector<LedgerEntry>> Ledger::find(const LedgerQuery& query) {
  Conditions asked;
  if (query.event) asked.add("event = " + asked.text(to_string(*query.event)));
  for (const auto& [column, value] : {std::pair("subject", &query.subject), std::pair("actor", &query.actor)}) {
    if (!*value) continue;
    TRY(check_text(column, **value));
    asked.add(asked.fits(column, **value));
  }
  if (query.since) asked.add("at >= " + asked.number(to_column(*query.since)));
  if (query.until) asked.add("at < " + asked.number(to_column(*query.until)));
  if (query.before > 0) asked.add("number < " + asked.number(query.before));
  const long long most = query.limit;
  return database_.read([&](soci::session& sql) -> Result<std::vector<LedgerEntry>> {
    EntryRow row;
    soci::statement select = into_row(
        row, (asked.bind(sql.prepare << kSelectEntries + asked.where() + " ORDER BY number DESC LIMIT :max_rows"), soci::use(most)));
    return fetched(select, row);
  });
}

Result<std::vector<LedgerEntry>> Ledger::list(std::int64_t after, std::int64_t limit) {
  const long long from = after, most = limit;
  return database_.read([&](soci::session& sql) -> Result<std::vector<LedgerEntry>> {
    EntryRow row;
    soci::statement select = into_row(
        row, (sql.prepare << std::string(kSelectEntries) + " WHERE number > :after ORDER BY number LIMIT :max_rows", soci::use(from),
              soci::use(most)));
    return fetched(select, row);
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
    EntryRow row;
    soci::statement select = into_row(row, (sql.prepare << std::string(kSelectEntries) + " ORDER BY number DESC LIMIT 1"));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "the ledger is empty"};
    return row.finished();
  });
}

}  // namespace frostgate::catalog
