// The manifest that is signed when a film is published: made from the catalog and from the sealed objects as they lie on disk.
#pragma once

#include <string>
#include <vector>

#include "codec/base/secret.h"
#include "storage/catalog/approvals.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/segments.h"
#include "storage/crypto/signature.h"
#include "storage/object_store.h"

namespace frostgate::evidence {

// What the film was made of: `recording` as it will be when its film is published, with the generation and the redaction report of that film, the
// approvals that its session was let in, paused, stopped and joined by, and all its segments.
struct FilmFacts {
  catalog::Recording recording;
  std::vector<catalog::ApprovalRequest> approvals;
  std::vector<catalog::SegmentRow> segments;
};

// Reads every object again: what is signed is what can be read. The manifest and its signature are on disk when it returns.
Result<catalog::ManifestRow> sign_film(storage::ObjectStore& objects, const storage::SigningIdentity& signer, const Secret& film_key,
                                       const FilmFacts& facts, UtcTime now);

// The manifest's stem in the object store, without ending.
Result<std::string> manifest_stem(const std::string& recording, std::int64_t generation);

// Removes manifests of other generations than the shown one.
Result<void> remove_other_manifests(storage::ObjectStore& objects, const std::string& recording, std::int64_t generation);

// The part of a recording's report that a manifest has: a JSON object, "{}" when there is none.
std::string redaction_of(const std::string& report_json);

}  // namespace frostgate::evidence
