#include "storage/catalog/originals.h"

#include "storage/byte_order.h"
#include "storage/catalog/columns.h"
#include "storage/catalog/key_rows.h"
#include "storage/catalog/ledger_append.h"
#include "storage/catalog/original_removal.h"
#include "storage/crypto/hash.h"

namespace frostgate::catalog {
namespace {

Error not_sealed(const std::string& recording) { return {ErrorKind::not_found, "the original of recording " + recording + " is not sealed for custodians"}; }

Result<void> check_original(const SealedOriginal& original) {
  TRY(check_text("a recording's id", original.recording));
  TRY(check_sha256("the journal's digest", original.journal_sha256));
  if (original.threshold < 1 || static_cast<std::size_t>(original.threshold) > original.shares.size() || original.journal_sha256.empty()) {
    return Error{ErrorKind::invalid, "fewer shares than are needed"};
  }
  for (const CustodianShare& share : original.shares) {
    TRY(check_text("a custodian's name", share.subject));
    TRY(check_sha256("a certificate's fingerprint", share.fingerprint));
    if (share.enclosed.empty()) return Error{ErrorKind::invalid, "a share is empty"};
  }
  return {};
}

void insert_original(soci::session& sql, const SealedOriginal& original) {
  const long long sealed = to_column(original.sealed), threshold = original.threshold;
  sql << "INSERT INTO originals (recording, sealed, threshold, journal_sha256, finished) VALUES (:recording, :sealed, :threshold, :journal_sha256, 0)",
      soci::use(original.recording), soci::use(sealed), soci::use(threshold), soci::use(original.journal_sha256);
  const std::string padding(kKeyPadding, '.');
  long long number = 0;
  for (const CustodianShare& share : original.shares) {
    ++number;
    const std::string enclosed = hex(share.enclosed);
    sql << "INSERT INTO original_shares (recording, number, subject, fingerprint, padding, enclosed)"
           " VALUES (:recording, :number, :subject, :fingerprint, :padding, :enclosed)",
        soci::use(original.recording), soci::use(number), soci::use(share.subject), soci::use(share.fingerprint), soci::use(padding), soci::use(enclosed);
  }
}

}  // namespace

std::string original_sha256(const SealedOriginal& original) {
  std::string text = "frostgate original v1\n" + original.recording + "\n" + std::to_string(original.threshold) + "\n" + original.journal_sha256 + "\n";
  for (const CustodianShare& share : original.shares) text += share.fingerprint + " " + hex(storage::Sha256::of(share.enclosed)) + " " + share.subject + "\n";
  return hex(storage::Sha256::of(storage::bytes_of(text)));
}

void forget_original(soci::session& sql, const std::string& recording) {
  std::vector<std::pair<long long, std::string>> rows;
  {
    long long number = 0;
    std::string enclosed;
    soci::statement select = (sql.prepare << "SELECT number, enclosed FROM original_shares WHERE recording = :recording", soci::use(recording),
                              soci::into(number), soci::into(enclosed));
    select.execute();
    while (select.fetch()) rows.emplace_back(number, std::string(enclosed.size(), '0'));
  }
  for (const auto& [number, zeros] : rows) {
    sql << "UPDATE original_shares SET enclosed = :zeros WHERE recording = :recording AND number = :number", soci::use(zeros), soci::use(recording), soci::use(number);
  }
  sql << "DELETE FROM original_shares WHERE recording = :recording", soci::use(recording);
  sql << "DELETE FROM originals WHERE recording = :recording", soci::use(recording);
}

Result<void> Originals::seal(const SealedOriginal& original) {
  TRY(check_original(original));
  TRY(database_.write([&](soci::session& sql) -> Result<void> {
    std::string wrapped, known;
    sql << "SELECT recording FROM originals WHERE recording = :recording", soci::use(original.recording), soci::into(known);
    if (sql.got_data()) return Error{ErrorKind::exists, "the original of recording " + original.recording + " is sealed already"};
    sql << std::string("SELECT wrapped FROM recording_keys WHERE recording = :recording AND kind = 'journal' AND destroyed = 0 ") + database_.dialect().lock_row,
        soci::use(original.recording), soci::into(wrapped);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "the journal key of recording " + original.recording + " is gone"};
    insert_original(sql, original);
    overwrite_key(sql, original.recording, KeyKind::journal, original.sealed);
    append_to_ledger(sql, {LedgerEvent::key, original.recording, "",
                           "{\"custodians\":" + std::to_string(original.shares.size()) + ",\"destroyed\":\"journal\",\"journal_sha256\":\"" + original.journal_sha256 +
                               "\",\"original_sha256\":\"" + original_sha256(original) + "\",\"threshold\":" + std::to_string(original.threshold) + "}",
                           original.sealed});
    return {};
  }));
  return finish(original.recording);
}

Result<void> Originals::finish(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  TRY(database_.empty_log());
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE originals SET finished = 1 WHERE recording = :recording", soci::use(recording);
    return {};
  });
}

Result<bool> Originals::finished(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<bool> {
    long long finished = 0;
    sql << "SELECT finished FROM originals WHERE recording = :recording", soci::use(recording), soci::into(finished);
    if (!sql.got_data()) return not_sealed(recording);
    return finished != 0;
  });
}

Result<SealedOriginal> Originals::find(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<SealedOriginal> {
    SealedOriginal out;
    out.recording = recording;
    long long sealed = 0, threshold = 0;
    sql << "SELECT sealed, threshold, journal_sha256 FROM originals WHERE recording = :recording", soci::use(recording), soci::into(sealed),
        soci::into(threshold), soci::into(out.journal_sha256);
    if (!sql.got_data()) return not_sealed(recording);
    out.sealed = time_from_column(sealed);
    out.threshold = static_cast<int>(threshold);
    CustodianShare share;
    std::string enclosed;
    soci::statement select = (sql.prepare << "SELECT subject, fingerprint, enclosed FROM original_shares WHERE recording = :recording ORDER BY number",
                              soci::use(recording), soci::into(share.subject), soci::into(share.fingerprint), soci::into(enclosed));
    select.execute();
    while (select.fetch()) {
      share.enclosed = TRY(bytes_from_hex(enclosed));
      out.shares.push_back(share);
    }
    return out;
  });
}

}  // namespace frostgate::catalog
