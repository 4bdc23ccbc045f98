#include "storage/manifest/manifest.h"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "storage/byte_order.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/manifest/json_reader.h"
#include "storage/manifest/times.h"
#include "storage/vault/vault.h"

namespace frostgate::storage {

namespace {

using nlohmann::json;

constexpr const char* kFormat = "frostgate manifest v2";
constexpr const char* kFormatBefore = "frostgate manifest v1";  // without `keeping`
constexpr std::int64_t kMaxMicroseconds = std::int64_t{1} << 50;
constexpr std::int64_t kMaxBytes = std::int64_t{1} << 40;
constexpr std::size_t kMaxManifestBytes = std::size_t{256} << 20;

const char* name_of(SegmentKind kind) { return kind == SegmentKind::init ? "init" : "media"; }

json to_json(const ManifestSegment& segment) {
  return {{"part", segment.part},
          {"index", segment.index},
          {"kind", name_of(segment.kind)},
          {"start_us", segment.start.count()},
          {"duration_us", segment.duration.count()},
          {"width", segment.size.width},
          {"height", segment.size.height},
          {"frames", segment.frames},
          {"object", segment.object_key},
          {"plain_size", segment.plain_size},
          {"sha256", segment.sha256},
          {"sealed_size", segment.sealed_size},
          {"sealed_sha256", segment.sealed_sha256},
          {"chain", segment.chain}};
}

ManifestSegment read_segment(JsonReader in) {
  ManifestSegment segment;
  segment.part = static_cast<int>(in.number("part", 0, 999999));
  segment.index = static_cast<int>(in.number("index", 0, 999999));
  segment.kind = in.word("kind", {"init", "media"}) == "init" ? SegmentKind::init : SegmentKind::media;
  segment.start = Microseconds(in.number("start_us", 0, kMaxMicroseconds));
  segment.duration = Microseconds(in.number("duration_us", 0, kMaxMicroseconds));
  segment.size = {static_cast<int>(in.number("width", 1, 1 << 16)), static_cast<int>(in.number("height", 1, 1 << 16))};
  segment.frames = static_cast<std::uint32_t>(in.number("frames", 0, 1 << 30));
  segment.object_key = in.text("object");
  segment.plain_size = static_cast<std::uint64_t>(in.number("plain_size", 0, kMaxBytes));
  segment.sha256 = in.digest("sha256");
  segment.sealed_size = static_cast<std::uint64_t>(in.number("sealed_size", 0, kMaxBytes));
  segment.sealed_sha256 = in.digest("sealed_sha256");
  segment.chain = in.digest("chain");
  in.nothing_else();
  return segment;
}

Keeping read_keeping(JsonReader in) {
  Keeping out;
  out.tags = in.texts("tags");
  out.retention_class = in.text("retention_class");
  out.original = in.word("original", {"discard", "sealed"});
  in.nothing_else();
  return out;
}

Manifest read_manifest(JsonReader in) {
  Manifest out;
  if (in.word("format", {kFormat, kFormatBefore}) == kFormat) out.keeping = read_keeping(in.object("keeping"));
  JsonReader recording = in.object("recording");
  out.recording = recording.text("id");
  out.user = recording.text("user");
  out.target = recording.text("target");
  out.front = recording.word("front", {"rdp", "vnc", "browser"});
  out.back = recording.word("back", {"rdp", "vnc"});
  out.peer = recording.text("peer");
  out.node = recording.text("node");
  out.started = recording.time("started");
  out.ended = recording.time("ended");
  out.end_reason = recording.text("end_reason");
  out.interrupted = recording.boolean("interrupted");
  out.status = recording.word("status", {"clean", "degraded"});
  recording.nothing_else();
  JsonReader film = in.object("film");
  out.generation = film.number("generation", 1, 999999);
  out.duration = Microseconds(film.number("duration_us", 0, kMaxMicroseconds));
  out.size = {static_cast<int>(film.number("width", 1, 1 << 16)), static_cast<int>(film.number("height", 1, 1 << 16))};
  film.array("segments", [&](JsonReader segment) { out.segments.push_back(read_segment(std::move(segment))); });
  film.nothing_else();
  JsonReader policy = in.object("policy");
  out.policy_digest = policy.digest("sha256");
  out.policy_rule = policy.text("rule");
  policy.nothing_else();
  out.redaction_json = in.json_object("redaction");
  out.approvals_json = in.json_array("approvals");
  out.made = in.time("made");
  in.nothing_else();
  return out;
}

}  // namespace

void chain_segments(const std::string& recording, std::int64_t generation, std::vector<ManifestSegment>& segments) {
  std::string before = to_hex(
      Sha256::of(bytes_of("frostgate film v1/" + recording + "/" + std::to_string(generation))));
  for (ManifestSegment& segment : segments) {
    segment.chain = to_hex(Sha256::of(bytes_of(before + segment.sha256 + segment.sealed_sha256)));
    before = segment.chain;
  }
}

Result<std::string> to_json(const Manifest& manifest) {
  const json redaction = json::parse(manifest.redaction_json, nullptr, false);
  const json approvals = json::parse(manifest.approvals_json, nullptr, false);
  if (!redaction.is_object() || !approvals.is_array()) {
    return Error{ErrorKind::invalid, "a manifest's report is a JSON object and its approvals are an array"};
  }
  json segments = json::array();
  for (const ManifestSegment& segment : manifest.segments) segments.push_back(to_json(segment));
  json body{{"format", manifest.keeping ? kFormat : kFormatBefore},
                  {"recording",
                   {{"id", manifest.recording},
                    {"user", manifest.user},
                    {"target", manifest.target},
                    {"front", manifest.front},
                    {"back", manifest.back},
                    {"peer", manifest.peer},
                    {"node", manifest.node},
                    {"started", utc_text(manifest.started)},
                    {"ended", utc_text(manifest.ended)},
                    {"end_reason", manifest.end_reason},
                    {"interrupted", manifest.interrupted},
                    {"status", manifest.status}}},
                  {"film",
                   {{"generation", manifest.generation},
                    {"duration_us", manifest.duration.count()},
                    {"width", manifest.size.width},
                    {"height", manifest.size.height},
                    {"segments", std::move(segments)}}},
                  {"policy", {{"sha256", manifest.policy_digest}, {"rule", manifest.policy_rule}}},
                  {"redaction", redaction},
                  {"approvals", approvals},
                  {"made", utc_text(manifest.made)}};
  if (manifest.keeping) {
    body["keeping"] = {{"tags", manifest.keeping->tags}, {"retention_class", manifest.keeping->retention_class}, {"original", manifest.keeping->original}};
  }
  return json_text(body);
}

Result<Manifest> parse_manifest(std::span<const std::byte> bytes) {
  if (bytes.size() > kMaxManifestBytes) return Error{ErrorKind::corrupt, "the manifest is too large to be one"};
  Manifest manifest = TRY(read_json(bytes, "the manifest", read_manifest));
  std::vector<ManifestSegment> chained = manifest.segments;
  chain_segments(manifest.recording, manifest.generation, chained);
  if (chained != manifest.segments) return Error{ErrorKind::corrupt, "the manifest's chain of segments is broken"};
  return manifest;
}

Result<ManifestKeys> manifest_keys(const std::string& recording, std::int64_t generation) {
  if (!valid_recording(recording)) return Error{ErrorKind::invalid, "not a recording's name"};
  if (generation < 1 || generation > 999999) return Error{ErrorKind::invalid, "a film's generation out of range"};
  char name[32];
  std::snprintf(name, sizeof name, "/g%06d", static_cast<int>(generation));
  const std::string stem = "manifest/" + recording + name;
  return ManifestKeys{stem + ".json", stem + ".p7s", stem + ".tsr"};
}

}  // namespace frostgate::storage
