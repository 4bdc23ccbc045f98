#include "gateway/http/codec_string.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/approvals.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/views.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

TEST_CASE("whoever gets a piece of film is noted with its seconds; an index is no view") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  const auto ask = [&](const std::string& user, const std::string& rest) { return gateway.ask(user, Method::get, "/api/v1/recordings/r1" + rest); };
  const Answer index = ask("role-auditor-own", "/index");
  REQUIRE(index.status == 200);
  CHECK(index.body["generation"] == 2);
  REQUIRE(index.body["parts"].size() == 1);
  CHECK(index.body["parts"][0]["segments"].size() == 1);
  CHECK(catalog::Views(*gateway.core->catalog).list("r1").value().empty());
  CHECK(ask("role-auditor-own", "/segments/2/0/1").text == "pictures with masks");
  CHECK(ask("role-auditor-own", "/segments/2/0/1").status == 200);
  CHECK(ask("role-auditor-own", "/segments/1/0/1").status == 404);  // what a later mask covers
  CHECK(ask("role-compliance-own", "/film/0").text == "headpictures with masks");
  CHECK(ask("role-auditor-own", "/film/1").status == 404);
  const json views = ask("role-auditor-own", "/views").body["items"];
  REQUIRE(views.size() == 2);
  CHECK(views[0]["user"] == "role-auditor-own");
  CHECK(views[0]["to"] == 1.0);
  CHECK(views[1]["user"] == "role-compliance-own");
}

TEST_CASE("what one who watches writes down, others who watch read; it is taken back by its writer alone, and noted without its text") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  const std::string remarks = "/api/v1/recordings/r1/remarks";
  const Answer written = gateway.ask("role-auditor-own", Method::post, remarks, R"({"at":0.75,"text":"who is <b>this</b>?"})");
  REQUIRE(written.status == 201);
  const json read = gateway.ask("role-compliance-own", Method::get, remarks).body["items"];
  REQUIRE(read.size() == 1);
  CHECK(read[0]["text"] == "who is <b>this</b>?");
  CHECK(read[0]["user"] == "role-auditor-own");
  CHECK(read[0]["at"] == 0.75);
  CHECK(read[0]["mine"] == false);
  CHECK(written.body["mine"] == true);
  for (const char* bad : {R"({"at":0.5,"text":""})", R"({"at":900,"text":"x"})", R"({"text":"x"})", R"({"at":-1,"text":"x"})", R"({"at":0,"text":"x","user":"eve"})"}) {
    INFO(bad);
    CHECK(gateway.ask("role-auditor-own", Method::post, remarks, bad).status == 422);
  }
  CHECK(gateway.ask("role-auditor-own", Method::post, remarks, json{{"at", 0}, {"text", std::string(2001, 'x')}}.dump()).status == 422);
  const std::string one = remarks + "/" + std::to_string(written.body["id"].get<int>());
  CHECK(gateway.ask("role-compliance-own", Method::del, one).status == 404);
  CHECK(gateway.ask("role-auditor-own", Method::del, one).status == 204);
  CHECK(gateway.ask("role-auditor-own", Method::get, remarks).body["items"].empty());
  int noted = 0;
  const std::vector<catalog::LedgerEntry> entries = catalog::Ledger(*gateway.core->catalog).list(0, 50).value();
  for (const catalog::LedgerEntry& entry : entries) {
    noted += entry.details.find("remark.") != std::string::npos;
    CHECK(entry.details.find("this") == std::string::npos);
  }
  CHECK(noted == 2);
}

