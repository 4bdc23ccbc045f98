#include "gateway/alerts/baseline.h"

#include <catch2/catch.hpp>

#include "gateway/serve/alarms.h"
#include "storage/catalog/alerts.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::alerts;

TEST_CASE("a baseline needs some history, and odd values in it move it little") {
  CHECK_FALSE(baseline_of({}));
  CHECK_FALSE(baseline_of(std::vector<double>(kLeastHistory - 1, 30)));
  std::vector<double> history{25, 28, 29, 30, 30, 31, 31, 32, 33, 36};
  const auto usual = baseline_of(history);
  REQUIRE(usual);
  CHECK(usual->middle == Approx(30.5));
  CHECK(usual->spread == Approx(1.5));
  history.push_back(10000);
  history.push_back(0);
  CHECK(baseline_of(history)->middle == Approx(30.5));
  CHECK(baseline_of(history)->spread < 3);
}

TEST_CASE("far above is both many spreads and a multiple, so that neither regular nor erratic people raise alerts for little") {
  const auto regular = baseline_of(std::vector<double>(20, 30));
  CHECK_FALSE(regular->far_above(30));
  CHECK_FALSE(regular->far_above(59));
  CHECK(regular->far_above(61));
  const auto erratic = baseline_of({1, 5, 10, 20, 30, 40, 60, 90, 120, 200});
  CHECK_FALSE(erratic->far_above(200));
  CHECK(erratic->far_above(400));
  CHECK_FALSE(erratic->far_above(0));
}

TEST_CASE("a session that was far longer than its user's usually are raises an alert that says what is usual") {
  serve::Gateway gateway;
  const auto session = [&](const std::string& id, const std::string& user, int minutes) {
    catalog::Recording row;
    row.id = id;
    row.user = user;
    row.target = "dc1";
    row.started = serve::kNow;
    row.ended = serve::kNow + std::chrono::minutes(minutes);
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
    catalog::RecordingChange change;
    change.ended = row.ended;
    REQUIRE(catalog::Recordings(*gateway.core->catalog).update(id, change));
    serve::alert_session_end(*gateway.core, row, *row.ended);
  };
  const auto unusual = [&] {
    const auto kinds = catalog::Alerts(*gateway.core->catalog).raised_by_kind();
    REQUIRE(kinds);
    return kinds.value().contains("unusual.duration") ? kinds.value().at("unusual.duration") : 0;
  };
  session("early", "anna", 600);  // nothing is known of her yet
  for (int i = 0; i < 12; ++i) session("s" + std::to_string(i), "anna", 28 + i % 5);
  CHECK(unusual() == 0);
  session("carls", "carl", 400);
  CHECK(unusual() == 0);
  session("long", "anna", 312);
  CHECK(unusual() == 1);
  const auto raised = catalog::Alerts(*gateway.core->catalog).list(10, 0);
  REQUIRE(raised);
  REQUIRE_FALSE(raised.value().empty());
  CHECK(raised.value().front().text.find("lasted 312 minutes. The middle of this user's last 13 sessions is 30 minutes") != std::string::npos);
}
