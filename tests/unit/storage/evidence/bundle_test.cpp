#include "storage/evidence/bundle.h"

#include <catch2/catch.hpp>
#include <iostream>

#include "storage/byte_order.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/signature.h"
#include "storage/crypto/timestamp.h"
#include "tests/unit/storage/memory_file_system.h"
#include "tests/unit/storage/timestamp_authority.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

constexpr UtcTime kMade{std::chrono::seconds(1'764'000'000)};

std::string digest(std::string_view text) { return to_hex(Sha256::of(bytes_of(text))); }

// A bundle of a clip from the second of three segments, on a disk in memory.
class Bundle {
 public:
  Bundle() {
    REQUIRE(files.make_directories("/bundle"));
    REQUIRE(SigningIdentity::make(files, "/signing.crt", "/signing.key", "test", kMade));
    signer.emplace(SigningIdentity::load(files, "/signing.crt", "/signing.key").value());
    film.recording = "r1";
    film.front = film.back = "rdp";
    film.started = kMade;
    film.ended = kMade + std::chrono::seconds(90);
    film.status = "clean";
    film.generation = 2;
    film.duration = std::chrono::seconds(90);
    film.size = {64, 48};
    film.policy_digest = digest("policy");
    film.made = film.ended;
    for (int i = 0; i < 4; ++i) {
      ManifestSegment segment;
      segment.index = i;
      segment.kind = i == 0 ? SegmentKind::init : SegmentKind::media;
      segment.start = std::chrono::seconds(i == 0 ? 0 : 30 * (i - 1));
      segment.duration = std::chrono::seconds(i == 0 ? 0 : 30);
      segment.size = {64, 48};
      segment.sha256 = digest("segment " + std::to_string(i));
      segment.sealed_sha256 = digest("sealed " + std::to_string(i));
      film.segments.push_back(segment);
    }
    chain_segments(film.recording, film.generation, film.segments);
    clip.recording = "r1";
    clip.generation = 2;
    clip.from_session = std::chrono::seconds(35);
    clip.to_session = std::chrono::seconds(50);
    clip.from = kMade + clip.from_session;
    clip.to = kMade + clip.to_session;
    clip.size = {64, 48};
    clip.segments = segments_of_span(film, clip.from_session, clip.to_session);
    clip.reason = "ticket 4711";
    clip.exported_by = "carla";
    clip.made = kMade;
  }

  // Writes the folder as `film` and `clip` say.
  void write() {
    const std::string text = to_json(film).value();
    put(kBundleFilmManifest, bytes_of(text));
    put(kBundleFilmSignature, signer->sign(bytes_of(text), kMade).value());
    put(kBundleClip, bytes_of("the pictures"));
    if (!policy.empty()) put(kBundlePolicy, bytes_of(policy));
    clip.film_manifest_sha256 = digest(text);
    const std::string manifest = to_json(clip).value();
    create(kBundleManifest, bytes_of(manifest));
    create(kBundleSignature, signer->sign(bytes_of(manifest), kMade).value());
  }

  std::vector<std::string> problems(const std::string& fingerprint = "", const std::string& authority = "") {
    return check_bundle(files, "/bundle", fingerprint, authority).problems;
  }
  std::vector<std::byte>& contents(const std::string& name) { return files.contents("/bundle/" + name); }
  void create(const std::string& name, std::span<const std::byte> bytes) { REQUIRE(files.create("/bundle/" + name).value()->append(bytes)); }

  MemoryFileSystem files;
  std::optional<SigningIdentity> signer;
  Manifest film;
  BundleManifest clip;
  std::string policy = "policy";

 private:
  void put(const std::string& name, std::span<const std::byte> bytes) {
    create(name, bytes);
    clip.files.push_back({name, bytes.size(), to_hex(Sha256::of(bytes))});
  }
};

}  // namespace

TEST_CASE("a bundle holds as it was made, and tells what it is") {
  Bundle bundle;
  bundle.write();
  CHECK(bundle.problems().empty());
  CHECK(bundle.problems(bundle.signer->fingerprint()).empty());
  const BundleCheck check = check_bundle(bundle.files, "/bundle", "", "");
  std::string notes;
  for (const std::string& note : check.notes) notes += note + "\n";
  CHECK_THAT(notes, Catch::Contains(bundle.signer->fingerprint()) && Catch::Contains("ticket 4711") &&
                        Catch::Contains("2025-11-24T16:00:35.000000Z") && Catch::Contains("no time-stamp"));
}

TEST_CASE("every byte of a bundle that is changed is seen") {
  Bundle bundle;
  bundle.write();
  const std::string fingerprint = bundle.signer->fingerprint();
  int changes = 0;
  const auto names = bundle.files.list("/bundle").value();
  for (const std::string& name : names) {
    for (std::byte& byte : bundle.contents(name)) {
      const std::byte before = byte;
      byte ^= static_cast<std::byte>(1 << changes++ % 8);
      if (bundle.problems(fingerprint).empty()) FAIL("a change of " << name << " is not seen");
      byte = before;
    }
  }
  CHECK(bundle.problems(fingerprint).empty());
  std::cout << changes << " of " << changes << " changed bytes of a bundle were seen\n";
}

TEST_CASE("files that are cut, gone or added are seen") {
  Bundle bundle;
  bundle.write();
  const auto names = bundle.files.list("/bundle").value();
  const std::string name = GENERATE_COPY(from_range(names));
  SECTION("cut") { bundle.contents(name).pop_back(); }
  SECTION("gone") { REQUIRE(bundle.files.remove("/bundle/" + name)); }
  SECTION("added") { bundle.create("another-" + name, bytes_of("x")); }
  CHECK_FALSE(bundle.problems().empty());
}

TEST_CASE("a clip that says to come from another film, or from another time of it, is seen") {
  Bundle bundle;
  SECTION("other segments") { bundle.clip.segments = {digest("segment 1")}; }
  SECTION("no segments") { bundle.clip.segments.clear(); }
  SECTION("another recording") { bundle.clip.recording = "r2"; }
  SECTION("another generation") { bundle.clip.generation = 1; }
  SECTION("another hour") { bundle.clip.from += std::chrono::hours(1), bundle.clip.to += std::chrono::hours(1); }
  SECTION("longer than the film") { bundle.clip.to_session = std::chrono::seconds(100), bundle.clip.to = kMade + bundle.clip.to_session; }
  SECTION("a film whose chain is broken") { bundle.film.segments[2].chain = digest("x"); }
  bundle.write();
  CHECK_FALSE(bundle.problems().empty());
}

TEST_CASE("a bundle without the policy that governed the session, or with another one, is seen") {
  Bundle bundle;
  SECTION("another") {
    bundle.policy = "allow everything";
    bundle.write();
    CHECK(bundle.problems() == std::vector<std::string>{"policy.yaml is not the policy that governed the session"});
  }
  SECTION("none") {
    bundle.policy = "";
    bundle.write();
    CHECK(bundle.problems() == std::vector<std::string>{"the manifest does not name policy.yaml"});
  }
}

TEST_CASE("a bundle that somebody else signed is refused when the fingerprint is known") {
  Bundle bundle;
  bundle.write();
  CHECK_FALSE(bundle.problems(std::string(64, '0')).empty());
}

TEST_CASE("a bundle's manifest that names a file outside its folder is refused") {
  Bundle bundle;
  const std::string name = GENERATE(as<std::string>(), "../signing.key", "/signing.key", ".hidden", "", "a/b");
  bundle.clip.files.push_back({name, 1, digest("x")});
  bundle.write();
  CHECK_FALSE(bundle.problems().empty());
}

TEST_CASE("a bundle's time-stamp is checked against its authority") {
  Bundle bundle;
  bundle.write();
  TimestampAuthority authority, other;
  bundle.create(kBundleTimestamp, authority.answer(timestamp_request(bundle.contents(kBundleSignature)).value()));
  CHECK(bundle.problems().empty());
  CHECK(bundle.problems("", authority.certificate).empty());
  CHECK_FALSE(bundle.problems("", other.certificate).empty());
  bundle.contents(kBundleTimestamp).pop_back();
  CHECK_FALSE(bundle.problems("", authority.certificate).empty());
  REQUIRE(bundle.files.remove(std::string("/bundle/") + kBundleTimestamp));
  CHECK(bundle.problems().empty());
  CHECK_FALSE(bundle.problems("", authority.certificate).empty());
}
