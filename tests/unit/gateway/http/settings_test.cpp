#include "storage/catalog/jobs.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

TEST_CASE("the settings tell an administrator of everything how the gateway is set up, and nobody a secret") {
  ApiGateway gateway;
  config::Config& config = gateway.core->config;
  config.https = config::ListenAddress{"::1", 8443};
  config.postgresql = "host=db password=p0stgres-secret";
  config.evidence.timestamp_url = "https://stamper:st4mp-secret@tsa.example.org/tsr";
  alerts::Sink hook, mail, command;
  hook.name = "chat";
  hook.url = "https://hooks.example.org:8080/services/h00k-secret?key=qu3ry-secret";
  mail.name = "mail";
  mail.type = alerts::Sink::Type::syslog;
  mail.host = "log.example.org";
  mail.port = 6514;
  command.name = "pager";
  command.type = alerts::Sink::Type::command;
  command.command = {"/usr/bin/page", "--token", "p4ger-secret"};
  config.alerts.sinks = {hook, mail, command};
  const Answer answer = gateway.ask("root", Method::get, "/api/v1/settings");
  REQUIRE(answer.status == 200);
  CHECK(answer.text.find("-secret") == std::string::npos);
  CHECK(answer.body["listen"] == json{{"rdp", nullptr}, {"vnc", nullptr}, {"https", "[::1]:8443"}});
  CHECK(answer.body["catalog"] == "postgresql");
  CHECK(answer.body["evidence"]["timestamps"] == "https://tsa.example.org");
  CHECK(answer.body["alert_sinks"][0]["to"] == "https://hooks.example.org:8080");
  CHECK(answer.body["alert_sinks"][1]["to"] == "log.example.org:6514");
  CHECK(answer.body["alert_sinks"][2]["to"] == "/usr/bin/page");
  CHECK(gateway.ask("role-admin-own", Method::get, "/api/v1/settings").status == 403);
}

TEST_CASE("work that goes on is told with how far it is, and so are everybody's exports") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  catalog::RecordingChange change;
  change.progress = 0.25;
  REQUIRE(catalog::Recordings(*gateway.core->catalog).update("r1", change));
  catalog::Jobs jobs(*gateway.core->catalog);
  REQUIRE(jobs.enqueue({"follow", "r1", "", kNow, 3}));
  REQUIRE(jobs.enqueue({"other", "no recording", "", kNow, 3}));
  REQUIRE(gateway.ask(kCompliance, Method::post, "/api/v1/exports", R"({"recording":"r1","from":0,"to":0.5,"reason":"court"})").status == 202);
  const json body = gateway.ask("role-admin-own", Method::get, "/api/v1/jobs").body;
  std::map<std::string, json> progress;
  for (const json& job : body["items"]) progress[job["kind"]] = job["progress"];
  CHECK(progress.at("follow") == 0.25);
  CHECK(progress.at("other").is_null());
  REQUIRE(body["exports"].size() == 1);
  CHECK(body["exports"][0]["user"] == kCompliance);
  CHECK(body["exports"][0]["recording"] == "r1");
}
