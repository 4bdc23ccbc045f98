#include "gateway/serve/announced_look.h"

#include "gateway/serve/audit.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/segments.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

namespace {

std::size_t noted_views(Gateway& gateway) {
  catalog::LedgerQuery query;
  query.limit = 100;
  query.event = catalog::LedgerEvent::view;
  return catalog::Ledger(*gateway.core->catalog).find(query).value().size();
}

// Asks for every segment of the film: how many came.
std::size_t look_at_all(Gateway& gateway, AnnouncedLook& look, const std::string& id) {
  std::size_t seen = 0;
  const auto generation = catalog::Recordings(*gateway.core->catalog).find(id).value().generation;
  const auto rows = catalog::Segments(*gateway.core->catalog).list(id, generation).value();
  for (const catalog::SegmentRow& row : rows) {
    ipc::Message request = message({{"type", "recordings.segment"}, {"id", id}, {"generation", generation}, {"part", row.part}, {"index", row.index}});
    if (look.administer(*gateway.core, request, kNow, "root on the command line")) ++seen;
  }
  return seen;
}

}  // namespace

TEST_CASE("a film that is fetched over one connection is one look in the audit log, and what was not announced is one more each") {
  Gateway gateway;
  publish_film(*gateway.core, "r1");
  publish_film(*gateway.core, "r2");
  AnnouncedLook look;
  ipc::Message all = message({{"type", "recordings.segments"}, {"id", "r1"}});
  REQUIRE(look.administer(*gateway.core, all, kNow, "root on the command line"));
  CHECK(noted_views(gateway) == 1);
  const std::size_t segments = look_at_all(gateway, look, "r1");
  CHECK(segments >= 2);
  CHECK(noted_views(gateway) == 1);
  CHECK(look_at_all(gateway, look, "r2") == segments);
  CHECK(noted_views(gateway) == 1 + segments);

  // A span that ends before the film begins covers no picture.
  ipc::Message nothing = message({{"type", "recordings.segments"}, {"id", "r1"}, {"from_us", 0}, {"to_us", 0}});
  REQUIRE(look.administer(*gateway.core, nothing, kNow, "root on the command line"));
  const std::size_t before = noted_views(gateway);
  REQUIRE(look_at_all(gateway, look, "r1") == segments);
  CHECK(noted_views(gateway) > before);

  AnnouncedLook another;
  const std::size_t until_then = noted_views(gateway);
  CHECK(look_at_all(gateway, another, "r1") == segments);
  CHECK(noted_views(gateway) == until_then + segments);
}
