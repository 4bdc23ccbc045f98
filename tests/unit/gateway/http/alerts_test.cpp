#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "gateway/serve/alarms.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

std::vector<std::string> kinds(const Answer& answer) {
  std::vector<std::string> out;
  for (const json& item : answer.body["items"]) out.push_back(item["kind"]);
  return out;
}

}  // namespace

TEST_CASE("alerts are listed newest first, to those whose role is not bound to some targets") {
  ApiGateway gateway;
  gateway.add("audrey", "auditor", "*");
  using Kinds = std::vector<std::string>;
  for (const char* kind : {"disk.low", "policy.overdue", "tamper.found"}) {
    serve::raise_alert(*gateway.core, {kind, alerts::Severity::warning, "x", "Look."}, kNow);
  }
  CHECK(gateway.ask("role-admin-own", Method::get, "/api/v1/alerts").status == 403);
  const Answer first = gateway.ask("audrey", Method::get, "/api/v1/alerts?limit=2");
  REQUIRE(first.status == 200);
  CHECK(kinds(first) == Kinds{"tamper.found", "policy.overdue"});
  CHECK(first.body["items"][0]["severity"] == "warning");
  const Answer rest = gateway.ask("audrey", Method::get, "/api/v1/alerts?limit=2&cursor=" + first.body["next"].get<std::string>());
  CHECK(kinds(rest) == Kinds{"disk.low"});
  CHECK(rest.body["next"].is_null());
  CHECK(gateway.ask("audrey", Method::get, "/api/v1/alert-sinks").status == 403);
  CHECK(gateway.ask("root", Method::get, "/api/v1/alert-sinks").body == json{{"items", json::array()}});
  CHECK(gateway.ask("root", Method::post, "/api/v1/alert-sinks/test").body == json{{"items", json::array()}});
}

TEST_CASE("an alert says what became of it at each sink; a sink that is not there is not tested") {
  ApiGateway gateway;
  catalog::Alerts kept(*gateway.core->catalog);
  const auto first = kept.raise({0, "disk.low", "warning", "s", "t", kNow, kNow, 0}, {"mail", "hook", "log"}, kNow);
  REQUIRE(first);
  const std::int64_t id = first.value()->id;
  REQUIRE(kept.raise({0, "disk.full", "critical", "s", "t", kNow, kNow, 0}, {}, kNow));
  REQUIRE(kept.sent(id, "hook", kNow));
  REQUIRE(kept.failed(id, "mail", "no route to http://hook.example/secret", std::nullopt));
  REQUIRE(kept.failed(id, "log", "down", kNow + std::chrono::seconds(5)));
  const Answer answer = gateway.ask("root", Method::get, "/api/v1/alerts");
  CHECK(answer.body["items"][0]["deliveries"] == json::array());
  CHECK(answer.body["items"][1]["deliveries"] == json::parse(R"([{"sink":"hook","state":"sent","attempts":1},{"sink":"log","state":"waiting","attempts":1},
                                                                {"sink":"mail","state":"given_up","attempts":1}])"));
  CHECK(answer.text.find("hook.example") == std::string::npos);
  CHECK(gateway.ask("root", Method::post, "/api/v1/alert-sinks/test", R"({"sink":"nobody"})").status == 404);
  CHECK(gateway.ask("root", Method::post, "/api/v1/alert-sinks/test", R"({"sink":1})").status == 422);
  CHECK(gateway.ask("root", Method::post, "/api/v1/alert-sinks/test", R"({"sinks":"all"})").status == 422);
}

