#include "storage/manifest/manifest.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "storage/byte_order.h"
#include "storage/manifest/signed_text.h"
#include "storage/manifest/times.h"
#include "tests/unit/storage/memory_file_system.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

Manifest small_manifest() {
  Manifest manifest;
  manifest.recording = "20260131-235959-1a2b3c4d";
  manifest.user = "änna";
  manifest.target = "dc1";
  manifest.front = "rdp";
  manifest.back = "vnc";
  manifest.peer = "10.0.0.9";
  manifest.node = "gw1";
  manifest.started = UtcTime(std::chrono::seconds(1'764'000'000));
  manifest.ended = manifest.started + std::chrono::seconds(61);
  manifest.end_reason = "the user left";
  manifest.status = "clean";
  manifest.generation = 3;
  manifest.duration = std::chrono::seconds(61);
  manifest.size = {1920, 1080};
  for (int index = 0; index < 3; ++index) {
    ManifestSegment segment;
    segment.index = index;
    segment.kind = index == 0 ? SegmentKind::init : SegmentKind::media;
    segment.start = std::chrono::seconds(30 * index);
    segment.size = {1920, 1080};
    segment.object_key = "film/20260131-235959-1a2b3c4d/g000003/p000000/00000" + std::to_string(index) + (index ? ".media" : ".init");
    segment.sha256 = std::string(64, static_cast<char>('a' + index));
    segment.sealed_sha256 = std::string(64, static_cast<char>('0' + index));
    segment.plain_size = 1000;
    segment.sealed_size = 1080;
    manifest.segments.push_back(segment);
  }
  chain_segments(manifest.recording, manifest.generation, manifest.segments);
  manifest.policy_digest = std::string(64, 'f');
  manifest.policy_rule = "operators";
  manifest.redaction_json = R"({"masks":[],"covered":0.25})";
  manifest.made = manifest.ended + Microseconds(7);
  return manifest;
}

}  // namespace

TEST_CASE("a manifest is read as it was written, and the same one gives the same bytes") {
  const Manifest manifest = small_manifest();
  const std::string text = to_json(manifest).value();
  const Manifest read = parse_manifest(bytes_of(text)).value();
  CHECK(to_json(read).value() == text);
  CHECK(read.segments == manifest.segments);
  CHECK(read.user == manifest.user);
  CHECK(read.started == manifest.started);
  CHECK(read.made == manifest.made);
  CHECK(nlohmann::json::parse(read.redaction_json)["covered"] == 0.25);
}

TEST_CASE("segments that were left out, moved or changed break the chain") {
  Manifest manifest = small_manifest();
  const auto refused = [](const Manifest& changed) {
    const auto parsed = parse_manifest(bytes_of(to_json(changed).value()));
    return !parsed && parsed.error().kind == ErrorKind::corrupt;
  };
  SECTION("left out") { manifest.segments.erase(manifest.segments.begin() + 1); }
  SECTION("the first left out") { manifest.segments.erase(manifest.segments.begin()); }
  SECTION("moved") { std::swap(manifest.segments[1], manifest.segments[2]); }
  SECTION("twice") { manifest.segments.push_back(manifest.segments[2]); }
  SECTION("changed") { manifest.segments[0].sha256[5] = '0'; }
  SECTION("changed, sealed") { manifest.segments[2].sealed_sha256[5] = 'e'; }
  SECTION("of another generation") { manifest.generation = 4; }
  SECTION("of another recording") { manifest.recording = "other"; }
  CHECK(refused(manifest));
}

TEST_CASE("what was not written by Frostgate is no manifest") {
  const std::string text = to_json(small_manifest()).value();
  const auto refused = [](const std::string& changed) { return !parse_manifest(bytes_of(changed)); };
  for (std::size_t size = 0; size < text.size(); ++size) {
    if (!refused(text.substr(0, size))) FAIL("cut to " << size);
  }
  CHECK(refused(text + " "));
  CHECK(refused(text + text));
  CHECK(refused("[" + text + "]"));
  CHECK(refused("{\"a\":1," + text.substr(1)));
  nlohmann::json more = nlohmann::json::parse(text);
  more["film"]["extra"] = 1;
  CHECK(refused(more.dump(1) + "\n"));
  nlohmann::json less = nlohmann::json::parse(text);
  less["film"].erase("width");
  CHECK(refused(less.dump(1) + "\n"));
  nlohmann::json negative = nlohmann::json::parse(text);
  negative["film"]["segments"][1]["plain_size"] = -1;
  CHECK(refused(negative.dump(1) + "\n"));
  CHECK(refused(std::string(100000, '[')));
}

TEST_CASE("a manifest of texts that are not UTF-8, or with a report that is no JSON, is not written") {
  Manifest manifest = small_manifest();
  manifest.end_reason = "\xff";
  CHECK(to_json(manifest).error().kind == ErrorKind::invalid);
  manifest = small_manifest();
  manifest.redaction_json = "{";
  CHECK(to_json(manifest).error().kind == ErrorKind::invalid);
}

TEST_CASE("times in signed texts are exact, and no other spelling is read") {
  const UtcTime time = UtcTime(std::chrono::seconds(1'764'000'000)) + Microseconds(42);
  CHECK(utc_text(time) == "2025-11-24T16:00:00.000042Z");
  CHECK(utc_from_text(utc_text(time)) == time);
  for (const char* text : {"", "2025-11-24T16:00:00Z", "2025-11-24T24:00:00.000000Z", "2025-02-30T16:00:00.000000Z",
                           "2025-11-24T16:00:00.000042Z ", "2025-11-24T16:00:-1.000042Z", " 2025-11-24T16:00:00.00042Z"}) {
    CHECK_FALSE(utc_from_text(text));
  }
}

TEST_CASE("whichever write of a signed text fails, the text is there with its signature or not at all, and it is signed again") {
  MemoryFileSystem keys;
  REQUIRE(SigningIdentity::make(keys, "/s.crt", "/s.key", "gw", small_manifest().made));
  const SigningIdentity signer = SigningIdentity::load(keys, "/s.crt", "/s.key").value();
  const std::vector<std::string> trusted{signer.fingerprint()};
  int failed = 0;
  for (const bool dead : {false, true}) {
    for (int n = 0; n < 24; ++n) {
      INFO("operation " << n);
      MemoryFileSystem files;
      DirectoryObjectStore objects = DirectoryObjectStore::open(files, "/o").value();
      files.fail_at(n, dead);
      const bool put = put_signed(objects, signer, "head/1", "the text", small_manifest().made).has_value();
      failed += put ? 0 : 1;
      files.repair();
      files.lose_power();
      DirectoryObjectStore after = DirectoryObjectStore::open(files, "/o").value();
      const auto read = read_signed(after, "head/1", trusted);
      CHECK((read || (!put && read.error().kind == ErrorKind::not_found)));
      if (read) continue;
      // Whoever writes such a text takes another stem, or removes what is there of this one.
      CHECK(put_signed(after, signer, "head/2", "the text", small_manifest().made));
      CHECK(read_signed(after, "head/2", trusted));
    }
  }
  CHECK(failed > 12);
}
