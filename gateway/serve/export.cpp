#include "gateway/serve/export.h"

#include "gateway/base/log.h"
#include "gateway/crypto/timestamp_authority.h"
#include "gateway/evidence/approval_list.h"
#include "gateway/evidence/film_manifest.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/quarantine.h"
#include "storage/byte_order.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/policies.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/timestamp.h"
#include "storage/evidence/bundle.h"
#include "storage/manifest/manifest.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{256} << 20;
constexpr std::size_t kMaxFiles = 64;
constexpr auto kExportPatience = std::chrono::seconds(15);

std::string digest_of(std::span<const std::byte> bytes) { return storage::to_hex(storage::Sha256::of(bytes)); }

// As they were published: the catalog has their digests.
struct FilmManifest {
  std::vector<std::byte> text, signature;
};

Result<FilmManifest> film_manifest(Core& core, const catalog::Recording& recording) {
  const catalog::ManifestRow row = TRY(catalog::Manifests(*core.catalog).find(recording.id));
  const std::string stem = TRY(evidence::manifest_stem(recording.id, row.generation));
  FilmManifest out;
  out.text = TRY(core.objects->read(stem + ".json", 0, kMaxManifestBytes));
  out.signature = TRY(core.objects->read(stem + ".p7s", 0, kMaxManifestBytes));
  if (row.generation != recording.generation || digest_of(out.text) != row.sha256 || digest_of(out.signature) != row.signature_sha256) {
    return Error{ErrorKind::corrupt, "the film's manifest is not the one that was published; see frostgate verify " + recording.id};
  }
  return out;
}

Result<std::vector<storage::BundleFile>> files_of(const ipc::Message& request) {
  const Error bad{ErrorKind::invalid, "member \"files\" must be an array of name, size and sha256"};
  const auto rows = request.body.find("files");
  if (rows == request.body.end() || !rows->is_array() || rows->size() > kMaxFiles) return bad;
  std::vector<storage::BundleFile> files;
  for (const json& row : *rows) {
    if (!row.is_object() || !row.contains("name") || !row["name"].is_string() || !row.contains("sha256") || !row["sha256"].is_string() ||
        !row.contains("size") || !row["size"].is_number_unsigned()) {
      return bad;
    }
    files.push_back({row["name"].get<std::string>(), row["size"].get<std::uint64_t>(), row["sha256"].get<std::string>()});
  }
  return files;
}

Result<storage::BundleManifest> bundle_of(Core& core, const ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64));
  const catalog::Recording recording = TRY(released(core, id));
  const FilmManifest film = TRY(film_manifest(core, recording));
  const storage::Manifest manifest = TRY(storage::parse_manifest(film.text));
  storage::BundleManifest out;
  out.recording = id;
  out.generation = TRY(request.number("generation", 1, 999999));
  if (out.generation != recording.generation) return Error{ErrorKind::not_found, "another film of " + id + " is shown by now"};
  out.film_manifest_sha256 = digest_of(film.text);
  out.from_session = Microseconds(TRY(request.number("from_us", 0, manifest.duration.count())));
  out.to_session = Microseconds(TRY(request.number("to_us", out.from_session.count() + 1, manifest.duration.count())));
  out.from = recording.started + out.from_session;
  out.to = recording.started + out.to_session;
  out.size = {static_cast<int>(TRY(request.number("width", 1, kMaxScreenSide))), static_cast<int>(TRY(request.number("height", 1, kMaxScreenSide)))};
  out.burned_in = TRY(request.number("burned_in", 0, 1)) == 1;
  out.segments = storage::segments_of_span(manifest, out.from_session, out.to_session);
  out.reason = TRY(request.text("reason", 1024));
  out.exported_by = TRY(request.text("by", 512));
  if (out.reason.empty() || out.exported_by.empty()) return Error{ErrorKind::invalid, "an export needs a reason, and who asks for it"};
  out.node = core.node;
  out.made = now;
  out.files = TRY(files_of(request));
  return out;
}

// A clip begins and ends with pictures, so its span is not to the microsecond the one that somebody agreed to.
Result<FilmSpan> span_asked_for(const ipc::Message& request, const storage::BundleManifest& bundle) {
  if (!request.body.contains("span_from_us")) return FilmSpan{bundle.from_session, bundle.to_session};
  constexpr std::int64_t kMax = std::int64_t{1} << 50;
  const std::int64_t from = TRY(request.number("span_from_us", 0, kMax)), to = TRY(request.number("span_to_us", 0, kMax));
  return FilmSpan{SessionTime(from), SessionTime(to)};
}

