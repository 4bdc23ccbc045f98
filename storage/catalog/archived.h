// Which recordings' films were moved to the archive.
#pragma once

#include <set>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

class ArchivedFilms {
 public:
  explicit ArchivedFilms(Catalog& catalog) : database_(catalog.database()) {}

  // Once all of its objects are there. Noted in the ledger; again is no error. `not_found` recording.
  Result<void> add(const std::string& recording, UtcTime now);
  Result<std::set<std::string>> all();
  Result<bool> any();

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
