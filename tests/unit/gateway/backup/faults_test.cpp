// Backing up and restoring on a disk of which each operation fails in turn, once or from then on, and which loses what was not synced.
#include "tests/unit/gateway/backup/site.h"
#include "tests/unit/storage/faulty_file_system.h"

using namespace frostgate;
using namespace frostgate::serve;

TEST_CASE("whichever write of a backup fails, what is there afterwards is a whole backup or none") {
  Site site;
  int none = 0;
  for (const bool dead : {false, true}) {
    bool fired = true;
    for (int n = 0; fired; ++n) {
      INFO("operation " << n << (dead ? " and all after it" : ""));
      storage::FaultyFileSystem disk;
      disk.fail_at(n, dead);
      const auto folder = site.root() / ((dead ? "d" : "r") + std::to_string(n));
      const bool made = backup::write_backup(site.core->config, site.config_file(), folder, "gw1", kNow, disk).has_value();
      fired = disk.fired();
      CHECK((made || fired));
      disk.repair();
      disk.lose_power();
      auto opened = backup::OpenedBackup::open(folder, *site.core->kek);
      CHECK((opened || !made));
      if (!opened) ++none;
      else for (const auto& object : opened.value().manifest.objects) CHECK(opened.value().read(object));
    }
  }
  CHECK(none > 60);
}

TEST_CASE("whichever write of a restoration fails, the same call goes on, and what is restored verifies") {
  Site site;
  site.back_up();
  UtcTime now = kLater;
  int failed = 0;
  for (const bool dead : {false, true}) {
    bool fired = true;
    for (int n = 0; fired; ++n) {
      INFO("operation " << n << (dead ? " and all after it" : ""));
      site.lose_everything_else();
      const backup::Restore wanted{site.backup_folder(), site.root() / "my-copy-of-kek", {}, site.config_file(), false, "gw1"};
      storage::FaultyFileSystem disk;
      disk.fail_at(n, dead);
      const auto done = backup::restore(wanted, now += std::chrono::seconds(1), disk);
      fired = disk.fired();
      CHECK((done || fired));
      disk.repair();
      disk.lose_power();
      if (!done) {
        ++failed;
        const auto again = backup::restore(wanted, now += std::chrono::seconds(1));
        INFO((again ? std::string() : again.error().message));
        REQUIRE(again);
      }
      site.start();
      CHECK(site.problems() == "");
      CHECK((site.there("r1") && site.there("r2")));
    }
  }
  CHECK(failed > 20);
}
