// Who watched which seconds of what. Rows are only added, and lengthened; the ledger has them too, in pieces as they are watched.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

struct View {
  std::string recording;
  std::string user;
  UtcTime at;             // of the first look
  SessionTime from{}, to{};
  bool live = false;
};

class Views {
 public:
  explicit Views(Catalog& catalog) : database_(catalog.database()) {}

  // A span that continues, or lies within, the same user's last one of this recording (handed out less than `same` before) lengthens it.
  // The ledger gets an entry at the first look and for each further minute of film. `not_found` without such a recording.
  Result<void> add(const View& view, Microseconds same);
  // Enters into the ledger what it does not have yet of views that nobody went on with since `before`; how many.
  Result<int> settle(UtcTime before, UtcTime now);
  Result<std::vector<View>> list(const std::string& recording);  // oldest first

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
