#include "gateway/evidence/verification.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "gateway/evidence/film_manifest.h"
#include "gateway/evidence/keys.h"
#include "gateway/evidence/ledger_head.h"
#include "storage/byte_order.h"
#include "storage/catalog/database.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/segments.h"
#include "storage/catalog/visible_text.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"
#include "storage/crypto/signature.h"
#include "storage/journal/journal_writer.h"
#include "storage/manifest/signed_text.h"
#include "storage/vault/vault.h"
#include "tests/unit/storage/memory_file_system.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::evidence;

namespace {

constexpr UtcTime kNow{std::chrono::seconds(1'764'000'000)};
constexpr const char* kPolicy = "rules: []\n";

// A vault on a disk in memory and a catalog on a real one, with two published recordings, r1 and r2, and a signed head.
class Evidence {
 public:
  Evidence()
      : catalog(catalog::Catalog::open({folder_.path() / "catalog.sqlite", 2}).value()),
        objects(storage::DirectoryObjectStore::open(files, "/vault").value()),
        kek(storage::KeyEncryptionKey::load_or_create(files, "/kek").value()),
        signer([&] {
          REQUIRE(storage::SigningIdentity::make(files, "/signing.crt", "/signing.key", "test", kNow));
          return storage::SigningIdentity::load(files, "/signing.crt", "/signing.key").value();
        }()),
        holdings{*catalog, objects, &kek, {signer.fingerprint()}, ""} {
    REQUIRE(catalog::Policies(*catalog).keep(policy_digest(), kPolicy, kNow));
    record("r1");
    record("r2");
    publish("r1", 1, "first");
    publish("r2", 1, "second");
    REQUIRE(sign_head(*catalog, objects, signer, "gw1", kNow));
  }

  static std::string policy_digest() { return storage::to_hex(storage::Sha256::of(storage::bytes_of(kPolicy))); }

  void record(const std::string& id) {
    catalog::Recording row;
    row.id = id;
    row.user = "anna";
    row.target = "dc1";
    row.peer = "10.0.0.9";
    row.node = "gw1";
    row.rule = "operators";
    row.policy_digest = policy_digest();
    row.started = kNow;
    row.tags = {{"environment", "production"}};
    row.retention_class = "ten";
    REQUIRE(catalog::Recordings(*catalog).create(row));
    const Secret key = storage::new_data_key().value();
    REQUIRE(catalog::Keys(*catalog).add(id, catalog::KeyKind::film, kek.wrap(key, key_context(id, "film")).value(), kNow));
  }

  Secret film_key(const std::string& id) {
    const auto wrapped = catalog::Keys(*catalog).find(id, catalog::KeyKind::film).value();
    return kek.unwrap(wrapped, key_context(id, "film")).value();
  }

  void publish(const std::string& id, int generation, const std::string& content) {
    catalog::Segments segments(*catalog);
    storage::Vault vault(objects);
    const Secret key = film_key(id);
    for (int index = 0; index < 3; ++index) {
      Segment segment;
      segment.kind = index == 0 ? SegmentKind::init : SegmentKind::media;
      segment.index = index;
      for (const char c : content + std::to_string(index)) segment.bytes.push_back(static_cast<std::byte>(c));
      const storage::Receipt receipt = vault.put({id, generation, 0, index, segment.kind}, key, segment).value();
      catalog::SegmentRow row;
      row.recording = id;
      row.generation = generation;
      row.index = index;
      row.kind = segment.kind;
      row.size = {64, 48};
      row.object_key = receipt.object_key();
      row.sealed_size = static_cast<std::int64_t>(receipt.sealed_size());
      row.plain_size = static_cast<std::int64_t>(receipt.plain_size());
      row.sha256 = receipt.sha256();
      REQUIRE(segments.commit(row));
    }
    catalog::RecordingChange change;
    change.ended = kNow + std::chrono::seconds(60);
    change.status = catalog::RecordingStatus::clean;
    const std::vector<catalog::VisibleLine> text{{SessionTime(0), SessionTime(5), {1, 2, 30, 4}, content + " line of words"}, {SessionTime(3), SessionTime(9), {1, 8, 30, 4}, "another\xff line"}};
    const catalog::TextDigest digest = catalog::text_digest(text);
    change.report_json = R"({"redaction":{"masks":[],"visible_text":{"lines":2,"sha256":")" + digest.sha256 + R"("}},"relay":{}})";
    change.film_duration = std::chrono::seconds(60);
    change.film_size = Size{64, 48};
    REQUIRE(catalog::VisibleText(*catalog).replace(id, text));
    REQUIRE(catalog::Recordings(*catalog).update(id, change));
    catalog::Recording row = catalog::Recordings(*catalog).find(id).value();
    row.generation = generation;
    const auto manifest = sign_film(objects, signer, key, {row, {}, segments.list(id, generation).value()}, kNow);
    REQUIRE(manifest);
    REQUIRE(segments.publish(manifest.value()));
    REQUIRE(segments.remove_older(id));
    std::set<std::string> kept;
    const auto shown = segments.list(id, generation);
    for (const auto& segment : shown.value()) kept.insert(segment.object_key);
    REQUIRE(vault.remove_others(id, kept));
    REQUIRE(remove_other_manifests(objects, id, generation));
  }

  std::vector<std::string> files_of(const std::string& id) {
    auto all = objects.list("film/" + id).value();
    const auto manifests = objects.list("manifest/" + id);
    for (const std::string& key : manifests.value()) all.push_back(key);
    return all;
  }
  std::vector<std::byte>& contents(const std::string& key) { return files.contents("/vault/" + key); }
  void sql(const std::string& statement) {
    REQUIRE(catalog->database().write([&](soci::session& session) -> Result<void> {
      session << statement;
      return {};
    }));
  }
  Verification verify(const std::vector<SignedHead>& heads = {}) { return verify_everything(holdings, heads); }
  std::string sentences() {
    std::string all;
    for (const Problem& problem : verify().problems) all += problem.where + ": " + problem.sentence + "\n";
    return all;
  }

  storage::MemoryFileSystem files;
  storage::TemporaryDirectory folder_;
  std::unique_ptr<catalog::Catalog> catalog;
  storage::DirectoryObjectStore objects;
  storage::KeyEncryptionKey kek;
  storage::SigningIdentity signer;
  Holdings holdings;
};

}  // namespace

TEST_CASE("what was published verifies, also after it was published again") {
  Evidence evidence;
  CHECK(evidence.sentences() == "");
  evidence.publish("r1", 2, "again");
  CHECK(evidence.sentences() == "");
  const Verification found = evidence.verify();
  CHECK(found.recordings == 2);
  CHECK(found.films == 2);
  CHECK(found.ledger_entries == 5);
}

TEST_CASE("every byte of a recording's files that is changed is seen, with its key and without") {
  Evidence evidence;
  const bool opened = GENERATE(true, false);
  if (!opened) evidence.holdings.kek = nullptr;
  int changes = 0;
  for (const std::string& key : evidence.files_of("r1")) {
    std::vector<std::byte>& bytes = evidence.contents(key);
    for (std::byte& byte : bytes) {
      byte ^= static_cast<std::byte>(1 << changes % 8);
      ++changes;
      if (verify_recording(evidence.holdings, "r1").empty()) FAIL("a change of " << key << " is not seen");
      byte ^= static_cast<std::byte>(1 << (changes - 1) % 8);
    }
  }
  CHECK(evidence.sentences() == "");
  std::cout << changes << " of " << changes << " changed bytes were seen\n";
}

TEST_CASE("files that were cut, extended or removed are seen") {
  Evidence evidence;
  for (const std::string& key : evidence.files_of("r1")) {
    std::vector<std::byte>& bytes = evidence.contents(key);
    const std::vector<std::byte> whole = bytes;
    for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 40) {
      bytes.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      if (verify_recording(evidence.holdings, "r1").empty()) FAIL(key << " cut to " << size);
    }
    bytes = whole;
    bytes.push_back(std::byte{0});
    CHECK_FALSE(verify_recording(evidence.holdings, "r1").empty());
    bytes = whole;
    REQUIRE(evidence.objects.remove(key));
    CHECK_FALSE(verify_recording(evidence.holdings, "r1").empty());
    REQUIRE(evidence.objects.put_if_absent(key, whole));
  }
  CHECK(evidence.sentences() == "");
}

TEST_CASE("files that changed places, and files of another recording, are seen") {
  Evidence evidence;
  const auto one = evidence.files_of("r1"), other = evidence.files_of("r2");
  REQUIRE(one.size() == 5);
  for (std::size_t i = 0; i < one.size(); ++i) {
    for (std::size_t j = i + 1; j < one.size(); ++j) {
      std::swap(evidence.contents(one[i]), evidence.contents(one[j]));
      CHECK_FALSE(verify_recording(evidence.holdings, "r1").empty());
      std::swap(evidence.contents(one[i]), evidence.contents(one[j]));
    }
    std::swap(evidence.contents(one[i]), evidence.contents(other[i]));
    CHECK_FALSE(verify_recording(evidence.holdings, "r1").empty());
    std::swap(evidence.contents(one[i]), evidence.contents(other[i]));
  }
  for (std::size_t i = 0; i < one.size(); ++i) std::swap(evidence.contents(one[i]), evidence.contents(other[i]));
  CHECK_FALSE(verify_recording(evidence.holdings, "r1").empty());
}

TEST_CASE("the files of an older film in place of the new ones are seen") {
  Evidence evidence;
  std::vector<std::vector<std::byte>> old;
  for (const std::string& key : evidence.files_of("r1")) old.push_back(evidence.contents(key));
  evidence.publish("r1", 2, "again");
  const auto now = evidence.files_of("r1");
  REQUIRE(now.size() == old.size());
  for (std::size_t i = 0; i < now.size(); ++i) evidence.contents(now[i]) = old[i];
  CHECK_FALSE(verify_recording(evidence.holdings, "r1").empty());
}

TEST_CASE("a manifest that somebody else signed is not trusted") {
  Evidence evidence;
  REQUIRE(storage::SigningIdentity::make(evidence.files, "/other.crt", "/other.key", "test", kNow));
  const auto other = storage::SigningIdentity::load(evidence.files, "/other.crt", "/other.key").value();
  const std::string stem = manifest_stem("r1", 1).value();
  evidence.contents(stem + ".p7s") = other.sign(evidence.contents(stem + ".json"), kNow).value();
  CHECK_THAT(evidence.sentences(), Catch::Contains("not trusted"));
  evidence.sql("UPDATE manifests SET signature_sha256 = '" + storage::to_hex(storage::Sha256::of(evidence.contents(stem + ".p7s"))) +
               "' WHERE recording = 'r1'");
  CHECK_THAT(evidence.sentences(), Catch::Contains("not trusted"));
}

TEST_CASE("each changed column of a published recording is seen") {
  Evidence evidence;
  const std::string statement = GENERATE(as<std::string>(), "UPDATE recordings SET user_name = 'carl' WHERE id = 'r1'",
      "UPDATE recordings SET target = 'dc2' WHERE id = 'r1'", "UPDATE recordings SET peer = '' WHERE id = 'r1'",
      "UPDATE recordings SET started = started - 1 WHERE id = 'r1'", "UPDATE recordings SET ended = ended + 1 WHERE id = 'r1'",
      "UPDATE recordings SET rule_name = 'x' WHERE id = 'r1'", "UPDATE recordings SET status = 'degraded' WHERE id = 'r1'",
      "UPDATE recordings SET interrupted = 1 WHERE id = 'r1'", "UPDATE recordings SET end_reason = 'x' WHERE id = 'r1'",
      "UPDATE recordings SET report_json = '{}' WHERE id = 'r1'", "UPDATE recordings SET generation = 0 WHERE id = 'r1'",
      "UPDATE recordings SET front = 'vnc' WHERE id = 'r1'", "UPDATE recordings SET film_duration = 1 WHERE id = 'r1'",
      "UPDATE segments SET idx = 7 WHERE recording = 'r1' AND idx = 2", "UPDATE segments SET start_us = 7 WHERE recording = 'r1'",
      "UPDATE recording_keys SET wrapped = '00' WHERE recording = 'r1'", "UPDATE policies SET body = 'rules: [] '",
      "UPDATE manifests SET generation = 2 WHERE recording = 'r1'", "UPDATE ledger SET at = at + 1 WHERE number = 2",
      "UPDATE ledger SET digest = '' WHERE number = 3", "UPDATE ledger SET subject = 'r2' WHERE number = 1",
      "UPDATE counters SET value = 5 WHERE name = 'ledger'", "UPDATE recordings SET retention_class = '' WHERE id = 'r1'",
      "UPDATE recordings SET original = 'sealed' WHERE id = 'r1'", "UPDATE recording_tags SET value = 'test' WHERE recording = 'r1'",
      "DELETE FROM recording_tags WHERE recording = 'r1'", "INSERT INTO recording_tags (recording, number, name, value) SELECT id, number, 'a', 'b' FROM recordings WHERE id = 'r1'");
  INFO(statement);
  evidence.sql(statement);
  CHECK(evidence.sentences() != "");
}

TEST_CASE("each deleted row is seen, also all rows of a recording together with its files") {
  Evidence evidence;
  const std::vector<std::string> statements = GENERATE(as<std::vector<std::string>>(),
      std::vector<std::string>{"DELETE FROM segments WHERE recording = 'r1' AND idx = 2"}, std::vector<std::string>{"DELETE FROM manifests WHERE recording = 'r1'"},
      std::vector<std::string>{"DELETE FROM recording_keys WHERE recording = 'r1'"}, std::vector<std::string>{"DELETE FROM policies"},
      std::vector<std::string>{"DELETE FROM ledger WHERE number = 1"}, std::vector<std::string>{"DELETE FROM ledger WHERE number = 3"},
      std::vector<std::string>{"DELETE FROM ledger WHERE number = 4"}, std::vector<std::string>{"DELETE FROM ledger"},
      std::vector<std::string>{"DELETE FROM segments WHERE recording = 'r1'", "DELETE FROM manifests WHERE recording = 'r1'",
                               "DELETE FROM recording_keys WHERE recording = 'r1'", "DELETE FROM recordings WHERE id = 'r1'"});
  for (const std::string& statement : statements) evidence.sql(statement);
  if (statements.size() > 1) {
    CHECK_THAT(evidence.sentences(), Catch::Contains("film/r1, manifest/r1, the film of anna on dc1") && Catch::Contains("no tombstone says that it was deleted"));
    CHECK(evidence.verify().losses.empty());
    for (const std::string& key : evidence.files_of("r1")) REQUIRE(evidence.objects.remove(key));
  }
  CHECK(evidence.sentences() != "");
}

TEST_CASE("each line of a film's text that was changed, taken away or made up is seen, and so is one that no search looks at") {
  Evidence evidence;
  const auto [statement, sentence] = GENERATE(table<std::string, std::string>({
      {"DELETE FROM text_lines WHERE number = (SELECT MIN(number) FROM text_lines)", "another text of its film than was signed"},
      {"DELETE FROM text_lines", "another text of its film than was signed"},
      {"UPDATE text_lines SET words = 'harmless' WHERE number = (SELECT MIN(number) FROM text_lines)", "another text of its film than was signed"},
      {"UPDATE text_lines SET to_us = to_us + 1 WHERE number = (SELECT MAX(number) FROM text_lines)", "another text of its film than was signed"},
      {"UPDATE text_lines SET height = 5 WHERE number = (SELECT MAX(number) FROM text_lines)", "another text of its film than was signed"},
      {"INSERT INTO text_lines (number, from_us, to_us, x, y, width, height, words) SELECT MAX(number) + 1, 0, 1, 0, 0, 1, 1, 'made up' FROM text_lines", "another text of its film than was signed"},
      {"INSERT INTO text_index (text_index, rowid, words) SELECT 'delete', number, words FROM text_lines WHERE number = (SELECT MIN(number) FROM text_lines)", "searches look at 1 of the 2 lines"},
  }));
  INFO(statement);
  REQUIRE(evidence.sentences() == "");
  evidence.sql(statement);
  CHECK_THAT(evidence.sentences(), Catch::Contains(sentence));
}

TEST_CASE("a ledger that was cut and counted anew is seen against the heads, also when only a copy outside is left") {
  Evidence evidence;
  const auto heads = evidence.objects.list("head").value();
  REQUIRE(heads.size() == 2);
  const SignedHead head{evidence.contents(heads[0]), evidence.contents(heads[1])};
  CHECK(evidence.verify({head}).problems.empty());
  evidence.sql("DELETE FROM ledger WHERE number = 4");
  evidence.sql("UPDATE counters SET value = 3 WHERE name = 'ledger'");
  evidence.sql("DELETE FROM manifests WHERE recording = 'r2'");
  evidence.sql("UPDATE recordings SET generation = 0, film_width = 0, film_height = 0 WHERE id = 'r2'");
  evidence.sql("DELETE FROM segments WHERE recording = 'r2'");
  CHECK_THAT(evidence.sentences(), Catch::Contains("it says that the ledger had 4 entries, but now it has 3"));
  for (const std::string& key : heads) REQUIRE(evidence.objects.remove(key));
  CHECK(evidence.verify().problems.empty());
  CHECK(evidence.verify({head}).problems.size() == 1);
}

TEST_CASE("an audit log that was changed, cut, thinned out or put in another order is called so in a sentence") {
  Evidence evidence;
  catalog::Ledger ledger(*evidence.catalog);
  for (int i = 0; i < 6; ++i) {
    REQUIRE(ledger.append({catalog::LedgerEvent::login, "s" + std::to_string(i), "anna", R"({"accepted":true})", kNow}));
  }
  REQUIRE(sign_head(*evidence.catalog, evidence.objects, evidence.signer, "node", kNow));
  const std::int64_t last = *ledger.given();
  REQUIRE(verify_ledger(evidence.holdings, {}).problems.empty());
  const auto sentence_after = [&](const std::vector<std::string>& statements) {
    for (const std::string& statement : statements) evidence.sql(statement);
    std::string all;
    for (const Problem& problem : verify_ledger(evidence.holdings, {}).problems) all += problem.where + ": " + problem.sentence + "\n";
    return all;
  };
  using Catch::Contains;
  SECTION("changed details") {
    CHECK_THAT(sentence_after({"UPDATE ledger SET details = '{\"accepted\":false}' WHERE number = 6"}), Contains("ledger: entry 6 has other details than were noted"));
  }
  SECTION("another actor") {
    CHECK_THAT(sentence_after({"UPDATE ledger SET actor = 'carl' WHERE number = 7"}), Contains("ledger: entry 7 has other details than were noted"));
  }
  SECTION("another time") {
    CHECK_THAT(sentence_after({"UPDATE ledger SET at = at - 1 WHERE number = 7"}), Contains("ledger: entry 7 was changed, or one before it"));
  }
  SECTION("removed") {
    CHECK_THAT(sentence_after({"DELETE FROM ledger WHERE number = 7"}), Contains("ledger: entries between 6 and 8 are missing"));
  }
  SECTION("two that changed places") {
    CHECK_THAT(sentence_after({"UPDATE ledger SET number = 99 WHERE number = 7", "UPDATE ledger SET number = 7 WHERE number = 8", "UPDATE ledger SET number = 8 WHERE number = 99"}),
               Contains("ledger: entry 7 was changed, or one before it") && Contains("ledger: entry 8 was changed, or one before it"));
  }
  SECTION("details smuggled into the entry of a recording") {
    CHECK_THAT(sentence_after({"UPDATE ledger SET details = '{}' WHERE number = 1"}), Contains("ledger: entry 1 has other details than were noted"));
  }
  SECTION("the end cut off") {
    CHECK_THAT(sentence_after({"DELETE FROM ledger WHERE number > 7"}), Contains("ledger: it ends with entry 7, but " + std::to_string(last) + " were written"));
  }
  SECTION("the end cut off, and the count mended: the signed head knows") {
    CHECK_THAT(sentence_after({"DELETE FROM ledger WHERE number > 7", "UPDATE counters SET value = 7 WHERE name = 'ledger'"}),
               Contains("it says that the ledger had " + std::to_string(last) + " entries, but now it has 7"));
  }
}

TEST_CASE("a legal hold that was taken away, changed or made up in the catalog is seen against the ledger") {
  Evidence evidence;
  catalog::Deletions deletions(*evidence.catalog);
  const auto all_see = [&](const std::string& sentence) {
    CHECK_THAT(evidence.sentences(), Catch::Contains(sentence));
    const auto of_one = verify_recording(evidence.holdings, "r1");
    REQUIRE(of_one.size() == 1);
    CHECK_THAT(of_one[0].sentence, Catch::Contains(sentence));
    const auto of_ledger = verify_ledger(evidence.holdings, {}).problems;
    REQUIRE(of_ledger.size() == 1);
    CHECK_THAT(of_ledger[0].sentence, Catch::Contains(sentence));
  };
  REQUIRE(deletions.hold({"r1", "case \"12\"", "carla", kNow}));
  CHECK(evidence.sentences() == "");
  SECTION("taken away") {
    evidence.sql("DELETE FROM holds");
    all_see("it was put under a legal hold by carla (case \"12\"), and the catalog does not have that any more, though nobody noted a release");
  }
  SECTION("given another reason") {
    evidence.sql("UPDATE holds SET reason = 'none'");
    all_see("another legal hold than was noted");
  }
  SECTION("made up") {
    REQUIRE(deletions.release("r1", "closed", "carla", kNow));
    CHECK(evidence.sentences() == "");
    evidence.sql("INSERT INTO holds (recording, reason, placed_by, placed) VALUES ('r1', 'x', 'y', 1)");
    all_see("a legal hold that nobody noted");
  }
}

namespace {

// r3 of these, over and waiting for its film, with a journal on the disk.
struct Unfinished : Evidence {
  Unfinished() {
    catalog::Recording row;
    row.id = "r3";
    row.user = "anna";
    row.target = "dc1";
    row.node = "gw1";
    row.rule = "operators";
    row.policy_digest = policy_digest();
    row.started = kNow;
    row.status = catalog::RecordingStatus::queued;
    row.journal_directory = journal().string();
    REQUIRE(catalog::Recordings(*catalog).create(row));
    const auto add = [&](catalog::KeyKind kind, const std::filesystem::path& directory) {
      const Secret key = storage::new_data_key().value();
      REQUIRE(catalog::Keys(*catalog).add("r3", kind, kek.wrap(key, key_context("r3", to_string(kind))).value(), kNow));
      if (directory.empty()) return;
      auto writer = storage::JournalWriter::create(storage::real_file_system(), directory, "r3", key).value();
      REQUIRE(writer.append(storage::JournalEntryKind::state, SessionTime(5), std::vector<std::byte>(100, std::byte{7})));
      REQUIRE(writer.finish());
    };
    add(catalog::KeyKind::journal, journal());
    add(catalog::KeyKind::keystrokes, journal() / storage::kKeystrokeFolder);
    add(catalog::KeyKind::film, {});
  }
  std::filesystem::path journal() const { return folder_.path() / "journal" / "r3"; }
};

}  // namespace

TEST_CASE("of a recording that has no film yet, a journal and keys that are missing or changed are seen") {
  Unfinished evidence;
  CHECK(evidence.sentences() == "");
  SECTION("the journal is elsewhere") {
    std::filesystem::rename(evidence.journal(), evidence.folder_.path() / "elsewhere");
    CHECK_THAT(evidence.sentences(), Catch::Contains("r3: it has no film yet, and its journal cannot be read"));
  }
  SECTION("its files are") {
    std::filesystem::remove(evidence.journal() / "000000.fgj");
    CHECK_THAT(evidence.sentences(), Catch::Contains("r3: it has no film yet, and its journal has no file"));
  }
  SECTION("a byte of a file is another") {
    const auto stream = GENERATE(as<std::string>(), "", "keystrokes");
    const auto file = evidence.journal() / stream / "000000.fgj";
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(90).put('x');
    bytes.close();
    CHECK_THAT(evidence.sentences(), Catch::StartsWith(stream.empty() ? "r3: its journal: " : "r3: its journal of keystrokes: "));
    evidence.holdings.kek = nullptr;  // nobody can read it
    CHECK(evidence.sentences() == "");
  }
  SECTION("keys are gone") {
    evidence.holdings.kek = GENERATE(true, false) ? &evidence.kek : nullptr;
    evidence.sql("DELETE FROM recording_keys WHERE recording = 'r3'");
    for (const char* kind : {"journal", "keystrokes", "film"}) CHECK_THAT(evidence.sentences(), Catch::Contains(std::string("r3: it has no film yet, and its ") + kind + " key is gone"));
  }
  SECTION("a key was destroyed") {
    REQUIRE(catalog::Keys(*evidence.catalog).destroy("r3", catalog::KeyKind::journal, kNow));
    CHECK(evidence.sentences() == "r3: it has no film yet, and its journal key was destroyed\n");
  }
}

TEST_CASE("a data directory that was put back as it once was is seen against the directory that heads are copied to") {
  Evidence evidence;
  const auto outside = evidence.folder_.path() / "outside";
  evidence.holdings.head_directory = outside;
  CHECK_THAT(evidence.sentences(), Catch::StartsWith("heads: those in " + outside.string() + " cannot be compared"));
  auto copies = storage::DirectoryObjectStore::open(storage::real_file_system(), outside).value();
  CHECK(evidence.sentences() == "");
  const auto heads = evidence.objects.list("head").value();
  for (const std::string& key : heads) REQUIRE(copies.put_if_absent(key, evidence.contents(key)));
  CHECK(evidence.sentences() == "");
  // All of it, the heads in the vault as well.
  evidence.sql("DELETE FROM ledger WHERE number = 4");
  evidence.sql("UPDATE counters SET value = 3 WHERE name = 'ledger'");
  evidence.sql("DELETE FROM manifests WHERE recording = 'r2'");
  evidence.sql("UPDATE recordings SET generation = 0, film_width = 0, film_height = 0 WHERE id = 'r2'");
  evidence.sql("DELETE FROM segments WHERE recording = 'r2'");
  for (const std::string& key : heads) REQUIRE(evidence.objects.remove(key));
  const std::string sentence = "head " + outside.string() + "/head/000000000004-1764000000: it says that the ledger had 4 entries, but now it has 3\n";
  CHECK(evidence.sentences() == sentence);
  CHECK(verify_ledger(evidence.holdings, {}).problems.size() == 1);  // what serve looks at each day
}
