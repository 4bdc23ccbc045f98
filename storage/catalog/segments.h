// The sealed segments of a film. A film may be rendered again: each rendering is a generation, and one of them is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/manifests.h"

namespace frostgate::catalog {

struct SegmentRow {
  std::string recording;
  std::int64_t generation = 1;
  int part = 0;
  int index = 0;
  SegmentKind kind = SegmentKind::media;
  SessionTime start{};
  Microseconds duration{};
  Size size;
  std::uint32_t frames = 0;
  std::string object_key;
  std::int64_t sealed_size = 0;  // bytes in the object store
  std::int64_t plain_size = 0;
  std::string sha256;            // of the plain segment, 64 lower-case hex digits

  bool operator==(const SegmentRow&) const = default;
};

struct FilmBytes {
  std::int64_t films = 0, archived = 0;
};

class Segments {
 public:
  explicit Segments(Catalog& catalog) : database_(catalog.database()) {}

  // With a lease, the row is written only while that lease is the job's last (`denied` otherwise), in one transaction.
  // The same row again is no error; another row in its place is `exists`. A generation that was published, or an older one, is
  // closed: `denied`. The recording must exist (`not_found`).
  Result<void> commit(const SegmentRow& row, const std::optional<Lease>& lease = std::nullopt);
  // Completes `generation` with the segments of `before`, where it has none of its own: the same objects, not copies. Errors as for commit.
  Result<void> inherit(const std::string& recording, std::int64_t before, std::int64_t generation,
                       const std::optional<Lease>& lease = std::nullopt);
  Result<std::vector<SegmentRow>> list(const std::string& recording, std::int64_t generation);  // by part and index
  Result<SegmentRow> find(const std::string& recording, std::int64_t generation, int part, int index);  // `not_found`
  // What the segments of all films take in the object store, of those that are archived apart.
  Result<FilmBytes> sealed_bytes();
  // Of all generations, the shown one and others.
  Result<std::set<std::string>> object_keys(const std::string& recording);
  // A number that no generation of this recording has had: each call takes one.
  Result<std::int64_t> next_generation(const std::string& recording);
  // Makes this generation the one that is shown, with its manifest in place of the one before, and notes it in the ledger. `not_found`
  // without segments, `denied` when it is not newer than the shown one, `invalid` when the manifest is not this generation's or has no digests.
  Result<void> publish(const ManifestRow& manifest, const std::optional<Lease>& lease = std::nullopt);
  // Forgets all generations that are older than the shown one. What of their objects the shown one does not have may then be deleted.
  Result<void> remove_older(const std::string& recording);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
