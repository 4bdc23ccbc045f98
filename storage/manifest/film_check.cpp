#include "storage/manifest/film_check.h"

#include <set>

#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/vault/vault.h"

namespace frostgate::storage {

namespace {

std::string problem_of(ObjectStore& objects, const std::string& recording, const ManifestSegment& segment, const Secret* film_key) {
  const std::string& key = segment.object_key;
  if (!key.starts_with("film/" + recording + "/") || !valid_object_key(key)) {
    return "the manifest names \"" + key + "\", which is no place for this film";
  }
  const Result<std::uint64_t> size = objects.size(key);
  if (!size) return key + (size.error().kind == ErrorKind::not_found ? " is missing" : " cannot be read: " + size.error().message);
  if (size.value() != segment.sealed_size) {
    return key + " has " + std::to_string(size.value()) + " bytes instead of " + std::to_string(segment.sealed_size);
  }
  const auto sealed = objects.read(key, 0, segment.sealed_size);
  if (!sealed) return key + " cannot be read: " + sealed.error().message;
  if (to_hex(Sha256::of(sealed.value())) != segment.sealed_sha256) return key + " was changed";
  if (!film_key) return "";
  const auto plain = Vault(objects).read(key, *film_key);
  if (!plain) return key + " does not open with the film's key: " + plain.error().message;
  if (plain.value().size() != segment.plain_size || to_hex(Sha256::of(plain.value())) != segment.sha256) {
    return key + " holds another piece of film than was published";
  }
  return "";
}

}  // namespace

std::vector<std::string> check_segments(ObjectStore& objects, const Manifest& manifest, const Secret* film_key) {
  if (!valid_recording(manifest.recording)) return {"the manifest names no recording"};
  std::vector<std::string> problems;
  for (const ManifestSegment& segment : manifest.segments) {
    std::string problem = problem_of(objects, manifest.recording, segment, film_key);
    if (!problem.empty()) problems.push_back(std::move(problem));
  }
  return problems;
}

std::vector<std::string> check_film(ObjectStore& objects, const Manifest& manifest, const Secret* film_key) {
  std::vector<std::string> problems = check_segments(objects, manifest, film_key);
  if (!valid_recording(manifest.recording)) return problems;
  std::set<std::string> named;
  for (const ManifestSegment& segment : manifest.segments) named.insert(segment.object_key);
  const auto there = objects.list("film/" + manifest.recording);
  if (!there) problems.push_back("the film's objects cannot be listed: " + there.error().message);
  else {
    for (const std::string& key : there.value()) {
      if (!named.contains(key)) problems.push_back(key + " belongs to no published film");
    }
  }
  return problems;
}

}  // namespace frostgate::storage
