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

namespace {

// Sessions that end one after the other, and what was raised about them.
struct Sessions {
  serve::Gateway gateway;

  void end(const std::string& id, const std::string& user, int minutes, const std::string& report = {}) {
    catalog::Recording row;
    row.id = id;
    row.user = user;
    row.target = "dc1";
    row.started = serve::kNow;
    row.ended = serve::kNow + std::chrono::minutes(minutes);
    row.report_json = report;
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
    catalog::RecordingChange change;
    change.ended = row.ended;
    REQUIRE(catalog::Recordings(*gateway.core->catalog).update(id, change));
    serve::alert_session_end(*gateway.core, row, *row.ended);
  }
  std::int64_t raised(const std::string& kind) {
    const auto kinds = catalog::Alerts(*gateway.core->catalog).raised_by_kind();
    REQUIRE(kinds);
    return kinds.value().contains(kind) ? kinds.value().at(kind) : 0;
  }
  std::string last_text() {
    const auto listed = catalog::Alerts(*gateway.core->catalog).list(1, 0);
    REQUIRE(listed);
    REQUIRE_FALSE(listed.value().empty());
    return listed.value().front().text;
  }
};

std::string report_of(int strokes, int pasted, int copied) {
  return R"({"relay":{"cpu_seconds":1,"strokes":)" + std::to_string(strokes) + R"(,"pasted_bytes":)" + std::to_string(pasted) + R"(,"copied_bytes":)" +
         std::to_string(copied) + "}}";
}

}  // namespace

TEST_CASE("a session that was far longer than its user's usually are raises an alert that says what is usual") {
  Sessions sessions;
  sessions.end("early", "anna", 600);  // nothing is known of her yet
  for (int i = 0; i < 12; ++i) sessions.end("s" + std::to_string(i), "anna", 28 + i % 5);
  CHECK(sessions.raised("unusual.duration") == 0);
  sessions.end("carls", "carl", 400);
  CHECK(sessions.raised("unusual.duration") == 0);
  sessions.end("long", "anna", 312);
  CHECK(sessions.raised("unusual.duration") == 1);
  CHECK(sessions.last_text().find("lasted 312 minutes. The middle of this user's last 13 sessions is 30 minutes") != std::string::npos);
}

TEST_CASE("far more keys or copied text than is usual for a user raise alerts, and sessions whose volume is not known count for neither") {
  Sessions sessions;
  for (int i = 0; i < 12; ++i) sessions.end("s" + std::to_string(i), "anna", 30, report_of(900 + 10 * i, i % 3 ? 0 : 200, 40));
  for (int i = 0; i < 30; ++i) sessions.end("killed" + std::to_string(i), "anna", 30, i % 2 ? R"({"relay":{"strokes":-1}})" : "no report");
  sessions.end("usual", "anna", 30, report_of(1990, 0, 60 << 10));
  CHECK(sessions.raised("unusual.input") == 0);
  CHECK(sessions.raised("unusual.clipboard") == 0);
  sessions.end("robot", "anna", 30, report_of(52000, 0, 0));
  CHECK(sessions.raised("unusual.input") == 1);
  CHECK(sessions.last_text().find("pressed keys and buttons 52000 times. The middle of this user's last 13 sessions is 960 times") != std::string::npos);
  sessions.end("everything", "anna", 30, report_of(900, 0, 3 << 20));
  CHECK(sessions.raised("unusual.clipboard") == 1);
  CHECK(sessions.last_text().find("passed text by the clipboard, 3072 KiB") != std::string::npos);
  CHECK(sessions.raised("unusual.input") == 1);
  CHECK(sessions.raised("unusual.duration") == 0);
}