TEST_CASE("too many wrong sign-ins are an alert, one") {
  ApiGateway gateway;
  for (int i = 0; i < 13; ++i) {
    const Answer answer = gateway.send(ApiGateway::plain(Method::post, "/api/v1/session", R"({"user":"anna","password":"wrong"})"));
    CHECK(answer.status == (i < 10 ? 401 : 429));
  }
  gateway.now += std::chrono::minutes(2);
  const Answer later = gateway.ask("root", Method::get, "/api/v1/alerts");
  REQUIRE(kinds(later) == std::vector<std::string>{"access.brute_force"});
  CHECK(later.body["items"][0]["repeats"] == 2);
  CHECK(later.body["items"][0]["subject"] == "192.0.2.1");
  // Those that were cut off before anybody looked at their password are none.
  CHECK_THAT(gateway.ask("root", Method::get, "/metrics").text, Catch::Contains("frostgate_sign_ins_total{front=\"https\",result=\"refused\"} 10\n"));
}

TEST_CASE("what was measured is a histogram as Prometheus reads it, counts of everything shorter included") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  serve::Measures& measures = gateway.core->measures;
  std::vector<std::uint64_t> counts(std::size(kRelayDelays) + 1);
  counts[1] = 3;
  counts.back() = 1;
  CHECK(measures.relay_delays(counts, std::chrono::milliseconds(6500)));
  CHECK_FALSE(measures.relay_delays(std::span(counts).first(3), Microseconds(1)));
  measures.live_lag(std::chrono::milliseconds(3500));
  measures.redaction_lag(std::chrono::minutes(3));
  measures.lines("atlas", 40);
  measures.lines("atlas", 2);
  serve::measure_storage(*gateway.core);
  const std::string metrics = gateway.ask("root", Method::get, "/metrics").text;
  for (const char* line : {"frostgate_relay_delay_seconds_bucket{le=\"0.001\"} 0\n", "frostgate_relay_delay_seconds_bucket{le=\"0.002\"} 3\n", "frostgate_relay_delay_seconds_bucket{le=\"5\"} 3\n",
                           "frostgate_relay_delay_seconds_bucket{le=\"+Inf\"} 4\n", "frostgate_relay_delay_seconds_count 4\n", "frostgate_relay_delay_seconds_sum 6.5\n",
                           "frostgate_live_lag_seconds_bucket{le=\"4\"} 1\n", "frostgate_live_lag_seconds_bucket{le=\"3\"} 0\n", "frostgate_redaction_lag_seconds_bucket{le=\"300\"} 1\n",
                           "frostgate_ocr_lines_total{means=\"atlas\"} 42\n", "frostgate_ocr_lines_total{means=\"tesseract\"} 0\n", "frostgate_storage_bytes{kind=\"archived_film\"} 0\n"}) {
    CHECK_THAT(metrics, Catch::Contains(line));
  }
  CHECK(metrics.find("frostgate_storage_bytes{kind=\"film\"} 0\n") == std::string::npos);
  CHECK_THAT(metrics, Catch::Contains("frostgate_storage_bytes{kind=\"film\"} ") && Catch::Contains("frostgate_storage_free_bytes "));
}

TEST_CASE("the shipped dashboard and rules ask for metrics that there are") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  serve::raise_alert(*gateway.core, {"disk.low", alerts::Severity::warning, "x", "Look."}, kNow);
  REQUIRE(catalog::Alerts(*gateway.core->catalog).raise({0, "k", "info", "s", "t", kNow, kNow, 0}, {"hook"}, kNow));
  gateway.core->measures.session("rdp", "vnc");
  serve::measure_storage(*gateway.core);
  const std::string metrics = gateway.ask("root", Method::get, "/metrics").text;
  std::set<std::string> missing;
  for (const char* name : {"frostgate.json", "frostgate-rules.yaml"}) {
    std::ifstream file(std::filesystem::path(FROSTGATE_SOURCE) / "samples/grafana" / name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    REQUIRE(text.size() > 1000);
    const std::regex metric("frostgate_[a-z_]+");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), metric); it != std::sregex_iterator(); ++it) {
      if (metrics.find(it->str() + "{") == std::string::npos && metrics.find(it->str() + " ") == std::string::npos) missing.insert(it->str());
    }
  }
  CHECK(missing == std::set<std::string>{});
  CHECK_THAT(metrics, Catch::Contains("frostgate_alert_deliveries{sink=\"hook\",state=\"waiting\"} 1"));
}
