#include "gateway/serve/reconciliation.h"

#include "storage/catalog/database.h"
#include "storage/catalog/segments.h"
#include "storage/journal/entry.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;

namespace {

std::string all_of(const Reconciliation& found) {
  std::string all;
  for (const std::string& problem : found.problems) all += problem + "\n";
  return all;
}

}  // namespace

TEST_CASE("where nothing was interrupted there is nothing to reconcile") {
  Gateway gateway;
  publish_film(*gateway.core, "r1");
  const auto before = gateway.core->objects->list("").value();
  const Reconciliation found = reconcile(*gateway.core).value();
  CHECK(found.unfinished_writes == 0);
  CHECK(found.unentered_objects == 0);
  CHECK(all_of(found) == "");
  CHECK(gateway.core->objects->list("").value() == before);
}

TEST_CASE("what a crash left before its row was there is removed, and nothing else") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  const auto before = core.objects->list("").value();
  const auto bytes = std::as_bytes(std::span("left over"));
  REQUIRE(core.objects->put_if_absent("film/r1/g000009/p000000/000000.init", bytes));
  REQUIRE(core.objects->put_if_absent("manifest/r1/g000009.p7s", bytes));
  write_file(core.config.vault_dir() / ".incoming" / "0123", "half");
  std::filesystem::create_directories(core.config.journal_dir() / "r7");
  std::filesystem::create_directories(core.config.journal_dir() / "r8" / storage::kKeystrokeFolder);
  const Reconciliation found = reconcile(core).value();
  CHECK(found.unfinished_writes == 3);
  CHECK(std::filesystem::is_empty(core.config.journal_dir()));
  CHECK(found.unentered_objects == 2);
  CHECK(all_of(found) == "");
  CHECK(core.objects->list("").value() == before);
}

TEST_CASE("what is missing, and what belongs to nobody, is reported and left alone") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  catalog::Recording waiting;
  waiting.id = "r2";
  waiting.user = "anna";
  waiting.target = "dc1";
  waiting.started = kNow;
  waiting.status = catalog::RecordingStatus::queued;
  waiting.journal_directory = (core.config.journal_dir() / "r2").string();
  REQUIRE(catalog::Recordings(*core.catalog).create(waiting));
  const auto film = core.objects->list("film/r1").value();
  REQUIRE(core.objects->remove(film[0]));
  REQUIRE(core.objects->remove(evidence::manifest_stem("r1", 2).value() + ".json"));
  REQUIRE(core.objects->put_if_absent("film/stranger/g000001/p000000/000000.init", std::as_bytes(std::span("x"))));
  std::filesystem::create_directories(core.config.journal_dir() / "lost" / storage::kKeystrokeFolder);
  write_file(core.config.journal_dir() / "lost" / storage::kKeystrokeFolder / "000000.fgj", "x");
  const Reconciliation found = reconcile(core).value();
  CHECK(found.problems.size() == 5);
  CHECK_THAT(all_of(found), Catch::Contains(film[0]) && Catch::Contains("the manifest of the film of r1 is missing") && Catch::Contains("film/stranger") &&
                                Catch::Contains("the journal lost") && Catch::Contains("the journal of r2"));
  CHECK(core.objects->list("film/stranger").value().size() == 1);
  CHECK(std::filesystem::exists(core.config.journal_dir() / "lost"));
}

TEST_CASE("a signed film that the catalog does not have is taken over, and one that cannot be is left alone") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  const auto before = core.objects->list("").value();
  const auto sql = [&](const std::string& statement) {
    REQUIRE(core.catalog->database().write([&](soci::session& session) -> Result<void> {
      session << statement;
      return {};
    }));
  };
  // As a copy from before the film was published.
  sql("DELETE FROM manifests");
  sql("DELETE FROM segments");
  sql("DELETE FROM thumbnails");
  sql("UPDATE recordings SET generation = 0, last_generation = 0, status = 'queued', film_duration = 0");
  SECTION("by who signs here") {
    CHECK(reconcile(core).value().adopted == std::vector<std::string>{"r1"});
    CHECK(catalog::Recordings(*core.catalog).find("r1").value().generation == 2);
    CHECK(core.objects->list("film").value().size() == 2);
    CHECK(catalog::Segments(*core.catalog).next_generation("r1").value() == 3);
  }
  SECTION("with an object that was changed") {
    const std::string key = core.objects->list("film/r1").value()[1];
    std::string bytes = read_file(core.config.vault_dir() / key);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write_file(core.config.vault_dir() / key, bytes);
    const Reconciliation found = reconcile(core).value();
    CHECK(found.adopted.empty());
    CHECK_THAT(all_of(found), Catch::Contains("cannot be taken over"));
    CHECK(core.objects->list("").value() == before);
  }
  SECTION("without the film's key") {
    sql("DELETE FROM recording_keys");
    CHECK(reconcile(core).value().adopted.empty());
    CHECK(core.objects->list("").value() == before);
  }
}
