#include <algorithm>
#include <optional>
#include <set>

#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/signature.h"
#include "storage/crypto/timestamp.h"
#include "storage/evidence/bundle.h"
#include "storage/manifest/times.h"
#include "storage/object_store.h"

namespace frostgate::storage {

namespace {

constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxSignatureBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kReadBytes = std::uint64_t{4} << 20;

Result<std::string> digest_of(FileSystem& files, const FileSystem::Path& path, std::uint64_t size) {
  Sha256 hash;
  for (std::uint64_t at = 0; at < size; at += kReadBytes) hash.add(TRY(files.read(path, at, kReadBytes)));
  return to_hex(hash.finish());
}

class Check {
 public:
  Check(FileSystem& files, const FileSystem::Path& folder, const std::string& fingerprint, const std::string& authority_pem)
      : files_(files), folder_(folder), fingerprint_(fingerprint), authority_pem_(authority_pem) {}

  BundleCheck run() {
    const auto text = read(kBundleManifest, kMaxManifestBytes);
    const auto signature = read(kBundleSignature, kMaxSignatureBytes);
    if (!text || !signature) return std::move(out_);
    if (!signed_by_the_right_one(kBundleManifest, *text, *signature)) return std::move(out_);
    const auto manifest = parse_bundle_manifest(*text);
    if (!manifest) {
      problem(manifest.error().message);
      return std::move(out_);
    }
    check_timestamp(*signature);
    check_files(manifest.value());
    check_descent(manifest.value());
    tell(manifest.value());
    return std::move(out_);
  }

 private:
  void problem(std::string sentence) { out_.problems.push_back(std::move(sentence)); }
  void note(std::string sentence) { out_.notes.push_back(std::move(sentence)); }

  std::optional<std::vector<std::byte>> read(const std::string& name, std::uint64_t limit) {
    auto bytes = files_.read_whole(folder_ / name, limit);
    if (bytes) return std::move(bytes).value();
    problem(name + (bytes.error().kind == ErrorKind::not_found ? " is missing" : " cannot be read: " + bytes.error().message));
    return std::nullopt;
  }

  bool signed_by_the_right_one(const std::string& name, std::span<const std::byte> text, std::span<const std::byte> signature) {
    const auto facts = check_signature(text, signature);
    if (!facts) {
      problem(name + ": " + facts.error().message);
      return false;
    }
    if (!fingerprint_.empty() && facts.value().fingerprint != fingerprint_) {
      problem(name + " was signed with another certificate, " + facts.value().fingerprint + " of " + facts.value().signer);
      return false;
    }
    const bool known = std::ranges::find(signers_, facts.value().fingerprint) != signers_.end();
    if (!known) signers_.push_back(facts.value().fingerprint);
    if (!known) {
      note("signed by " + facts.value().signer + ", certificate " + facts.value().fingerprint +
           (fingerprint_.empty() ? ": compare this with the fingerprint that you got by another way" : ""));
    }
    return true;
  }

  void check_timestamp(std::span<const std::byte> signature) {
    if (!files_.status(folder_ / kBundleTimestamp)) {
      // Nothing that is signed says whether there was one. Who has the authority's certificate expects it.
      if (authority_pem_.empty()) note("it has no time-stamp");
      else problem(std::string(kBundleTimestamp) + " is missing: it was taken away, or the authority gave no time-stamp when this was exported");
      return;
    }
    const auto stamp = read(kBundleTimestamp, kMaxSignatureBytes);
    if (!stamp) return;
    if (authority_pem_.empty()) return note("its time-stamp was not checked: no certificate of an authority was given");
    const auto checked = storage::check_timestamp(signature, *stamp, authority_pem_);
    if (checked) note("stamped " + utc_text(checked.value().at) + " by " + checked.value().authority);
    else problem(std::string(kBundleTimestamp) + ": " + checked.error().message);
  }

