#include "gateway/backup/backup.h"

#include "gateway/backup/backup_manifest.h"
#include "gateway/backup/configured_files.h"
#include "gateway/backup/restore.h"
#include "gateway/evidence/verification.h"
#include "gateway/evidence/tombstone.h"
#include "gateway/serve/evidence_keeping.h"
#include "gateway/serve/late_deletions.h"
#include "gateway/serve/reconciliation.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/tickets.h"
#include "storage/catalog/visible_text.h"
#include "storage/crypto/hex.h"
#include "tests/unit/gateway/backup/site.h"

using namespace frostgate;
using namespace frostgate::serve;
namespace fs = std::filesystem;

namespace {

// Sixteen digits of a wrapped key that stand in `text`; empty: none do. What comes before the ciphertext is alike in many.
std::string piece_of(const std::vector<std::byte>& wrapped, const std::string& text) {
  const std::string key = storage::to_hex(wrapped).substr(80);
  for (std::size_t at = 0; at + 16 <= key.size(); at += 8) {
    if (text.find(key.substr(at, 16)) != std::string::npos) return key.substr(at, 16);
  }
  return "";
}

}  // namespace

TEST_CASE("after the loss of everything but the vault and the key, a backup brings back a gateway whose films verify") {
  Site site;
  const std::string policy = read_file(site.root() / "policies" / "10-all.yaml"), fingerprint = site.core->signer->fingerprint();
  site.back_up();
  site.lose_everything_else();
  const backup::Restored done = site.restore();
  CHECK(done.problems.empty());
  CHECK(done.deleted.empty());
  site.start();
  CHECK(site.core->signer->fingerprint() == fingerprint);
  CHECK(read_file(site.root() / "policies" / "10-all.yaml") == policy);
  CHECK(reconcile(*site.core).value().problems.empty());
  CHECK(site.problems() == "");
  REQUIRE(site.verification().notes.size() == 1);
  CHECK_THAT(site.verification().notes[0].sentence, Catch::Contains("restored"));
  CHECK_FALSE(fs::exists(site.core->config.data_dir / "catalog.copy"));
}

TEST_CASE("a backup holds no key of a journal, opens with the gateway's key alone, and says nothing without it") {
  Site site;
  site.back_up();
  const std::string catalog = site.catalog_in_backup();
  CHECK_THAT(catalog, Catch::Contains(storage::to_hex(catalog::Keys(*site.core->catalog).find("r1", catalog::KeyKind::film).value())));
  CHECK(piece_of(site.wrapped_journal_key, catalog) == "");
  std::string sealed;
  for (const auto& entry : fs::recursive_directory_iterator(site.backup_folder())) {
    if (entry.is_regular_file()) sealed += read_file(entry.path());
  }
  CHECK_THAT(sealed, !Catch::Contains("anna") && !Catch::Contains("PRIVATE KEY") && !Catch::Contains("allow: true"));
  auto& files = storage::real_file_system();
  const auto stranger = storage::KeyEncryptionKey::load_or_create(files, site.root() / "another-kek").value();
  CHECK(backup::OpenedBackup::open(site.backup_folder(), stranger).error().kind == ErrorKind::denied);
  CHECK(backup::write_backup(site.core->config, site.config_file(), site.backup_folder(), "gw1", kNow).error().kind == ErrorKind::exists);
}

TEST_CASE("a backup that is made after a deletion has no piece of the film's key, nor a word of the film") {
  Site site;
  const auto wrapped = catalog::Keys(*site.core->catalog).find("r1", catalog::KeyKind::film).value();
  REQUIRE(catalog::VisibleText(*site.core->catalog).replace("r1", {{{}, std::chrono::seconds(1), {}, "zanzibar quarterly"}}));
  SECTION("but one that is made before has them") {
    site.back_up();
    CHECK(piece_of(wrapped, site.catalog_in_backup()) != "");
    CHECK_THAT(site.catalog_in_backup(), Catch::Contains("zanzibar"));
  }
  SECTION("deleted") {
    REQUIRE(delete_recording(*site.core, "r1", "by hand", kNow));
    REQUIRE(catalog::VisibleText(*site.core->catalog).wipe());
    site.back_up();
    const std::string catalog = site.catalog_in_backup();
    CHECK(piece_of(wrapped, catalog) == "");
    CHECK_THAT(catalog, !Catch::Contains("zanzibar"));
  }
}

