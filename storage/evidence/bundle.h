// An evidence bundle: a folder with a clip, what it comes from, and a signed manifest of it all, that a stranger can check with stock tools.
// Format: storage/FORMAT.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/file_system.h"
#include "storage/manifest/manifest.h"

namespace frostgate::storage {

// Names of a bundle's files.
inline constexpr const char* kBundleManifest = "manifest.json";
inline constexpr const char* kBundleSignature = "manifest.json.p7s";
inline constexpr const char* kBundleTimestamp = "manifest.json.tsr";
inline constexpr const char* kBundleClip = "clip.mp4";
inline constexpr const char* kBundleFilmManifest = "film.json";
inline constexpr const char* kBundleFilmSignature = "film.json.p7s";
inline constexpr const char* kBundlePolicy = "policy.yaml";

struct BundleFile {
  std::string name;  // [A-Za-z0-9._-], not beginning with '.'
  std::uint64_t size = 0;
  std::string sha256;
};

struct BundleManifest {
  std::string recording;
  std::int64_t generation = 0;
  std::string film_manifest_sha256;
  UtcTime from, to;                        // what the clip shows, on the clock of the recording
  SessionTime from_session{}, to_session{};
  Size size;
  bool burned_in = false;                  // whether time and id are drawn into the pictures
  std::vector<std::string> segments;       // SHA-256 of the film's plain segments the clip was made from, in the film manifest's order
  std::string reason, exported_by, node;
  std::string approvals_json = "[]";
  UtcTime made;
  std::vector<BundleFile> files;           // all but the manifest, its signature and its time-stamp
};

Result<std::string> to_json(const BundleManifest& manifest);
Result<BundleManifest> parse_bundle_manifest(std::span<const std::byte> json);

// The digests of the segments of a film that a span of it is made from.
std::vector<std::string> segments_of_span(const Manifest& film, SessionTime from, SessionTime to);

struct BundleCheck {
  std::vector<std::string> problems;  // a sentence each
  std::vector<std::string> notes;     // what holds, and what was not checked
};

// `fingerprint` of the certificate that must have signed; empty: any, which is then noted. `authority_pem` vouches for a time-stamp, which there must be then;
// empty: not checked, which is noted.
BundleCheck check_bundle(FileSystem& files, const FileSystem::Path& folder, const std::string& fingerprint, const std::string& authority_pem);

}  // namespace frostgate::storage
