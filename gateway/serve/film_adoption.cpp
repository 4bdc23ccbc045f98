#include "gateway/serve/film_adoption.h"

#include <nlohmann/json.hpp>

#include "gateway/evidence/film_manifest.h"
#include "gateway/evidence/trusted_signers.h"
#include "gateway/serve/redaction_report.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/segments.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/manifest/film_check.h"
#include "storage/manifest/manifest.h"
#include "storage/manifest/signed_text.h"

namespace frostgate::serve {
namespace {

using catalog::Recording;
using storage::Manifest;

// The stem of the newest manifest that is newer than the film that is shown: names sort by generation.
std::optional<std::string> newer_stem(const std::set<std::string>& manifests, const std::string& shown) {
  for (auto key = manifests.rbegin(); key != manifests.rend(); ++key) {
    if (!key->ends_with(".json")) continue;
    std::string stem = key->substr(0, key->size() - 5);
    if (stem > shown) return stem;
    return std::nullopt;
  }
  return std::nullopt;
}

Result<Manifest> trusted_manifest(Core& core, const Recording& row, const storage::SignedText& text, const std::string& stem) {
  Manifest manifest = TRY(storage::parse_manifest(text.text));
  const std::string own = TRY(evidence::manifest_stem(manifest.recording, manifest.generation));
  const bool same = own == stem && manifest.recording == row.id && manifest.user == row.user && manifest.target == row.target && manifest.started == row.started &&
                    manifest.policy_digest == row.policy_digest;
  if (!same) return Error{ErrorKind::corrupt, "it is that of another session"};
  const auto wrapped = TRY(catalog::Keys(*core.catalog).find(row.id, catalog::KeyKind::film));
  const Secret key = TRY(core.kek->unwrap(wrapped, key_context(row.id, "film")));
  // What else lies there is of a film that this one replaced, and goes once it is entered.
  const std::vector<std::string> problems = storage::check_segments(*core.objects, manifest, &key);
  if (!problems.empty()) return Error{ErrorKind::corrupt, problems.front()};
  return manifest;
}

Result<void> enter_segments(Core& core, const Manifest& manifest) {
  catalog::Segments segments(*core.catalog);
  for (const storage::ManifestSegment& from : manifest.segments) {
    catalog::SegmentRow row;
    row.recording = manifest.recording;
    row.generation = manifest.generation;
    row.part = from.part;
    row.index = from.index;
    row.kind = from.kind;
    row.start = from.start;
    row.duration = from.duration;
    row.size = from.size;
    row.frames = from.frames;
    row.object_key = from.object_key;
    row.sealed_size = static_cast<std::int64_t>(from.sealed_size);
    row.plain_size = static_cast<std::int64_t>(from.plain_size);
    row.sha256 = from.sha256;
    TRY(segments.commit(row));
  }
  return {};
}

Result<void> enter_recording(Core& core, const Recording& row, const Manifest& manifest) {
  catalog::Recordings recordings(*core.catalog);
  const Recording stored = TRY(recordings.find(row.id));  // with the report, which lists leave out
  nlohmann::json report = nlohmann::json::parse(stored.report_json, nullptr, false);
  if (!report.is_object()) report = nlohmann::json::object();
  report["redaction"] = nlohmann::json::parse(manifest.redaction_json);
  catalog::RecordingChange change;
  change.ended = manifest.ended;
  change.end_reason = manifest.end_reason;
  change.interrupted = manifest.interrupted;
  change.status = manifest.status == "clean" ? catalog::RecordingStatus::clean : catalog::RecordingStatus::degraded;
  change.progress = 1;
  change.film_duration = manifest.duration;
  change.film_size = manifest.size;
  change.report_json = report.dump();
  TRY(recordings.update(row.id, change));
  return recordings.set_masks(row.id, masks_of(report["redaction"]));
}

Result<void> enter(Core& core, const Recording& row, const Manifest& manifest, const storage::SignedText& text) {
  TRY(enter_segments(core, manifest));
  catalog::ManifestRow signed_row;
  signed_row.recording = row.id;
  signed_row.generation = manifest.generation;
  signed_row.made = manifest.made;
  signed_row.sha256 = storage::to_hex(storage::Sha256::of(text.text));
  signed_row.signature_sha256 = storage::to_hex(storage::Sha256::of(text.signature));
  // Last what makes it known as taken over: whatever is interrupted before is done again.
  TRY(enter_recording(core, row, manifest));
  // With its journal at hand the job goes on, and makes a film that can be searched as well.
  const auto journal_key = catalog::Keys(*core.catalog).find(row.id, catalog::KeyKind::journal);
  std::error_code ignored;
  if (!journal_key || !std::filesystem::exists(row.journal_directory, ignored)) TRY(catalog::Jobs(*core.catalog).settle(row.id));
  catalog::Segments segments(*core.catalog);
  TRY(segments.publish(signed_row));
  return segments.remove_older(row.id);
}

}  // namespace

Result<Adoption> adopt_film(Core& core, const Recording& row, const std::set<std::string>& manifests) {
  std::string shown;
  if (row.generation != 0) shown = TRY(evidence::manifest_stem(row.id, row.generation));
  const auto stem = newer_stem(manifests, shown);
  if (!stem) return Adoption{};
  const auto refused = [&](const Error& error) { return Adoption{false, *stem + ".json is of a film that the catalog does not have, and cannot be taken over: " + error.message}; };
  const auto trusted = TRY(evidence::trusted_signers(core.config.signing_certificate(), core.config.evidence.earlier_certificates));
  const auto text = storage::read_signed(*core.objects, *stem, trusted);
  if (!text) return refused(text.error());
  const auto manifest = trusted_manifest(core, row, text.value(), *stem);
  if (!manifest) return refused(manifest.error());
  TRY(enter(core, row, manifest.value(), text.value()));
  return Adoption{true, ""};
}

}  // namespace frostgate::serve
