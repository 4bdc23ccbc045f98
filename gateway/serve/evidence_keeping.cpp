#include "gateway/serve/evidence_keeping.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/crypto/timestamp_authority.h"
#include "gateway/evidence/film_manifest.h"
#include "gateway/evidence/ledger_head.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/manifests.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/timestamp.h"
#include "storage/file_system.h"

namespace frostgate::serve {
namespace {

constexpr auto kStampPatience = std::chrono::seconds(20);
constexpr std::int64_t kMost = 100;
constexpr std::uint64_t kMaxSignatureBytes = std::uint64_t{1} << 20;

Result<std::string> read_certificates(const std::filesystem::path& file) {
  const auto bytes = TRY(storage::real_file_system().read_whole(file, 1 << 20));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// The answer of the authority for a signature, checked.
Result<std::vector<std::byte>> stamp_of(const Core& core, std::span<const std::byte> signature, const std::string& certificates) {
  const auto request = TRY(storage::timestamp_request(signature));
  auto stamped = TRY(crypto::ask_timestamp_authority(core.config.evidence.timestamp_url, request, kStampPatience));
  TRY(storage::check_timestamp(signature, stamped, certificates, request));
  return stamped;
}

Result<void> stamp(Core& core, const catalog::ManifestRow& manifest, const std::string& certificates) {
  const std::string stem = TRY(evidence::manifest_stem(manifest.recording, manifest.generation));
  const auto signature = TRY(core.objects->read(stem + ".p7s", 0, kMaxSignatureBytes));
  auto stamped = core.objects->read(stem + ".tsr", 0, kMaxSignatureBytes);
  if (!stamped) {
    stamped = stamp_of(core, signature, certificates);
    if (!stamped) return stamped.error();
    TRY(core.objects->put_if_absent(stem + ".tsr", stamped.value()));
  }
  // One that was left over from a crash is looked at again.
  const storage::Timestamp checked = TRY(storage::check_timestamp(signature, stamped.value(), certificates));
  TRY(catalog::Manifests(*core.catalog)
          .note_timestamp(manifest.recording, manifest.generation, storage::to_hex(storage::Sha256::of(stamped.value()))));
  log::info(manifest.recording, "manifest time-stamped {} by {}", to_text(checked.at), checked.authority);
  return {};
}

Result<void> copy_out(Core& core, storage::ObjectStore& outside, const std::string& stem, const std::string& ending) {
  const auto bytes = TRY(core.objects->read(stem + ending, 0, kMaxSignatureBytes));
  const Result<void> put = outside.put_if_absent(stem + ending, bytes);
  if (!put && put.error().kind != ErrorKind::exists) return put.error().within(stem + " could not be copied");
  return {};
}

Result<void> copy_out(Core& core, storage::ObjectStore& outside, const std::string& stem) {
  TRY(copy_out(core, outside, stem, ".p7s"));
  return copy_out(core, outside, stem, ".json");
}

Result<storage::DirectoryObjectStore> outside_of(const Core& core) {
  return storage::DirectoryObjectStore::open(storage::real_file_system(), core.config.evidence.head_directory);
}

Result<void> stamp_head(Core& core, const std::string& stem) {
  if (core.config.evidence.timestamp_url.empty()) return {};
  const std::string certificates = TRY(read_certificates(core.config.evidence.timestamp_certificates));
  const auto signature = TRY(core.objects->read(stem + ".p7s", 0, kMaxSignatureBytes));
  const auto stamped = TRY(stamp_of(core, signature, certificates));
  TRY(core.objects->put_if_absent(stem + ".tsr", stamped));
  if (core.config.evidence.head_directory.empty()) return {};
  storage::DirectoryObjectStore outside = TRY(outside_of(core));
  return copy_out(core, outside, stem, ".tsr");
}

Result<void> copy_head(Core& core, const std::string& stem) {
  if (core.config.evidence.head_directory.empty()) return {};
  storage::DirectoryObjectStore outside = TRY(outside_of(core));
  TRY(copy_out(core, outside, stem));
  return copy_tombstones_out(core);
}

Result<void> tell_head(const Core& core, const std::string& sentence, UtcTime now) {
  for (const alerts::Alerts::Outcome& told : core.alerts->tell_syslog({"ledger.head", alerts::Severity::info, "", sentence, {}}, now)) {
    if (!told.sent) return told.sent.error().within("it did not reach " + told.sink);
  }
  return {};
}

}  // namespace

Result<int> stamp_manifests(Core& core) {
  if (core.config.evidence.timestamp_url.empty()) return 0;
  const std::string certificates = TRY(read_certificates(core.config.evidence.timestamp_certificates));
  int done = 0;
  for (const catalog::ManifestRow& manifest : TRY(catalog::Manifests(*core.catalog).unstamped(kMost))) {
    const Result<void> stamped = stamp(core, manifest, certificates);
    if (!stamped) return stamped.error().within("manifest of " + manifest.recording);
    ++done;
  }
  return done;
}

Result<void> keep_head(Core& core, UtcTime now) {
  const Result<std::string> stem = evidence::sign_head(*core.catalog, *core.objects, *core.signer, core.node, now);
  if (!stem) return stem.error().kind == ErrorKind::not_found ? Result<void>() : stem.error();
  const auto text = TRY(core.objects->read(stem.value() + ".json", 0, kMaxSignatureBytes));
  const auto head = TRY(evidence::parse_ledger_head(text));
  // The log is a place outside as well.
  const std::string sentence = "ledger: " + std::to_string(head.entries) + " entries, head " + head.link;
  log::info("-", "{}", sentence);
  // One place that cannot be reached keeps it from no other.
  const Result<void> copied = copy_head(core, stem.value()), told = tell_head(core, sentence, now), stamped = stamp_head(core, stem.value());
  TRY(copied);
  TRY(told);
  return stamped;
}

Result<void> copy_tombstones_out(Core& core) {
  if (core.config.evidence.head_directory.empty()) return {};
  storage::DirectoryObjectStore outside = TRY(outside_of(core));
  const std::vector<std::string> there = TRY(outside.list("tombstone"));
  for (const catalog::Tombstone& tombstone : TRY(catalog::Deletions(*core.catalog).tombstones())) {
    if (!std::ranges::binary_search(there, tombstone.object_stem + ".json")) TRY(copy_out(core, outside, tombstone.object_stem));
  }
  return {};
}

}  // namespace frostgate::serve