TEST_CASE("a backup in which a byte was changed, or from which a file is gone, replaces nothing") {
  Site site;
  site.back_up();
  site.lose_everything_else();
  int tried = 0;
  for (const auto& entry : fs::recursive_directory_iterator(site.backup_folder())) {
    if (!entry.is_regular_file() || entry.path().filename() == "SHA256SUMS") continue;
    const std::string whole = read_file(entry.path());
    std::string changed = whole;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    for (const std::string& other : {changed, whole.substr(0, whole.size() - 1), std::string()}) {
      write_file(entry.path(), other);
      const auto refused = site.try_restore();
      REQUIRE_FALSE(refused);
      CHECK_THAT(refused.error().message, Catch::StartsWith("nothing was replaced: the backup in " + site.backup_folder().string()));
    }
    fs::remove(entry.path());
    CHECK_FALSE(site.try_restore());
    write_file(entry.path(), whole);
    CHECK_FALSE(fs::exists(site.root() / "data" / "catalog.sqlite"));
    CHECK_FALSE(fs::exists(site.config_file()));
    ++tried;
  }
  CHECK(tried >= 8);
  site.restore();
}

TEST_CASE("a restoration throws nothing away unless it is told to, and not beside a running serve") {
  Site site;
  site.back_up();
  CHECK(site.try_restore(true).error().kind == ErrorKind::unavailable);
  site.core.reset();
  const auto refused = site.try_restore();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::exists);
  CHECK_THAT(refused.error().message, Catch::Contains("catalog") && Catch::Contains("--replace"));
  write_file(site.root() / "policies" / "20-more.yaml", "rules: []\n");
  CHECK_THAT(site.try_restore(true).error().message, Catch::Contains("20-more.yaml"));
  fs::remove(site.root() / "policies" / "20-more.yaml");
  write_file(site.root() / "policies" / "10-all.yaml", "rules: []\n");
  CHECK(site.try_restore(true));
  site.start();
  CHECK(site.problems() == "");
  CHECK_THAT(site.core->policy->text(), Catch::Contains("operators"));
}

TEST_CASE("what was deleted after the backup stays deleted, by the vault's tombstone or by the copy outside") {
  Site site;
  REQUIRE(catalog::Deletions(*site.core->catalog).hold({"r1", "case 12", "carla", kNow}));
  site.back_up();
  REQUIRE(catalog::Deletions(*site.core->catalog).release("r1", "the case is closed", "carla", kNow));
  REQUIRE(keep_head(*site.core, kNow));
  const bool older_vault = GENERATE(false, true);
  if (older_vault) fs::copy(site.root() / "data" / "vault", site.root() / "older", fs::copy_options::recursive);
  REQUIRE(delete_recording(*site.core, "r1", "by hand", kNow + std::chrono::seconds(1)));
  site.lose_everything_else();
  if (older_vault) {
    fs::remove_all(site.root() / "data" / "vault");
    fs::rename(site.root() / "older", site.root() / "data" / "vault");
  }
  const backup::Restored done = site.restore();
  site.start();
  if (older_vault) {
    // Its film is still there, and the older catalog has a hold: somebody has to look.
    CHECK(done.problems.size() == 1);
    REQUIRE(catalog::Deletions(*site.core->catalog).release("r1", "the case is closed", "carla", kNow));
    CHECK(catch_up_on_deletions(*site.core->catalog, *site.core->objects, std::vector{site.core->signer->fingerprint()}).value().deleted.size() == 1);
  } else {
    CHECK(done.deleted == std::vector<std::string>{"r1"});
  }
  finish_deletions(*site.core);
  CHECK(reconcile(*site.core).value().problems.empty());
  CHECK_FALSE(site.there("r1"));
  CHECK(site.there("r2"));
  CHECK_FALSE(catalog::Keys(*site.core->catalog).find("r1", catalog::KeyKind::film));
  CHECK(site.core->objects->list("film/r1").value().empty());
  CHECK(site.problems() == "");
}