TEST_CASE("what happened in a session is told by session time: its journal, its approval, alerts about it, orders to it and its user's devices") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  catalog::ApprovalRequest request;
  request.id = "q1";
  request.requester = "anna";
  request.target = "dc1";
  request.rule = "operators";
  request.policy_digest = gateway.core->policy->digest();
  request.reason = "the index";
  request.created = kNow - std::chrono::seconds(90);
  request.expires = kNow + std::chrono::hours(1);
  request.votes = {{"paula", true, "after eight", kNow - std::chrono::seconds(30)}};
  REQUIRE(catalog::ApprovalRequests(*gateway.core->catalog).create(request));
  catalog::RecordingChange change;
  change.report_json = R"({"approval":{"request":"q1","emergency":false},"redaction":{"journal":{"events":[{"at_ms":2500,"kind":"clipboard","to_target":true,"passed":false},
    {"at_ms":500,"kind":"resized","width":800,"height":600},{"at_ms":3000,"kind":"resumed"},{"at_ms":1,"kind":"a kind to come"},7]}}})";
  REQUIRE(catalog::Recordings(*gateway.core->catalog).update("r1", change));
  serve::raise_alert(*gateway.core, {"redaction.degraded", alerts::Severity::warning, "r1", "Look."}, kNow + std::chrono::seconds(70));
  serve::raise_alert(*gateway.core, {"disk.low", alerts::Severity::warning, "r2", "Elsewhere."}, kNow);
  serve::note(*gateway.core, catalog::LedgerEvent::configuration, "r1", "root", {{"request", "sessions.end"}, {"message", "enough"}}, kNow + std::chrono::seconds(60));
  serve::note(*gateway.core, catalog::LedgerEvent::configuration, "r1", "carla", {{"request", "hold.add"}}, kNow + std::chrono::seconds(61));
  serve::note(*gateway.core, catalog::LedgerEvent::configuration, "r1", "eve", {{"request", "sessions.end"}, {"denied", "no"}}, kNow);
  int second = 10;
  for (const json& detail : {json{{"what", "announced"}, {"device", "drive C:"}}, json{{"what", "file"}, {"device", "drive C:"}, {"path", "\\a"}, {"to_target_bytes", 7}, {"to_client_bytes", 0}},
                             json{{"what", "file"}, {"device", "drive C:"}, {"path", "\\b"}, {"to_target_bytes", 0}, {"to_client_bytes", 7}, {"became", "\\c"}},
                             json{{"what", "file"}, {"device", "drive C:"}, {"path", "\\d"}, {"to_target_bytes", 1}, {"to_client_bytes", 0}, {"became", "deleted"}},
                             json{{"what", "file"}, {"device", "port COM1"}, {"to_target_bytes", 1}, {"to_client_bytes", 1}}, json{{"what", "denied"}, {"device", "drive C:"}, {"path", "\\e"}},
                             json{{"what", "used"}, {"device", "smart card SCARD"}}, json{{"what", "more"}, {"count", 9}, {"to_target_bytes", 1}, {"to_client_bytes", 0}}}) {
    serve::note(*gateway.core, catalog::LedgerEvent::device, "r1", "anna", detail, kNow + std::chrono::seconds(second++));
  }
  const Answer answer = gateway.ask("role-auditor-own", Method::get, "/api/v1/recordings/r1/events");
  REQUIRE(answer.status == 200);
  std::vector<std::string> found;
  for (const json& one : answer.body["items"]) {
    found.push_back(std::to_string(static_cast<int>(one["at"].get<double>() * 10)) + " " + one["kind"].get<std::string>() + " " + one["what"].get<std::string>() + "," +
                    one["by"].get<std::string>() + "," + one["text"].get<std::string>());
  }
  CHECK(found == std::vector<std::string>{"-900 approval requested,anna,the index", "-300 approval approved,paula,after eight", "5 resized 800 x 600,,", "25 clipboard to_target_denied,,",
                                          "30 resumed ,,", "100 device announced,,drive C:", "110 device read,,drive C: \\a", "120 device written,,drive C: \\b → \\c",
                                          "130 device deleted,,drive C: \\d", "140 device read_and_written,,port COM1", "150 device denied,,drive C: \\e", "160 device used,,smart card SCARD",
                                          "170 device more,,9", "600 order end,root,enough", "700 alert redaction.degraded,,Look."});
  CHECK(gateway.ask("role-auditor-foreign", Method::get, "/api/v1/recordings/r1/events").status == 404);
  for (const char* broken : {R"({"redaction":{"journal":{"events":[{"kind":7}]}}})", R"({"approval":{"request":[]}})"}) {
    change.report_json = broken;
    REQUIRE(catalog::Recordings(*gateway.core->catalog).update("r1", change));
    CHECK(gateway.ask("role-auditor-own", Method::get, "/api/v1/recordings/r1/events").status == 500);
  }
}

