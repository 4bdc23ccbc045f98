// Where the signed manifest of each film that is shown lies, and what its files must be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

// Digests are SHA-256 in 64 lower-case hex digits. The objects' keys follow from recording and generation.
struct ManifestRow {
  std::string recording;
  std::int64_t generation = 0;
  UtcTime made;
  std::string sha256;            // of the manifest
  std::string signature_sha256;
  std::string timestamp_sha256;  // empty: not stamped
};

class Manifests {
 public:
  explicit Manifests(Catalog& catalog) : database_(catalog.database()) {}

  // `not_found` when the recording's film has none.
  Result<ManifestRow> find(const std::string& recording);
  // Those without time-stamp, oldest first.
  Result<std::vector<ManifestRow>> unstamped(std::int64_t limit);
  // `not_found` when the film has another manifest by now, or this one has a stamp.
  Result<void> note_timestamp(const std::string& recording, std::int64_t generation, const std::string& sha256);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
