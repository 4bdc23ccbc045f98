#include "storage/evidence/bundle.h"

#include <nlohmann/json.hpp>

#include "storage/manifest/json_reader.h"
#include "storage/manifest/times.h"

namespace frostgate::storage {

namespace {

using nlohmann::json;

constexpr const char* kFormat = "frostgate evidence v1";
constexpr std::int64_t kMaxMicroseconds = std::int64_t{1} << 50;

BundleManifest read_bundle(JsonReader in) {
  BundleManifest out;
  in.word("format", {kFormat});
  JsonReader film = in.object("film");
  out.recording = film.text("recording");
  out.generation = film.number("generation", 1, 999999);
  out.film_manifest_sha256 = film.digest("manifest_sha256");
  film.array("segments", [&](JsonReader segment) {
    out.segments.push_back(segment.digest("sha256"));
    segment.nothing_else();
  });
  film.nothing_else();
  JsonReader clip = in.object("clip");
  out.from = clip.time("from");
  out.to = clip.time("to");
  out.from_session = Microseconds(clip.number("from_us", 0, kMaxMicroseconds));
  out.to_session = Microseconds(clip.number("to_us", 0, kMaxMicroseconds));
  out.size = {static_cast<int>(clip.number("width", 1, 1 << 16)), static_cast<int>(clip.number("height", 1, 1 << 16))};
  out.burned_in = clip.boolean("burned_in");
  clip.nothing_else();
  JsonReader exported = in.object("export");
  out.reason = exported.text("reason");
  out.exported_by = exported.text("by");
  out.node = exported.text("node");
  out.made = exported.time("made");
  out.approvals_json = exported.json_array("approvals");
  exported.nothing_else();
  in.array("files", [&](JsonReader file) {
    BundleFile entry;
    entry.name = file.text("name");
    entry.size = static_cast<std::uint64_t>(file.number("size", 0, std::int64_t{1} << 50));
    entry.sha256 = file.digest("sha256");
    file.nothing_else();
    out.files.push_back(std::move(entry));
  });
  in.nothing_else();
  return out;
}

}  // namespace

Result<std::string> to_json(const BundleManifest& manifest) {
  const json approvals = json::parse(manifest.approvals_json, nullptr, false);
  if (!approvals.is_array()) return Error{ErrorKind::invalid, "a bundle's approvals are a JSON array"};
  json segments = json::array(), files = json::array();
  for (const std::string& digest : manifest.segments) segments.push_back({{"sha256", digest}});
  for (const BundleFile& file : manifest.files) files.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  return json_text({{"format", kFormat},
                    {"film",
                     {{"recording", manifest.recording},
                      {"generation", manifest.generation},
                      {"manifest_sha256", manifest.film_manifest_sha256},
                      {"segments", std::move(segments)}}},
                    {"clip",
                     {{"from", utc_text(manifest.from)},
                      {"to", utc_text(manifest.to)},
                      {"from_us", manifest.from_session.count()},
                      {"to_us", manifest.to_session.count()},
                      {"width", manifest.size.width},
                      {"height", manifest.size.height},
                      {"burned_in", manifest.burned_in}}},
                    {"export",
                     {{"reason", manifest.reason},
                      {"by", manifest.exported_by},
                      {"node", manifest.node},
                      {"made", utc_text(manifest.made)},
                      {"approvals", approvals}}},
                    {"files", std::move(files)}});
}

Result<BundleManifest> parse_bundle_manifest(std::span<const std::byte> bytes) { return read_json(bytes, "the bundle's manifest", read_bundle); }

std::vector<std::string> segments_of_span(const Manifest& film, SessionTime from, SessionTime to) {
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < film.segments.size(); ++i) {
    const ManifestSegment& segment = film.segments[i];
    if (segment.kind == SegmentKind::init) continue;
    if (segment.start < to && segment.start + segment.duration > from) digests.push_back(segment.sha256);
  }
  return digests;
}

}  // namespace frostgate::storage