TEST_CASE("a quarantined film is shown to nobody") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  catalog::RecordingChange change;
  change.status = catalog::RecordingStatus::failed;
  REQUIRE(catalog::Recordings(*gateway.core->catalog).update("r1", change));
  for (const char* rest : {"/index", "/segments/2/0/1", "/film/0"}) CHECK(gateway.ask("role-auditor-own", Method::get, std::string("/api/v1/recordings/r1") + rest).status == 409);
  CHECK(gateway.ask("role-admin-own", Method::post, "/api/v1/recordings/r1/retry").status != 409);
}

TEST_CASE("an answer that is known already is not sent again") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  const Answer first = gateway.ask("role-auditor-own", Method::get, "/api/v1/recordings");
  Request again = gateway.as("role-auditor-own", Method::get, "/api/v1/recordings");
  again.headers["if-none-match"] = first.headers.at("ETag");
  const Answer second = gateway.send(again);
  CHECK(second.status == 304);
  CHECK(second.text.empty());
}

TEST_CASE("a POST that is sent again with its idempotency key is done once") {
  ApiGateway gateway;
  const auto post = [&](const std::string& key, const std::string& body) {
    Request request = gateway.as("role-operator-own", Method::post, "/api/v1/targets/dc1/tickets", body);
    request.headers["idempotency-key"] = key;
    return gateway.send(request);
  };
  const Answer first = post("key-number-1", R"({"front":"rdp"})");
  REQUIRE(first.status == 201);
  CHECK(post("key-number-1", R"({"front":"rdp"})").body["value"] == first.body["value"]);
  CHECK(post("key-number-2", R"({"front":"rdp"})").body["value"] != first.body["value"]);
  CHECK(post("key-number-1", R"({"front":"vnc"})").status == 409);
  CHECK(post("short", R"({"front":"rdp"})").status == 400);
}

TEST_CASE("events reach those whom they concern, and end with the session") {
  ApiGateway gateway;
  const auto stream = [&](const std::string& user) { return std::get<Stream>(gateway.api.handle(gateway.as(user, Method::get, "/api/v1/events"), gateway.now).body); };
  Stream auditor = stream("role-auditor-own"), foreign = stream("role-auditor-foreign"), anna = stream("anna"), carl = stream("carl");
  for (Stream* one : {&auditor, &foreign, &anna, &carl}) CHECK((*one)().bytes == "retry: 3000\n\n");
  gateway.core->events.post({serve::EventKind::session, "s1", "started", "anna", "dc1"});
  gateway.core->events.post({serve::EventKind::recording, "s1", "clean", "anna", "dc1"});
  const std::string heard = auditor().bytes;
  CHECK(heard.find("event: session\ndata: {\"id\":\"s1\",\"state\":\"started\",\"target\":\"dc1\"}\n\n") != std::string::npos);
  CHECK(heard.find("event: recording") != std::string::npos);
  CHECK(foreign().bytes.empty());
  CHECK(carl().bytes.empty());
  const std::string own = anna().bytes;
  CHECK(own.find("event: session") != std::string::npos);
  CHECK(own.find("event: recording") == std::string::npos);
  for (int i = 0; i < 2000; ++i) gateway.core->events.post({serve::EventKind::session, "s2", "started", "anna", "dc1"});
  CHECK(anna().over);
}