  void check_files(const BundleManifest& manifest) {
    std::set<std::string> named{kBundleManifest, kBundleSignature, kBundleTimestamp};
    for (const BundleFile& file : manifest.files) {
      if (!valid_object_key(file.name) || file.name.find('/') != std::string::npos || !named.insert(file.name).second) {
        problem("the manifest names a file that cannot be in a bundle, or twice");
        continue;
      }
      const auto status = files_.status(folder_ / file.name);
      if (!status || !status.value().regular) {
        problem(file.name + " is missing");
        continue;
      }
      if (status.value().size != file.size) {
        problem(file.name + " has " + std::to_string(status.value().size) + " bytes instead of " + std::to_string(file.size));
        continue;
      }
      const auto digest = digest_of(files_, folder_ / file.name, file.size);
      if (!digest) problem(file.name + " cannot be read: " + digest.error().message);
      else if (digest.value() != file.sha256) problem(file.name + " was changed");
    }
    const auto names = files_.list(folder_);
    if (!names) return problem("the folder cannot be listed: " + names.error().message);
    for (const std::string& name : names.value()) {
      if (!named.contains(name)) problem(name + " is not named by the manifest");
    }
    for (const char* needed : {kBundleClip, kBundleFilmManifest, kBundleFilmSignature}) {
      if (!named.contains(needed)) problem(std::string("the manifest does not name ") + needed);
    }
  }

  void check_descent(const BundleManifest& manifest) {
    const auto text = read(kBundleFilmManifest, kMaxManifestBytes);
    const auto signature = read(kBundleFilmSignature, kMaxSignatureBytes);
    if (!text || !signature) return;
    // The key may be another than today's: the bundle's signature vouches for which film it was.
    const auto facts = check_signature(*text, *signature);
    if (!facts) return problem(std::string(kBundleFilmManifest) + ": " + facts.error().message);
    if (std::ranges::find(signers_, facts.value().fingerprint) == signers_.end()) {
      note("the film was signed by " + facts.value().signer + ", certificate " + facts.value().fingerprint);
    }
    const auto film = parse_manifest(*text);
    if (!film) return problem(film.error().message);
    const Manifest& of = film.value();
    if (to_hex(Sha256::of(*text)) != manifest.film_manifest_sha256 || of.recording != manifest.recording || of.generation != manifest.generation) {
      problem("the film's manifest is of another film than the clip");
    }
    if (of.started + manifest.from_session != manifest.from || of.started + manifest.to_session != manifest.to ||
        manifest.from >= manifest.to || manifest.to_session > of.duration) {
      problem("the clip's times are not times of the film");
    }
    const auto policy = std::ranges::find(manifest.files, kBundlePolicy, &BundleFile::name);
    if (policy == manifest.files.end()) problem(std::string("the manifest does not name ") + kBundlePolicy);
    else if (policy->sha256 != of.policy_digest) problem(std::string(kBundlePolicy) + " is not the policy that governed the session");
    if (manifest.segments.empty() || segments_of_span(of, manifest.from_session, manifest.to_session) != manifest.segments) {
      problem("the clip was not made from the film's segments of its time");
    }
  }

  void tell(const BundleManifest& manifest) {
    note("clip of recording " + manifest.recording + " from " + utc_text(manifest.from) + " to " + utc_text(manifest.to));
    note("exported " + utc_text(manifest.made) + " by " + manifest.exported_by + ": " + manifest.reason);
  }

  FileSystem& files_;
  const FileSystem::Path& folder_;
  const std::string& fingerprint_;
  const std::string& authority_pem_;
  std::vector<std::string> signers_;
  BundleCheck out_;
};

}  // namespace

BundleCheck check_bundle(FileSystem& files, const FileSystem::Path& folder, const std::string& fingerprint, const std::string& authority_pem) {
  return Check(files, folder, fingerprint, authority_pem).run();
}

}  // namespace frostgate::storage
