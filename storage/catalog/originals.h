// Originals that are kept for custodians: the shares of a journal's key, each enclosed for one of them, in place of the key.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

struct CustodianShare {
  std::string subject;      // of the custodian's certificate
  std::string fingerprint;  // of it
  std::vector<std::byte> enclosed;  // CMS

  bool operator==(const CustodianShare&) const = default;
};

struct SealedOriginal {
  std::string recording;
  UtcTime sealed;
  int threshold = 0;           // so many of the shares give the key
  std::string journal_sha256;  // of the listing of the journal's files
  std::vector<CustodianShare> shares;  // the first is number 1

  bool operator==(const SealedOriginal&) const = default;
};

// SHA-256, in hex, over what is kept of it: the ledger has it, so that a share that was changed or taken away is seen (FORMAT.md).
std::string original_sha256(const SealedOriginal& original);

class Originals {
 public:
  explicit Originals(Catalog& catalog) : database_(catalog.database()) {}

  // Keeps the shares and destroys the recording's wrapped journal key, in one transaction that the ledger notes, and then empties the write-ahead log: from
  // then on no copy of it is left. `unavailable` means that it is done, but that a reader kept the log from being emptied. `not_found` without such a
  // key; `exists` when it is sealed already.
  Result<void> seal(const SealedOriginal& original);
  // Empties the log for those of which seal() could not.
  Result<void> finish(const std::string& recording);
  // Whether the log was emptied, too; `not_found` when it is not sealed.
  Result<bool> finished(const std::string& recording);
  Result<SealedOriginal> find(const std::string& recording);  // `not_found`

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