TEST_CASE("readiness, life and metrics tell the truth, and metrics only to those who may know") {
  ApiGateway gateway;
  CHECK(gateway.ask("", Method::get, "/healthz").status == 200);
  CHECK(gateway.ask("", Method::get, "/readyz").status == 200);
  CHECK(gateway.ask("", Method::get, "/metrics").status == 401);
  CHECK(gateway.ask("role-operator-own", Method::get, "/metrics").status == 403);
  const Answer metrics = gateway.ask("root", Method::get, "/metrics");
  CHECK(metrics.text.find("frostgate_part_ok{part=\"catalog\"} 1\n") != std::string::npos);
  CHECK(metrics.text.find("frostgate_sessions_running 0\n") != std::string::npos);
  gateway.core->config.disk_reserve = std::int64_t{1} << 60;
  const Answer full = gateway.ask("", Method::get, "/readyz");
  CHECK(full.status == 503);
  CHECK(full.body["ready"] == false);
  const auto check = [&](const Answer& answer, const std::string& name) {
    const auto& checks = answer.body["checks"];
    const auto found = std::find_if(checks.begin(), checks.end(), [&](const auto& one) { return one["name"] == name; });
    REQUIRE(found != checks.end());
    return (*found)["ok"].template get<bool>();
  };
  CHECK_FALSE(check(full, "disk"));
  for (const char* name : {"catalog", "vault", "certificate", "key", "workers", "alerts"}) CHECK(check(full, name));
  // Where things are, and what is wrong with them, is nothing for strangers.
  CHECK(full.text.find(gateway.core->config.data_dir.string()) == std::string::npos);
  gateway.core->config.disk_reserve = 0;

  gateway.core->catalog_health.note(Error{ErrorKind::io, "database or disk is full"});
  gateway.core->key_health.note(Error{ErrorKind::unavailable, "the token does not answer"});
  std::filesystem::remove_all(gateway.core->config.vault_dir());
  const Answer broken = gateway.ask("", Method::get, "/readyz");
  CHECK(broken.status == 503);
  for (const char* name : {"catalog", "key", "vault"}) CHECK_FALSE(check(broken, name));
  CHECK(broken.text.find("token") == std::string::npos);
  gateway.core->catalog_health.note({});
  gateway.core->key_health.note({});
  std::filesystem::create_directories(gateway.core->config.vault_dir());

  // Sessions begin and are recorded without workers and alerts: no reason to leave the balancer.
  gateway.core->worker_health.note(Error{ErrorKind::io, "no such program"});
  catalog::Alerts alerts(*gateway.core->catalog);
  const auto raised = alerts.raise({0, "k", "info", "s", "t", kNow, kNow, 0}, {"hook"}, kNow);
  REQUIRE((raised && raised.value()));
  REQUIRE(alerts.failed(raised.value()->id, "hook", "connection refused", kNow));
  const Answer lame = gateway.ask("", Method::get, "/readyz");
  CHECK(lame.status == 200);
  CHECK_FALSE(check(lame, "workers"));
  CHECK_FALSE(check(lame, "alerts"));
}

TEST_CASE("a browser is told the film's coding, when there is one") {
  const std::string init("\0\0\0\x2c" "avcC\x01\x64\x00\x1f\xff", 13);
  CHECK(mime_of(std::as_bytes(std::span(init))) == "video/mp4; codecs=\"avc1.64001f\"");
  CHECK(mime_of(std::as_bytes(std::span(init).first(9))) == "video/mp4");
  CHECK(mime_of({}) == "video/mp4");
}

TEST_CASE("recordings are found by tags and by when they began") {
  ApiGateway gateway;
  for (int hour = 0; hour < 3; ++hour) {
    catalog::Recording row;
    row.id = "t" + std::to_string(hour);
    row.user = "anna";
    row.target = "dc1";
    row.started = kNow + std::chrono::hours(hour);
    row.tags = {{"env", hour == 1 ? "prod" : "test"}, {"team", "db"}};
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
  }
  const auto found = [&](const std::string& query) {
    std::string ids;
    const Answer answer = gateway.ask("role-auditor-own", Method::get, "/api/v1/recordings?" + query);
    if (answer.status != 200) return std::to_string(answer.status);
    for (const json& one : answer.body["items"]) ids += one["id"].get<std::string>();
    return ids;
  };
  const std::string second = serve::to_text(kNow + std::chrono::hours(1)), third = serve::to_text(kNow + std::chrono::hours(2));
  CHECK(found("since=" + second) == "t2t1");
  CHECK(found("since=" + second + "&until=" + third) == "t1");
  CHECK(found("tags=env%3Dtest") == "t2t0");
  CHECK(found("tags=env%3Dprod%2Cteam%3Ddb") == "t1");
  CHECK(found("tags=env%3Dprod%2Cteam%3Dweb").empty());
  for (const char* wrong : {"tags=env", "tags=%3Dx", "since=yesterday", "until=2026"}) CHECK(found(wrong) == "422");
}

