// Who watched which seconds of what. Rows are only added.
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
  // `not_found` without such a recording.
  Result<void> add(const View& view, Microseconds same);
  Result<std::vector<View>> list(const std::string& recording);  // oldest first

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