TEST_CASE("junk beside a tombstone neither hides it nor gets into the vault") {
  Site site;
  site.back_up();
  fs::copy(site.root() / "data" / "vault", site.root() / "older", fs::copy_options::recursive);
  REQUIRE(delete_recording(*site.core, "r1", "by hand", kNow + std::chrono::seconds(1)));
  REQUIRE(keep_head(*site.core, kNow + std::chrono::seconds(2)));
  const fs::path outside = site.core->config.evidence.head_directory / "tombstone" / "r1";
  REQUIRE(fs::exists(outside));
  write_file(outside / "0.json", "{}");
  site.lose_everything_else();
  fs::remove_all(site.root() / "data" / "vault");
  fs::rename(site.root() / "older", site.root() / "data" / "vault");
  const backup::Restored done = site.restore();
  CHECK(done.deleted == std::vector<std::string>{"r1"});
  REQUIRE(done.problems.size() == 1);
  CHECK_THAT(done.problems[0], Catch::Contains("0.json is no tombstone of ours"));
  CHECK_FALSE(fs::exists(site.root() / "data" / "vault" / "tombstone" / "r1" / "0.json"));
}

TEST_CASE("the secrets of alert sinks are files of the configuration") {
  Site site;
  config::Config config = site.core->config;
  write_file(site.root() / "hook.key", "a key");
  config.alerts.sinks.emplace_back().secret = site.root() / "hook.key";
  const auto files = backup::configured_files(config, site.config_file()).value();
  CHECK(std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.name == "alert-secret-1" && file.path == site.root() / "hook.key"; }));
  CHECK(backup::path_of("alert-secret-1", config, site.config_file()).value() == site.root() / "hook.key");
}

TEST_CASE("what was recorded and deleted after the backup has its tombstone again, and a stone that nobody trusts deletes nothing") {
  Site site;
  site.back_up();
  publish_film(*site.core, "r3");
  REQUIRE(delete_recording(*site.core, "r3", "by hand", kNow));
  site.lose_everything_else();
  CHECK(site.restore().deleted == std::vector<std::string>{"r3"});
  site.start();
  CHECK(site.problems() == "");
  auto& files = storage::real_file_system();
  REQUIRE(storage::SigningIdentity::make(files, site.root() / "x.crt", site.root() / "x.key", "a stranger", kNow));
  const auto stranger = storage::SigningIdentity::load(files, site.root() / "x.crt", site.root() / "x.key").value();
  evidence::TombstoneText text;
  text.recording = "r1";
  text.started = text.ended = text.deleted = kNow;
  REQUIRE(evidence::sign_tombstone(*site.core->objects, stranger, text));
  const LateDeletions late = catch_up_on_deletions(*site.core->catalog, *site.core->objects, std::vector{site.core->signer->fingerprint()}).value();
  CHECK(late.deleted.empty());
  CHECK(late.problems.size() == 1);
  CHECK(site.there("r1"));
}