TEST_CASE("the list of recordings is exported whole as a CSV file, in which nothing is a formula, and that is noted") {
  ApiGateway gateway;
  for (int i = 0; i < 450; ++i) {
    catalog::Recording row;
    row.id = "r" + std::to_string(i);
    row.user = i == 7 ? "=HYPERLINK(\"x\")" : "anna";
    row.target = i == 8 ? "vault" : "dc1";
    row.tags = {};
    row.rule = i == 9 ? "night, \"on call\"" : "operators";
    row.status = catalog::RecordingStatus::queued;
    row.started = kNow - std::chrono::seconds(1000 - i);
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
  }
  const auto exported = [&](const std::string& user, const std::string& query) {
    Response response = gateway.api.handle(gateway.as(user, Method::get, "/api/v1/recordings/export" + query), kNow);
    REQUIRE(response.status == 200);
    auto& stream = std::get<Stream>(response.body);
    std::string out;
    for (StreamPiece piece; !piece.over; out += piece.bytes) {
      piece = stream();
      REQUIRE_FALSE(piece.failed);
    }
    return out;
  };
  const std::string all = exported("role-auditor-own", "");
  CHECK(all.starts_with("id,started,ended,user,target,front,back,rule,status,seconds,masks\r\nr449,"));
  CHECK(std::count(all.begin(), all.end(), '\n') == 450);  // with the head; r8 is another's
  CHECK(all.find("\"'=HYPERLINK(\"\"x\"\")\"") != std::string::npos);
  CHECK(all.find("\"night, \"\"on call\"\"\"") != std::string::npos);
  CHECK(all.find("vault") == std::string::npos);
  CHECK(exported("role-auditor-own", "?user=ann*&status=failed") == "id,started,ended,user,target,front,back,rule,status,seconds,masks\r\n");
  CHECK(gateway.ask("role-operator-own", Method::get, "/api/v1/recordings/export").status == 403);
  CHECK(gateway.ask("role-auditor-own", Method::get, "/api/v1/recordings/export?since=yesterday").status == 422);
  const auto noted = catalog::Ledger(*gateway.core->catalog).find({.event = catalog::LedgerEvent::exported, .limit = 10});
  REQUIRE(noted);
  REQUIRE(noted.value().size() == 2);
  CHECK(noted.value()[0].actor == "role-auditor-own");
  CHECK(noted.value()[0].details.find("ann*") != std::string::npos);
}

TEST_CASE("a target that is tried tells what is wrong, and one that refused its password is not tried again") {
  ApiGateway gateway;
  catalog::Targets targets(*gateway.core->catalog);
  gateway.add_target("unnamed", catalog::Protocol::vnc, 5900, "nobody.invalid");
  const auto outcome = [&](const std::string& target) {
    const Answer answer = gateway.ask("root", Method::post, "/api/v1/targets/" + target + "/test");
    INFO(answer.text);
    REQUIRE(answer.status == 200);
    CHECK_FALSE(answer.body["reason"].get<std::string>().empty());
    return answer.body["outcome"].get<std::string>();
  };
  CHECK(outcome("dead") == "port");
  CHECK(outcome("unnamed") == "name");
  (void)gateway.target_was_called();
  REQUIRE(targets.set_credential_aside("kiosk", kNow));
  CHECK(outcome("kiosk") == "set_aside");
  CHECK_FALSE(gateway.target_was_called());
  CHECK(gateway.ask("root", Method::post, "/api/v1/targets/none/test").status == 404);
  CHECK(gateway.ask("role-operator-own", Method::post, "/api/v1/targets/kiosk/test").status == 403);
  const auto noted = catalog::Ledger(*gateway.core->catalog).find({.subject = "kiosk", .limit = 10});
  REQUIRE(noted);
  REQUIRE(noted.value().size() == 1);
  CHECK(noted.value()[0].details.find("set_aside") != std::string::npos);
}
