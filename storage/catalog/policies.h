// Every policy that ever governed a recording, kept for ever under its digest.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

struct Policy {
  std::string digest;
  std::string text;
  UtcTime first_seen;
};

class Policies {
 public:
  explicit Policies(Catalog& catalog) : database_(catalog.database()) {}

  // Keeping the same text again changes nothing; another text under a known digest is `corrupt`.
  Result<void> keep(const std::string& digest, const std::string& text, UtcTime now);
  Result<Policy> find(const std::string& digest);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
