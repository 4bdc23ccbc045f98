// A gateway that can lose everything but its vault and its key, and come back from a backup.
#pragma once

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <cstdlib>

#include "gateway/backup/backup.h"
#include "gateway/backup/backup_manifest.h"
#include "gateway/backup/restore.h"
#include "gateway/evidence/verification.h"
#include "tests/unit/gateway/serve/film_fixture.h"

namespace frostgate::serve {

inline constexpr UtcTime kLater = kNow + std::chrono::hours(1);

// A gateway on a configuration file of its own (where FROSTGATE_TEST_POSTGRESQL has a connection string, with its catalog in that database, which is emptied first), with the published recordings r1 and r2. The key-encryption key and the vault lie outside of what is lost.
class Site {
 public:
  Site() {
    std::string text = "data_dir: data\nrun_dir: run\npolicy: policies\nlisten: {rdp: off, vnc: off}\nevidence: {head_directory: outside}\n";
    if (postgresql) text += "postgresql: \"" + std::string(postgresql) + "\"\n";
    empty_database();
    write_file(config_file(), text);
    std::filesystem::create_directories(root() / "policies");
    write_file(root() / "policies" / "10-all.yaml", "rules:\n  - {name: operators, users: \"*\", targets: \"*\", allow: true}\n");
    start();
    for (const char* id : {"r1", "r2"}) publish_film(*core, id);
    wrapped_journal_key = core->kek->wrap(storage::new_data_key().value(), key_context("r1", "journal")).value();
    REQUIRE(catalog::Keys(*core->catalog).add("r1", catalog::KeyKind::journal, wrapped_journal_key, kNow));
    REQUIRE(catalog::Users(*core->catalog).add("anna", "", kNow));
    std::filesystem::copy_file(core->config.key_file(), root() / "my-copy-of-kek");
    std::filesystem::permissions(root() / "my-copy-of-kek", std::filesystem::perms::owner_read);
  }

  std::filesystem::path root() const { return folder_.path(); }
  std::filesystem::path config_file() const { return root() / "gateway.yaml"; }
  std::filesystem::path backup_folder() const { return root() / "backup"; }

  void start() {
    auto config = config::load(config_file());
    REQUIRE(config);
    auto opened = Core::open(std::move(config).value());
    INFO((opened ? std::string() : opened.error().message));
    REQUIRE(opened);
    core = std::move(opened).value();
  }
  void back_up() { REQUIRE(backup::write_backup(core->config, config_file(), backup_folder(), "gw1", kNow)); }
  // All but the vault, the backup, the copy of the key and what went outside.
  void lose_everything_else() {
    core.reset();
    empty_database();
    std::filesystem::rename(root() / "data" / "vault", root() / "vault");
    for (const char* name : {"data", "run", "policies"}) std::filesystem::remove_all(root() / name);
    std::filesystem::remove(config_file());
    std::filesystem::create_directories(root() / "data");
    std::filesystem::rename(root() / "vault", root() / "data" / "vault");
  }
  Result<backup::Restored> try_restore(bool replace = false) { return backup::restore({backup_folder(), root() / "my-copy-of-kek", {}, config_file(), replace, "gw1"}, kLater); }
  backup::Restored restore() {
    auto done = try_restore();
    INFO((done ? std::string() : done.error().message));
    REQUIRE(done);
    return std::move(done).value();
  }
  std::string catalog_in_backup() {
    auto opened = backup::OpenedBackup::open(backup_folder(), *core->kek).value();
    std::string out;
    for (const auto& object : opened.manifest.objects) {
      if (object.name != backup::kCatalogName) continue;
      const auto plain = opened.read(object).value();
      out.append(reinterpret_cast<const char*>(plain.data()), plain.size());
    }
    return out;
  }
  evidence::Verification verification() {
    const evidence::Holdings holdings{*core->catalog, *core->objects, core->kek.get(), {core->signer->fingerprint()}, ""};
    return evidence::verify_everything(holdings, {});
  }
  std::string problems() {
    std::string all;
    for (const auto& problem : verification().problems) all += problem.where + ": " + problem.sentence + "\n";
    return all;
  }
  void empty_database() {
    if (!postgresql) return;
    soci::session sql(*soci::factory_postgresql(), postgresql);
    sql << "SET client_min_messages = warning";
    sql << "DROP SCHEMA public CASCADE";
    sql << "CREATE SCHEMA public";
  }
  bool there(const std::string& id) { return catalog::Recordings(*core->catalog).find(id).has_value(); }

 private:
  storage::TemporaryDirectory folder_;
  const char* postgresql = std::getenv("FROSTGATE_TEST_POSTGRESQL");

 public:
  std::unique_ptr<Core> core;
  std::vector<std::byte> wrapped_journal_key;
};

}  // namespace frostgate::serve