// Empty when there is no authority, or none that answers: the bundle is signed all the same.
std::vector<std::byte> stamped(Core& core, const std::string& id, std::span<const std::byte> signature) {
  const config::EvidenceSettings& settings = core.config.evidence;
  if (settings.timestamp_url.empty()) return {};
  const auto stamp = [&]() -> Result<std::vector<std::byte>> {
    const auto pem = TRY(storage::real_file_system().read_whole(settings.timestamp_certificates, 1 << 20));
    const auto request = TRY(storage::timestamp_request(signature));
    std::vector<std::byte> response = TRY(crypto::ask_timestamp_authority(settings.timestamp_url, request, kExportPatience));
    TRY(storage::check_timestamp(signature, response, {reinterpret_cast<const char*>(pem.data()), pem.size()}, request));
    return response;
  };
  Result<std::vector<std::byte>> response = stamp();
  if (response) return std::move(response).value();
  log::warning(id, "the bundle has no time-stamp: {}", response.error().message);
  return {};
}

}  // namespace

Result<AdminReply> export_begin(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  const catalog::Recording recording = TRY(released(core, id));
  const FilmGate gate = TRY(film_gate(core, recording, policy::GateKind::export_film));
  // Whether somebody has to agree is asked when it is signed: until then nothing has left.
  if (!gate.gate.allow) return Error{ErrorKind::denied, "the policy does not allow exports of this recording (rule \"" + gate.rule + "\")"};
  const FilmManifest film = TRY(film_manifest(core, recording));
  const catalog::Policy policy = TRY(catalog::Policies(*core.catalog).find(recording.policy_digest));
  const std::string by = TRY(request.text("by", 512));
  AdminReply out;
  out.body = {{"id", id}, {"by", by}, {"generation", recording.generation}, {"started_us", recording.started.time_since_epoch().count()},
              {"user", recording.user}, {"target", recording.target}, {"status", catalog::to_string(recording.status)},
              {"rule", recording.rule}, {"policy_digest", recording.policy_digest}, {"node", core.node},
              {"fingerprint", core.signer->fingerprint()}};
  out.descriptors.push_back(TRY(ipc::to_memory_file(film.text)));
  out.descriptors.push_back(TRY(ipc::to_memory_file(film.signature)));
  out.descriptors.push_back(TRY(ipc::to_memory_file(storage::bytes_of(core.signer->certificate_pem()))));
  out.descriptors.push_back(TRY(ipc::to_memory_file(storage::bytes_of(policy.text))));
  return out;
}

Result<AdminReply> export_sign(Core& core, ipc::Message& request, UtcTime now) {
  storage::BundleManifest bundle = TRY(bundle_of(core, request, now));
  const catalog::Recording recording = TRY(catalog::Recordings(*core.catalog).find(bundle.recording));
  const FilmSpan span = TRY(span_asked_for(request, bundle));
  const auto approval = TRY(pass_film_gate(core, recording, policy::GateKind::export_film, bundle.exported_by, {bundle.reason, {}}, span, "export", now));
  if (approval) bundle.approvals_json = evidence::approvals_json({approval->request()});
  const std::string text = TRY(storage::to_json(bundle));
  // What would not be understood later must not be signed now.
  TRY(storage::parse_bundle_manifest(storage::bytes_of(text)));
  const std::vector<std::byte> signature = TRY(core.signer->sign(storage::bytes_of(text), now));
  const std::vector<std::byte> stamp = stamped(core, bundle.recording, signature);
  log::info(bundle.recording, "exported from {} to {} by {}: {}", to_text(bundle.from), to_text(bundle.to), bundle.exported_by, bundle.reason);
  AdminReply out;
  out.body = {{"stamped", !stamp.empty()}};
  out.descriptors.push_back(TRY(ipc::to_memory_file(storage::bytes_of(text))));
  out.descriptors.push_back(TRY(ipc::to_memory_file(signature)));
  if (!stamp.empty()) out.descriptors.push_back(TRY(ipc::to_memory_file(stamp)));
  return out;
}

}  // namespace frostgate::serve
