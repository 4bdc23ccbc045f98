// The storyboard of a published film: small pictures of it, sealed in the object store under the film's key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/jobs.h"

namespace frostgate::catalog {

struct ThumbnailRow {
  int number = 0;  // from 0, in the order of their times
  SessionTime at{};
  Size size;
  std::string object_key;
};

class Thumbnails {
 public:
  explicit Thumbnails(Catalog& catalog) : database_(catalog.database()) {}

  // In place of what was there. With a lease, only while it is its job's last (`denied` otherwise). The recording must exist.
  Result<void> replace(const std::string& recording, const std::vector<ThumbnailRow>& rows, const std::optional<Lease>& lease = std::nullopt);
  Result<std::vector<ThumbnailRow>> list(const std::string& recording);
  Result<ThumbnailRow> find(const std::string& recording, int number);  // `not_found`

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
