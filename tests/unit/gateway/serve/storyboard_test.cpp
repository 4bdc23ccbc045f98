#include "gateway/serve/storyboard.h"

#include "gateway/evidence/verification.h"
#include "gateway/serve/reconciliation.h"
#include "gateway/serve/retention.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;

TEST_CASE("a published film has a storyboard, sealed in the vault, that goes with it") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  const auto rows = storyboard(core, "r1").value();
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].at == std::chrono::milliseconds(500));
  CHECK(rows[1].size == Size{32, 24});
  const auto picture = thumbnail(core, "r1", 1).value();
  CHECK(std::string(reinterpret_cast<const char*>(picture.data()), picture.size()) == "picture 1");
  CHECK(thumbnail(core, "r1", 2).error().kind == ErrorKind::not_found);
  CHECK(storyboard(core, "none").error().kind == ErrorKind::not_found);
  const std::string sealed = read_file(core.config.vault_dir() / rows[1].object_key);
  CHECK(sealed.find("picture") == std::string::npos);
  const evidence::Holdings holdings{*core.catalog, *core.objects, core.kek.get(), {core.signer->fingerprint()}, ""};
  CHECK(evidence::verify_everything(holdings, {}).problems.empty());
  write_file(core.config.vault_dir() / rows[0].object_key, sealed);
  CHECK(thumbnail(core, "r1", 0).error().kind == ErrorKind::corrupt);

  REQUIRE(core.objects->put_if_absent("thumbnail/r1/g000009/000000.jpg", {}));
  CHECK(reconcile(core).value().unentered_objects == 1);
  CHECK(core.objects->list("thumbnail/r1").value().size() == 2);
  REQUIRE(delete_recording(core, "r1", "by hand", kNow));
  CHECK(core.objects->list("thumbnail").value().empty());
  CHECK(storyboard(core, "r1").error().kind == ErrorKind::not_found);
}

TEST_CASE("thumbnails that come out of order, without bytes or too large are refused, and a quarantined film shows none") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  catalog::Recording row = catalog::Recordings(*core.catalog).find("r1").value();
  row.id = "r2";
  REQUIRE(catalog::Recordings(*core.catalog).create(row));
  const Secret key = storage::new_data_key().value();
  REQUIRE(catalog::Keys(*core.catalog).add("r2", catalog::KeyKind::film, core.kek->wrap(key, key_context("r2", "film")).value(), kNow));
  FilmIntake film = FilmIntake::open(core, "r2", {}).value();
  const auto offer = [&](int number, std::size_t bytes) {
    ipc::Message picture = message({{"type", "thumbnail"}, {"number", number}, {"at_us", 0}, {"width", 32}, {"height", 24}});
    const std::vector<std::byte> content(bytes);
    if (bytes > 0) picture.descriptors.push_back(ipc::to_memory_file(content).value());
    return film.store_thumbnail(picture);
  };
  CHECK_FALSE(offer(1, 10));
  CHECK_FALSE(offer(0, 0));
  CHECK_FALSE(offer(0, (std::size_t{1} << 20) + 1));
  CHECK(offer(0, 10));
  CHECK_FALSE(offer(0, 10));

  catalog::RecordingChange change;
  change.status = catalog::RecordingStatus::failed;
  REQUIRE(catalog::Recordings(*core.catalog).update("r1", change));
  CHECK(storyboard(core, "r1").error().kind == ErrorKind::denied);
  CHECK(thumbnail(core, "r1", 0).error().kind == ErrorKind::denied);
}
