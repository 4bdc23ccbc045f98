#include "gateway/evidence/film_manifest.h"

#include <nlohmann/json.hpp>

#include "gateway/evidence/approval_list.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/manifest/manifest.h"
#include "storage/manifest/signed_text.h"
#include "storage/vault/vault.h"

namespace frostgate::evidence {
namespace {

using nlohmann::json;

Result<storage::ManifestSegment> describe(storage::ObjectStore& objects, const Secret& film_key, const catalog::SegmentRow& row) {
  const auto sealed = TRY(objects.read(row.object_key, 0, static_cast<std::uint64_t>(row.sealed_size) + 1));
  const auto plain = TRY(storage::Vault(objects).read(row.object_key, film_key));
  const std::string digest = storage::to_hex(storage::Sha256::of(plain));
  if (sealed.size() != static_cast<std::size_t>(row.sealed_size) || digest != row.sha256) {
    return Error{ErrorKind::corrupt, row.object_key + " is not what was stored there"};
  }
  storage::ManifestSegment out;
  out.part = row.part;
  out.index = row.index;
  out.kind = row.kind;
  out.start = row.start;
  out.duration = row.duration;
  out.size = row.size;
  out.frames = row.frames;
  out.object_key = row.object_key;
  out.plain_size = plain.size();
  out.sha256 = digest;
  out.sealed_size = sealed.size();
  out.sealed_sha256 = storage::to_hex(storage::Sha256::of(sealed));
  return out;
}

}  // namespace

std::string redaction_of(const std::string& report_json) {
  const json report = json::parse(report_json, nullptr, false);
  if (!report.is_object() || !report.contains("redaction") || !report["redaction"].is_object()) return "{}";
  return report["redaction"].dump();
}

Result<std::string> manifest_stem(const std::string& recording, std::int64_t generation) {
  const storage::ManifestKeys keys = TRY(storage::manifest_keys(recording, generation));
  return keys.manifest.substr(0, keys.manifest.rfind('.'));
}

Result<catalog::ManifestRow> sign_film(storage::ObjectStore& objects, const storage::SigningIdentity& signer, const Secret& film_key,
                                       const FilmFacts& facts, UtcTime now) {
  const catalog::Recording& recording = facts.recording;
  storage::Manifest manifest;
  manifest.recording = recording.id;
  manifest.user = recording.user;
  manifest.target = recording.target;
  manifest.front = catalog::to_string(recording.front);
  manifest.back = catalog::to_string(recording.back);
  manifest.peer = recording.peer;
  manifest.node = recording.node;
  manifest.started = recording.started;
  manifest.ended = recording.ended.value_or(recording.started);
  manifest.end_reason = recording.end_reason;
  manifest.interrupted = recording.interrupted;
  manifest.status = catalog::to_string(recording.status);
  manifest.generation = recording.generation;
  manifest.duration = recording.film_duration;
  manifest.size = recording.film_size;
  manifest.policy_digest = recording.policy_digest;
  manifest.policy_rule = recording.rule;
  manifest.keeping = storage::Keeping{recording.tags, recording.retention_class, catalog::to_string(recording.original)};
  manifest.redaction_json = redaction_of(recording.report_json);
  manifest.approvals_json = approvals_json(facts.approvals);
  manifest.made = now;
  for (const catalog::SegmentRow& row : facts.segments) manifest.segments.push_back(TRY(describe(objects, film_key, row)));
  storage::chain_segments(manifest.recording, manifest.generation, manifest.segments);
  const std::string text = TRY(storage::to_json(manifest));
  // What would not be understood later must not be signed now.
  TRY(storage::parse_manifest(std::as_bytes(std::span(text))));
  const std::string stem = TRY(manifest_stem(recording.id, recording.generation));
  const storage::SignedDigests digests = TRY(storage::put_signed(objects, signer, stem, text, now));
  return catalog::ManifestRow{recording.id, recording.generation, now, digests.text, digests.signature, ""};
}

Result<void> remove_other_manifests(storage::ObjectStore& objects, const std::string& recording, std::int64_t generation) {
  const std::string kept = TRY(manifest_stem(recording, generation));
  for (const std::string& key : TRY(objects.list("manifest/" + recording))) {
    if (!key.starts_with(kept + ".")) TRY(objects.remove(key));
  }
  return {};
}

}  // namespace frostgate::evidence
