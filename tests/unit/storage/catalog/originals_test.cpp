#include "storage/catalog/originals.h"

#include <algorithm>
#include <functional>

#include "storage/catalog/columns.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/ledger.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

namespace {

const std::string kSomeDigest(64, 'd');

std::vector<std::byte> patterned(int seed, std::size_t size) {
  std::vector<std::byte> out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>((i * 131 + static_cast<std::size_t>(seed) * 7919 + i * i * 17) >> 3);
  return out;
}

SealedOriginal original_of(const std::string& recording) {
  SealedOriginal out{recording, at(5), 2, kSomeDigest, {}};
  for (int i = 0; i < 3; ++i) out.shares.push_back({"CN=custodian " + std::to_string(i), std::string(64, static_cast<char>('a' + i)), patterned(50 + i, 900)});
  return out;
}

}  // namespace

TEST_CASE_METHOD(CatalogFixture, "an original is sealed as its journal's key goes, and the ledger says so") {
  Recording recording = recording_named("r1");
  recording.status = RecordingStatus::clean;
  REQUIRE(Recordings(*catalog).create(recording));
  const auto wrapped = patterned(1, 60);
  REQUIRE(Keys(*catalog).add("r1", KeyKind::journal, wrapped, at(0)));
  Originals originals(*catalog);
  CHECK(kind_of(originals.find("r1")) == ErrorKind::not_found);
  CHECK(kind_of(originals.finished("r1")) == ErrorKind::not_found);
  REQUIRE(originals.seal(original_of("r1")));
  CHECK(originals.find("r1").value() == original_of("r1"));
  CHECK(originals.finished("r1").value());
  CHECK(kind_of(Keys(*catalog).find("r1", KeyKind::journal)) == ErrorKind::not_found);
  CHECK(bytes_on_disk().find(hex(wrapped).substr(40, 32)) == std::string::npos);
  CHECK(kind_of(originals.seal(original_of("r1"))) == ErrorKind::exists);
  const LedgerEntry last = Ledger(*catalog).last().value();
  CHECK(last.subject == "r1");
  CHECK(last.details == "{\"custodians\":3,\"destroyed\":\"journal\",\"journal_sha256\":\"" + kSomeDigest + "\",\"original_sha256\":\"" + original_sha256(original_of("r1")) + "\",\"threshold\":2}");
  for (const auto& change : std::vector<std::function<void(SealedOriginal&)>>{
           [](SealedOriginal& one) { one.threshold = 1; }, [](SealedOriginal& one) { one.shares.pop_back(); }, [](SealedOriginal& one) { one.shares[1].subject += "x"; },
           [](SealedOriginal& one) { one.shares[1].fingerprint[0] = 'f'; }, [](SealedOriginal& one) { one.shares[2].enclosed[0] ^= std::byte{1}; },
           [](SealedOriginal& one) { std::swap(one.shares[0], one.shares[1]); }}) {
    SealedOriginal other = original_of("r1");
    change(other);
    CHECK(original_sha256(other) != original_sha256(original_of("r1")));
  }
}

TEST_CASE_METHOD(CatalogFixture, "nothing is sealed without a key, with too few shares, or with a share that is none; the key then stays") {
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  Originals originals(*catalog);
  CHECK(kind_of(originals.seal(original_of("r1"))) == ErrorKind::not_found);
  REQUIRE(Keys(*catalog).add("r1", KeyKind::journal, patterned(1, 60), at(0)));
  SealedOriginal bad = original_of("r1");
  SECTION("too few") { bad.threshold = 4; }
  SECTION("none needed") { bad.threshold = 0; }
  SECTION("an empty share") { bad.shares[2].enclosed.clear(); }
  SECTION("no digest") { bad.journal_sha256.clear(); }
  CHECK(kind_of(originals.seal(bad)) == ErrorKind::invalid);
  CHECK(Keys(*catalog).find("r1", KeyKind::journal));
  CHECK(kind_of(originals.find("r1")) == ErrorKind::not_found);
}

TEST_CASE_METHOD(CatalogFixture, "a deleted recording leaves no byte of its custodians' shares, and a hold keeps them") {
  for (const std::string id : {"r1", "r2", "r3"}) {
    Recording recording = recording_named(id);
    recording.status = RecordingStatus::clean;
    REQUIRE(Recordings(*catalog).create(recording));
    REQUIRE(Keys(*catalog).add(id, KeyKind::journal, patterned(1, 60), at(0)));
    SealedOriginal original = original_of(id);
    for (CustodianShare& share : original.shares) share.enclosed = patterned(id[1] * 100 + share.subject.back(), 900);
    REQUIRE(Originals(*catalog).seal(original));
  }
  REQUIRE(Deletions(*catalog).hold({"r2", "a case", "anna", at(6)}));
  const Tombstone held{"r2", at(7), "tombstone/r2/7", kSomeDigest, ""};
  CHECK(kind_of(Deletions(*catalog).remove(held)) == ErrorKind::denied);
  CHECK(Originals(*catalog).find("r2"));
  const auto shares = Originals(*catalog).find("r1").value().shares;
  REQUIRE(Deletions(*catalog).remove({"r1", at(7), "tombstone/r1/7", kSomeDigest, ""}));
  CHECK(kind_of(Originals(*catalog).find("r1")) == ErrorKind::not_found);
  CHECK(Originals(*catalog).find("r3"));
  const std::string disk = bytes_on_disk();
  for (const CustodianShare& share : shares) {
    const std::string text = hex(share.enclosed);
    for (std::size_t place = 0; place + 32 <= text.size(); place += 16) {
      if (disk.find(text.substr(place, 32)) != std::string::npos) FAIL("a piece of a share is left");
    }
  }
}