TEST_CASE("films that are newer than the backup are taken over where their keys are known, reported where not, and never removed") {
  Site site;
  Core& core = *site.core;
  // r3 was being recorded: its film is made after the backup.
  catalog::Recording row;
  row.id = "r3";
  row.user = "anna";
  row.target = "dc1";
  row.policy_digest = core.policy->digest();
  row.started = kNow;
  REQUIRE(catalog::Recordings(*core.catalog).create(row));
  const Secret key = storage::new_data_key().value();
  REQUIRE(catalog::Keys(*core.catalog).add("r3", catalog::KeyKind::film, core.kek->wrap(key, key_context("r3", "film")).value(), kNow));
  REQUIRE(catalog::Jobs(*core.catalog).enqueue({"redact", "r3", "", kNow, 3}));
  site.back_up();
  const auto job = catalog::Jobs(*core.catalog).claim("redact", "worker", kNow, std::chrono::seconds(60)).value();
  FilmIntake film = FilmIntake::open(core, "r3", job->lease).value();
  REQUIRE(film.store(segment_message("init", 0, "head")));
  REQUIRE(film.store(segment_message("media", 1, "late pictures")));
  row.status = catalog::RecordingStatus::degraded;
  row.ended = kNow + std::chrono::seconds(60);
  row.end_reason = "the user left";
  row.report_json = R"({"redaction":{"masks_by_rule":{"aws":3},"status":"degraded"}})";
  REQUIRE(film.publish(row, kNow));
  publish_film(core, "r4");
  REQUIRE(keep_head(core, kNow));
  const auto objects = core.objects->list("film").value();
  site.lose_everything_else();
  site.restore();
  site.start();
  const Reconciliation found = reconcile(*site.core).value();
  CHECK(found.adopted == std::vector<std::string>{"r3"});
  CHECK(found.problems == std::vector<std::string>{"film/r4 belongs to no recording in the catalog", "manifest/r4 belongs to no recording in the catalog"});
  CHECK(site.core->objects->list("film").value() == objects);
  const catalog::Recording adopted = catalog::Recordings(*site.core->catalog).find("r3").value();
  CHECK(adopted.status == catalog::RecordingStatus::degraded);
  CHECK(adopted.ended == row.ended);
  CHECK(adopted.generation == 1);
  CHECK(catalog::Jobs(*site.core->catalog).find("redact", "r3").value().state == catalog::JobState::done);
  CHECK(evidence::verify_recording({*site.core->catalog, *site.core->objects, site.core->kek.get(), {site.core->signer->fingerprint()}, ""}, "r3").empty());
  CHECK(reconcile(*site.core).value().adopted.empty());
  // To whoever verifies it is a loss that the restoration explains, not a removal.
  const evidence::Verification verified = site.verification();
  CHECK(site.problems() == "");
  REQUIRE(verified.losses.size() == 1);
  CHECK(verified.losses[0].where == "r4");
  CHECK_THAT(verified.losses[0].sentence, Catch::Contains("anna on dc1") && Catch::Contains("is lost") && Catch::Contains("nobody deleted it"));
}

TEST_CASE("what a deletion left of a film is said to be of one that was deleted on purpose") {
  Site site;
  std::map<std::string, std::vector<std::byte>> objects;
  for (const char* folder : {"film/r1", "manifest/r1"}) {
    const auto keys = site.core->objects->list(folder).value();
    for (const std::string& key : keys) objects[key] = site.core->objects->read(key, 0, 1 << 20).value();
  }
  REQUIRE(delete_recording(*site.core, "r1", "by hand", kNow));
  CHECK(site.verification().notes.empty());
  for (const auto& [key, bytes] : objects) REQUIRE(site.core->objects->put_if_absent(key, bytes));
  CHECK(site.problems() == "");
  const evidence::Verification verified = site.verification();
  CHECK(verified.losses.empty());
  REQUIRE(verified.notes.size() == 1);
  CHECK(verified.notes[0].where == "r1");
  CHECK_THAT(verified.notes[0].sentence, Catch::Contains("deleted on purpose") && Catch::Contains("by hand") && Catch::Contains("film/r1, manifest/r1"));
}

TEST_CASE("what may have been used up or ended since the backup is void") {
  Site site;
  site.core->config.target_connect_seconds = 1;
  catalog::Target target;
  target.name = "dc1";
  target.protocol = catalog::Protocol::rdp;
  target.account = catalog::Account::shared;
  target.host = "127.0.0.1";
  target.port = 1;
  REQUIRE(catalog::Targets(*site.core->catalog).add(target, kNow));
  catalog::NewTicket ticket;
  ticket.user = "anna";
  ticket.target = "dc1";
  ticket.kind = catalog::Protocol::rdp;
  ticket.wrapped_value = std::vector<std::byte>(60, std::byte{3});
  ticket.expires = kLater + std::chrono::hours(10);
  REQUIRE(catalog::Tickets(*site.core->catalog).issue(ticket, kNow));
  site.back_up();
  site.lose_everything_else();
  site.restore();
  site.start();
  CHECK(catalog::Tickets(*site.core->catalog).live(kLater, catalog::Protocol::rdp).value().empty());
}
