// What a film consists of and what governed it, in one JSON text that is signed when the film is published. Format: storage/FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/base/time.h"

namespace frostgate::storage {

struct ManifestSegment {
  int part = 0;
  int index = 0;
  SegmentKind kind = SegmentKind::media;
  SessionTime start{};
  Microseconds duration{};
  Size size;
  std::uint32_t frames = 0;
  std::string object_key;
  std::uint64_t plain_size = 0;
  std::string sha256;         // of the plain segment; digests are 64 lower-case hex digits
  std::uint64_t sealed_size = 0;
  std::string sealed_sha256;  // of the object: checked without a key
  std::string chain;          // see chain_segments

  bool operator==(const ManifestSegment&) const = default;
};

// What retention goes by, and what becomes of the journal.
struct Keeping {
  std::map<std::string, std::string> tags;  // the target's, when the session began
  std::string retention_class;              // empty: none was named
  std::string original;                     // discard or sealed
};

struct Manifest {
  std::string recording;
  std::string user, target;
  std::string front, back;  // protocols: rdp or vnc
  std::string peer, node;
  UtcTime started, ended;
  std::string end_reason;
  bool interrupted = false;
  std::string status;       // of the redaction: clean or degraded
  std::int64_t generation = 1;
  Microseconds duration{};  // of the film
  Size size;                // the largest width and height of its parts
  std::vector<ManifestSegment> segments;
  std::string policy_digest;  // SHA-256 of the policy's text
  std::string policy_rule;
  std::optional<Keeping> keeping;     // nothing: a manifest v1, which does not say
  std::string redaction_json = "{}";  // the redaction report: a JSON object
  std::string approvals_json = "[]";  // who approved what, when, why: a JSON array
  UtcTime made;
};

// Each segment's `chain` from those before it, in this order: no segment can be left out, added or moved without all later ones changing.
void chain_segments(const std::string& recording, std::int64_t generation, std::vector<ManifestSegment>& segments);

// The same manifest gives the same bytes. `invalid` when a text is not UTF-8, or the report or the approvals are no JSON.
Result<std::string> to_json(const Manifest& manifest);
// `corrupt`, with what is wrong, for anything that to_json does not write, and for a chain that does not fit.
Result<Manifest> parse_manifest(std::span<const std::byte> json);

// Objects that belong to a generation's manifest: manifest/RECORDING/gGGGGGG.json, .p7s, .tsr.
struct ManifestKeys {
  std::string manifest, signature, timestamp;
};
Result<ManifestKeys> manifest_keys(const std::string& recording, std::int64_t generation);

}  // namespace frostgate::storage
