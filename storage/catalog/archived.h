// Which recordings' films were moved to the archive.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

class ArchivedFilms {
 public:
  explicit ArchivedFilms(Catalog& catalog) : database_(catalog.database()) {}

  // Once all objects of this generation of its film are there. Noted in the ledger; again is no error. A later generation's publishing takes the note away. `not_found` recording;
  // `unavailable` when another generation is shown by now.
  Result<void> add(const std::string& recording, std::int64_t generation, UtcTime now);
  Result<std::set<std::string>> all();
  Result<bool> any();

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
