// Publishing and deleting on a disk of which each operation fails in turn, once or from then on, and which loses what was not synced. Whatever happens, the next start finds a
// vault and a catalog that agree, and the same thing done again succeeds.
#include <memory>

#include "gateway/evidence/verification.h"
#include "gateway/serve/late_deletions.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/deletions.h"
#include "tests/unit/gateway/serve/film_fixture.h"
#include "tests/unit/storage/faulty_file_system.h"

using namespace frostgate;
using namespace frostgate::serve;

namespace {

// A gateway whose vault lies on a disk with faults.
class Faulty {
 public:
  Faulty() {
    core().vault.reset();
    core().objects = std::make_unique<storage::TieredObjectStore>(storage::TieredObjectStore::open(disk, core().config.vault_dir(), {}, false).value());
    core().vault = std::make_unique<storage::Vault>(*core().objects);
  }
  Core& core() { return *gateway.core; }
  // What a start does, in its order.
  void start_again() {
    disk.repair();
    disk.lose_power();
    CHECK(catch_up_on_deletions(*core().catalog, *core().objects, std::vector{core().signer->fingerprint()}).value().problems.empty());
    Reconciler reconciler(core());
    const Reconciliation begun = reconciler.unfinished().value();
    INFO((begun.problems.empty() ? std::string() : begun.problems.front()));
    CHECK(begun.problems.empty());
    finish_deletions(core());
    const Reconciliation found = reconciler.finished({}).value();
    INFO((found.problems.empty() ? std::string() : found.problems.front()));
    CHECK(found.problems.empty());
  }
  std::string problems(const std::string& id) {
    const evidence::Holdings holdings{*core().catalog, *core().objects, core().kek.get(), {core().signer->fingerprint()}, ""};
    std::string all;
    for (const auto& problem : evidence::verify_recording(holdings, id)) all += problem.where + ": " + problem.sentence + "\n";
    return all;
  }
  bool there(const std::string& id) { return catalog::Recordings(*core().catalog).find(id).has_value(); }

  storage::FaultyFileSystem disk;
  Gateway gateway;
};

// At each operation of `act` in turn, on a recording of its own that `prepare` makes: a fault, a start, and then `settle` with whether it was done all the same.
template <class Prepare, class Act, class Settle>
int each_fault(Faulty& faulty, Prepare prepare, Act act, Settle settle) {
  int operations = 0;
  for (const bool dead : {false, true}) {
    bool fired = true;
    for (int n = 0; fired; ++n, ++operations) {
      const std::string id = (dead ? "d" : "r") + std::to_string(n);
      INFO(id);
      const auto prepared = prepare(id);
      faulty.disk.fail_at(n, dead);
      const bool done = act(prepared);
      fired = faulty.disk.fired();
      CHECK((done || fired));
      faulty.start_again();
      settle(prepared, done);
    }
  }
  const evidence::Holdings holdings{*faulty.core().catalog, *faulty.core().objects, faulty.core().kek.get(), {faulty.core().signer->fingerprint()}, ""};
  CHECK(evidence::verify_everything(holdings, {}).problems.empty());
  return operations;
}

}  // namespace

TEST_CASE("whichever write of a film's publication fails, a start leaves all of it or none, and it is made again") {
  Faulty faulty;
  Core& core = faulty.core();
  const int operations = each_fault(
      faulty, [&](const std::string& id) { return end_session(core, id); }, [&](const catalog::Recording& row) { return make_film(core, row, kNow).has_value(); },
      [&](const catalog::Recording& row, bool made) {
        if (!made) {
          REQUIRE(catalog::Jobs(*core.catalog).expire("worker", kNow));
          // Unless it was taken over by its signed manifest.
          const catalog::Recording left = catalog::Recordings(*core.catalog).find(row.id).value();
          if (left.status != catalog::RecordingStatus::clean) REQUIRE(make_film(core, row, kNow + std::chrono::seconds(120)));
        }
        CHECK(faulty.problems(row.id) == "");
      });
  CHECK(operations > 60);
}

TEST_CASE("whichever write of a deletion fails, a start leaves the recording whole or without its keys, and it is deleted again") {
  Faulty faulty;
  Core& core = faulty.core();
  const int operations = each_fault(
      faulty, [&](const std::string& id) { return publish_film(core, id), id; },
      [&](const std::string& id) {
        const bool deleted = delete_recording(core, id, "by hand", kNow).has_value();
        CHECK_FALSE((deleted && faulty.there(id)));
        return deleted;
      },
      [&](const std::string& id, bool deleted) {
        CHECK(faulty.problems(id) == "");
        CHECK_FALSE((deleted && faulty.there(id)));
        if (faulty.there(id)) REQUIRE(delete_recording(core, id, "by hand", kNow + std::chrono::seconds(1)));
        CHECK(catalog::Keys(*core.catalog).find(id, catalog::KeyKind::film).error().kind == ErrorKind::not_found);
        for (const char* folder : {"film/", "manifest/", "thumbnail/"}) CHECK(core.objects->list(folder + id).value().empty());
        CHECK(faulty.problems(id) == "");
      });
  CHECK(operations > 30);
}
