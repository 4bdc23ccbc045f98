#include "gateway/evidence/published_film.h"

#include <nlohmann/json.hpp>

#include "gateway/evidence/film_manifest.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/manifests.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/manifest/signed_text.h"

namespace frostgate::evidence {

Result<std::optional<storage::Manifest>> published_manifest(catalog::Catalog& catalog, storage::ObjectStore& objects, std::span<const std::string> trusted,
                                                            const std::string& recording) {
  const auto published = TRY(catalog::Ledger(catalog).find({.event = catalog::LedgerEvent::published, .subject = recording, .limit = 1}));
  if (published.empty()) return std::optional<storage::Manifest>();
  const Error other{ErrorKind::corrupt, "the manifest of recording " + recording + " is not the one that was published"};
  const auto row = catalog::Manifests(catalog).find(recording);
  if (!row) return other;
  const std::string stem = TRY(manifest_stem(recording, row.value().generation));
  const storage::SignedText text = TRY(storage::read_signed(objects, stem, trusted));
  if (storage::to_hex(storage::Sha256::of(text.signature)) != published.front().digest) return other;
  return std::optional(TRY(storage::parse_manifest(text.text)));
}

std::vector<std::string> differences(const catalog::Recording& row, const storage::Manifest& manifest) {
  using nlohmann::json;
  std::vector<std::string> out;
  const auto expect = [&](bool same, const char* what) {
    if (!same) out.emplace_back(what);
  };
  expect(row.id == manifest.recording, "recording's id");
  expect(row.user == manifest.user, "user");
  expect(row.target == manifest.target, "target");
  expect(manifest.front == catalog::to_string(row.front) && manifest.back == catalog::to_string(row.back), "protocol");
  expect(row.peer == manifest.peer, "client's address");
  expect(row.node == manifest.node, "node");
  expect(row.started == manifest.started && row.ended == manifest.ended, "time of the session");
  expect(row.end_reason == manifest.end_reason && row.interrupted == manifest.interrupted, "end of the session");
  expect(manifest.status == catalog::to_string(row.status), "status");
  expect(row.generation == manifest.generation, "generation");
  expect(row.film_duration == manifest.duration && row.film_size == manifest.size, "length or size of the film");
  expect(row.policy_digest == manifest.policy_digest && row.rule == manifest.policy_rule, "policy or rule");
  expect(json::parse(redaction_of(row.report_json), nullptr, false) == json::parse(manifest.redaction_json, nullptr, false), "redaction report");
  if (!manifest.keeping) return out;  // from before it was signed
  expect(row.tags == manifest.keeping->tags, "set of tags");
  expect(row.retention_class == manifest.keeping->retention_class, "retention class");
  expect(manifest.keeping->original == catalog::to_string(row.original), "word on the original");
  return out;
}

}  // namespace frostgate::evidence
