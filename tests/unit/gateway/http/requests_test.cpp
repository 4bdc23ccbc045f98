#include "gateway/http/static_files.h"
#include "gateway/serve/decision.h"
#include "storage/catalog/alerts.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

constexpr const char* kHostile = R"(\u202e<img src=x onerror=alert(1)> ' OR 1=1 --)";

// Whoever connects to dc1 needs one approval of two, with a reason and a ticket; whoever exports, one.
struct Gated : ApiGateway {
  explicit Gated(int needed = 1) {
    add("second", "approver", "target=dc1");
    add("bystander", "approver", "target=dc1");
    const std::string approval = "{needed: " + std::to_string(needed) + ", users: [\"role-approver-*\", second, \"" + kOperator + "\"], valid_minutes: 30, wait_minutes: 60}";
    auto policy = policy::Policy::parse("rules:\n  - name: operators\n    users: \"*\"\n    targets: \"*\"\n    allow: true\n    reason: required\n    ticket: \"CHG-[0-9]+\"\n"
                                        "    emergency: allow\n    approval: " + approval + "\n    gates: {export: {approval: " + approval + "}}\n", "test");
    INFO((policy ? std::string() : policy.error().message));
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
  }

  Answer get(const std::string& user, const std::string& rest) { return ask(user, Method::get, "/api/v1/requests" + rest); }
  Answer post(const std::string& user, const std::string& rest, const json& body) { return ask(user, Method::post, "/api/v1/requests" + rest, body.dump()); }
  std::string wish(const std::string& reason = "patch night") {
    const Answer made = post(kOperator, "", {{"kind", "start"}, {"target", "dc1"}, {"reason", reason}, {"ticket", "CHG-7"}});
    REQUIRE(made.status == 201);
    return made.body["id"];
  }
};

}  // namespace

TEST_CASE("a request goes from its asker to an approver who is named, and lets the asker in") {
  Gated gateway;
  CHECK(gateway.post(kOperator, "", {{"kind", "start"}, {"target", "dc1"}, {"ticket", "CHG-7"}}).status == 422);
  CHECK(gateway.post(kOperator, "", {{"kind", "start"}, {"target", "dc1"}, {"reason", "x"}, {"ticket", "7"}}).status == 422);
  const std::string id = gateway.wish();
  CHECK(gateway.wish() == id);
  const json mine = gateway.get(kOperator, "?list=mine").body["items"];
  REQUIRE(mine.size() == 1);
  CHECK((mine[0]["may_cancel"] && !mine[0]["may_decide"]));

  const json waiting = gateway.get(kApprover, "?list=to_decide").body["items"];
  REQUIRE(waiting.size() == 1);
  CHECK((waiting[0]["requester"] == kOperator && waiting[0]["reason"] == "patch night" && waiting[0]["ticket"] == "CHG-7" && waiting[0]["rule"] == "operators"));
  const Answer decided = gateway.post(kApprover, "/" + id + "/decision", {{"approve", true}, {"comment", "go ahead"}});
  CHECK(decided.status == 200);
  CHECK((decided.body["state"] == "approved" && decided.body["decisions"][0]["comment"] == "go ahead" && decided.body["may_revoke"]));
  CHECK(gateway.get(kApprover, "?list=to_decide").body["items"].empty());
  CHECK(gateway.post(kApprover, "/" + id + "/decision", {{"approve", false}}).status == 409);
  CHECK(gateway.core->approvals->use(id, "session", gateway.now));
  CHECK(gateway.ask("root", Method::get, "/metrics").text.find("frostgate_requests{kind=\"start\",state=\"used\"} 1\n") != std::string::npos);
}

// Programs that look at mail open its links; some send what they find there once more.
TEST_CASE("the link that an alert carries opens the request and decides nothing, whoever follows it how often") {
  Gated gateway;
  gateway.core->config.sign_in.portal = "https://gateway.example";
  const std::string id = gateway.wish();
  const auto told = catalog::Alerts(*gateway.core->catalog).list(10, 0).value();
  REQUIRE(!told.empty());
  CHECK(told.front().kind == "approval.requested");
  CHECK(told.front().text.find("https://gateway.example/requests/" + id + ".") != std::string::npos);
  // A page of the portal, for everybody; then the API, which asks who it is.
  const storage::TemporaryDirectory folder;
  write_file(folder.path() / "index.html", "<!doctype html>");
  CHECK(static_file(folder.path(), ApiGateway::plain(Method::get, "/requests/" + id)).status == 200);
  for (int times = 0; times < 3; ++times) {
    CHECK(gateway.ask("", Method::get, "/api/v1/requests/" + id).status == 401);
    CHECK(gateway.get(kApprover, "/" + id).body["state"] == "requested");
  }
  CHECK(gateway.ask("", Method::post, "/api/v1/requests/" + id + "/decision", R"({"approve":true})").status == 401);
  CHECK(gateway.get(kOperator, "/" + id).body["state"] == "requested");
  CHECK(gateway.post(kApprover, "/" + id + "/decision", {{"approve", true}}).body["state"] == "approved");
}

TEST_CASE("nobody decides on a request of their own, nor whom the rule does not name, nor without the role") {
  Gated gateway;
  gateway.add("both", "operator", "target=dc1");
  REQUIRE(catalog::Roles(*gateway.core->catalog).bind({"", access::Role::approver, catalog::SubjectKind::user, kOperator, "*"}, gateway.now));
  const std::string id = gateway.wish(), path = "/" + id + "/decision";
  CHECK(gateway.post(kOperator, path, {{"approve", true}}).status == 403);
  CHECK(gateway.post("bystander", path, {{"approve", true}}).status == 403);
  CHECK(gateway.post("role-approver-foreign", path, {{"approve", true}}).status == 404);
  CHECK(gateway.post("role-auditor-own", path, {{"approve", true}}).status == 403);
  CHECK(gateway.get("bystander", "?list=to_decide").body["items"].empty());
  CHECK(gateway.get("bystander", "/" + id).body["may_decide"] == false);
  CHECK(gateway.post(kOperator, "/" + id + "/revoke", json::object()).status == 403);
  CHECK(gateway.get(kOperator, "/" + id).body["state"] == "requested");
}

TEST_CASE("of two approvals that are needed the first leaves the request open, and does not count twice") {
  Gated gateway(2);
  const std::string path = "/" + gateway.wish() + "/decision";
  CHECK(gateway.post(kApprover, path, {{"approve", true}}).body["state"] == "requested");
  CHECK(gateway.get(kApprover, "?list=to_decide").body["items"].empty());
  CHECK(gateway.post(kApprover, path, {{"approve", true}}).status == 409);
  CHECK(gateway.post("second", path, {{"approve", true}}).body["state"] == "approved");
}

TEST_CASE("a request is taken back by its asker alone, and an approval by an approver") {
  Gated gateway;
  const std::string first = gateway.wish();
  CHECK(gateway.ask(kApprover, Method::post, "/api/v1/requests/" + first + "/cancel").status == 403);
  CHECK(gateway.ask("role-auditor-own", Method::post, "/api/v1/requests/" + first + "/cancel").status == 404);
  CHECK(gateway.ask(kOperator, Method::post, "/api/v1/requests/" + first + "/cancel").body["state"] == "cancelled");
  CHECK(gateway.ask(kOperator, Method::post, "/api/v1/requests/" + first + "/cancel").status == 409);
  const std::string second = gateway.wish();
  CHECK(gateway.post(kApprover, "/" + second + "/revoke", json::object()).status == 409);
  gateway.post(kApprover, "/" + second + "/decision", {{"approve", true}});
  const Answer revoked = gateway.post(kApprover, "/" + second + "/revoke", {{"comment", "stop"}});
  CHECK((revoked.body["state"] == "revoked" && revoked.body["ended_by"] == kApprover && revoked.body["end_comment"] == "stop"));
}

TEST_CASE("an emergency waits for somebody who signs, with what was found") {
  Gated gateway;
  approvals::Wish wish;
  wish.requester = kOperator;
  wish.reason = "all is on fire";
  wish.ticket = "CHG-1";
  REQUIRE(serve::aim_at_target(*gateway.core, wish, catalog::Targets(*gateway.core->catalog).find("dc1").value(), "", gateway.now));
  const auto begun = gateway.core->approvals->begin_in_emergency(wish, "session", gateway.now);
  REQUIRE(begun);
  const std::string path = "/" + begun.value().id();
  CHECK(gateway.get(kApprover, "?list=to_decide").body["items"][0]["may_review"] == true);
  CHECK(gateway.post(kApprover, path + "/review", {{"text", ""}}).status == 422);
  CHECK(gateway.post(kApprover, path + "/review", {{"text", "it was"}}).body["review"] == "it was");
  CHECK(gateway.post(kApprover, path + "/review", {{"text", "again"}}).status == 409);
  CHECK(gateway.get(kApprover, "?list=to_decide").body["items"].empty());
}

TEST_CASE("an export is asked for by compliance alone, of a span that lies in the film") {
  Gated gateway;
  publish_film(*gateway.core, "r1");
  const auto status = [&](const std::string& user, const json& from, const json& to) {
    return gateway.post(user, "", {{"kind", "export"}, {"recording", "r1"}, {"from", from}, {"to", to}, {"reason", "court"}}).status;
  };
  CHECK(status("role-auditor-own", 0, 1) == 404);
  CHECK(status("role-compliance-foreign", 0, 1) == 404);
  CHECK(status(kCompliance, 0.5, 0.5) == 422);
  CHECK(status(kCompliance, 0, 9000) == 422);
  CHECK(status(kCompliance, -1, 1) == 422);
  CHECK(status(kCompliance, "0", 1) == 422);
  CHECK(status(kCompliance, 0.25, 0.75) == 201);
  const json one = gateway.get(kApprover, "?list=to_decide").body["items"][0];
  CHECK((one["kind"] == "export" && one["from"] == 0.25 && one["to"] == 0.75 && one["recording"] == "r1"));
  CHECK(gateway.post(kCompliance, "", {{"kind", "delete-early"}, {"recording", "r1"}, {"reason", "x"}}).status == 403);  // the rule has no gate for it
}

TEST_CASE("requests are listed page by page, with none of another scope between them") {
  Gated gateway;
  catalog::ApprovalRequests kept(*gateway.core->catalog);
  for (int i = 0; i < 9; ++i) {
    catalog::ApprovalRequest one;
    one.id = "q" + std::to_string(i);
    one.requester = "anna";
    one.target = i % 3 == 0 ? "vault" : "dc1";
    one.policy_digest = gateway.core->policy->digest();
    one.created = gateway.now + std::chrono::seconds(i / 2);
    one.expires = gateway.now + std::chrono::hours(1);
    REQUIRE(kept.create(one));
  }
  std::vector<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 10; ++page) {
    const Answer answer = gateway.get("role-auditor-own", "?limit=4" + (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(answer.status == 200);
    for (const json& one : answer.body["items"]) seen.push_back(one["id"]);
    if (answer.body["next"].is_null()) break;
    cursor = answer.body["next"];
  }
  CHECK(seen == std::vector<std::string>{"q8", "q7", "q5", "q4", "q2", "q1"});
  for (const char* wrong : {"x", "12", "12.", ".q1", "99999999999999999999.q1", "-"}) CHECK(gateway.get(kApprover, "?cursor=" + std::string(wrong)).status == 422);
  CHECK(gateway.get(kApprover, "?list=others").status == 422);
  CHECK(gateway.get(kApprover, "?state=open").status == 422);
}

TEST_CASE("hostile reasons and comments come back as they were written, as text of JSON") {
  Gated gateway;
  const std::string text = json::parse("\"" + std::string(kHostile) + "\"");
  const std::string id = gateway.wish(text);
  gateway.post(kApprover, "/" + id + "/decision", {{"approve", false}, {"comment", text}});
  const json shown = gateway.get(kOperator, "/" + id).body;
  CHECK((shown["reason"] == text && shown["decisions"][0]["comment"] == text && shown["state"] == "refused"));
  CHECK(gateway.post(kOperator, "", {{"kind", "start"}, {"target", "dc1"}, {"reason", std::string(1025, 'x')}, {"ticket", "CHG-1"}}).status == 422);
  CHECK(gateway.get(kApprover, "/..%2f..%2fetc").status == 400);
  CHECK(gateway.get(kApprover, "/nothing").status == 404);
}

TEST_CASE("a request is shown with the last sessions of its asker on its target") {
  Gated gateway;
  for (int i = 0; i < 7; ++i) {
    catalog::Recording row;
    row.id = "s" + std::to_string(i);
    row.user = i == 3 ? "anna" : kOperator;
    row.target = i == 4 ? "kiosk" : "dc1";
    row.started = gateway.now - std::chrono::hours(10 - i);
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
  }
  const json sessions = gateway.get(kApprover, "/" + gateway.wish()).body["sessions"];
  REQUIRE(sessions.size() == 5);
  CHECK((sessions[0]["id"] == "s6" && sessions[1]["id"] == "s5" && sessions[2]["id"] == "s2"));
}

TEST_CASE("whoever has a part in a request hears that it has changed, and nobody else") {
  Gated gateway;
  const auto stream = [&](const std::string& user) { return std::get<Stream>(gateway.api.handle(gateway.as(user, Method::get, "/api/v1/events"), gateway.now).body); };
  Stream asker = stream(kOperator), approver = stream(kApprover), foreign = stream("role-approver-foreign"), other = stream("role-operator-foreign");
  const std::string id = gateway.wish();
  for (Stream* one : {&asker, &approver}) CHECK((*one)().bytes.find("event: request\ndata: {\"id\":\"" + id + "\"") != std::string::npos);
  gateway.post(kApprover, "/" + id + "/decision", {{"approve", true}});
  CHECK(asker().bytes.find("\"state\":\"approved\"") != std::string::npos);
  for (Stream* one : {&foreign, &other}) CHECK((*one)().bytes.find(id) == std::string::npos);
}

TEST_CASE("the recording of a session pauses or stops for its user alone, when an approver has agreed, and goes on") {
  Gated gateway;
  catalog::Recording row;
  row.id = "live1";
  row.user = kOperator;
  row.target = "dc1";
  row.rule = "operators";
  row.policy_digest = gateway.core->policy->digest();
  row.started = gateway.now;
  row.status = catalog::RecordingStatus::recording;
  REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
  REQUIRE(gateway.core->sessions.enter("live1", kOperator, "dc1", {}));
  const auto pause = [&](const std::string& user, bool paused) { return gateway.ask(user, Method::put, "/api/v1/live-sessions/live1/recording", json{{"paused", paused}}.dump()); };
  const auto locked = [&] { return gateway.ask("role-auditor-own", Method::get, "/api/v1/live-sessions").body["items"][0]["input_locked"]; };
  CHECK(locked() == false);
  for (const bool wanted : {true, false}) {
    CHECK(gateway.ask("role-auditor-own", Method::put, "/api/v1/live-sessions/live1/input", json{{"locked", wanted}}.dump()).status == 204);
    CHECK(locked() == wanted);
    const auto orders = gateway.core->sessions.take_orders("live1");
    REQUIRE(orders.size() == 1);
    CHECK(orders[0] == json{{"type", "lock_input"}, {"locked", wanted ? 1 : 0}});
  }
  const json wish{{"kind", "pause"}, {"recording", "live1"}, {"reason", "a key is typed"}};
  CHECK(gateway.post(kOperator, "", wish).status == 403);  // no gate
  CHECK(pause(kOperator, true).status == 403);
  auto policy = policy::Policy::parse("rules: [{name: operators, users: \"*\", targets: \"*\", allow: true, gates: {pause: {approval: {users: [\"role-approver-*\", \"" +
                                      std::string(kOperator) + "\"]}, longest_minutes: 5}, stop: {approval: {users: [\"role-approver-*\"]}}}}]", "test");
  REQUIRE(policy);
  gateway.core->policy.replace(std::move(policy).value());
  const json listed = gateway.ask(kOperator, Method::get, "/api/v1/live-sessions").body["items"];
  REQUIRE(listed.size() == 1);
  CHECK((listed[0]["may_pause"] == true && listed[0]["may_stop"] == true && listed[0]["paused_until"].is_null() && listed[0]["stopped"] == false));

  CHECK(gateway.post("role-auditor-own", "", wish).status == 404);
  const Answer asked = gateway.post(kOperator, "", wish);
  REQUIRE(asked.status == 201);
  const std::string path = "/" + asked.body["id"].get<std::string>() + "/decision";
  CHECK(gateway.post(kOperator, path, {{"approve", true}}).status == 403);
  CHECK(pause(kOperator, true).status == 403);
  REQUIRE(gateway.post(kApprover, path, {{"approve", true}}).status == 200);
  CHECK(pause("role-auditor-own", true).status == 403);
  const Answer paused = pause(kOperator, true);
  CHECK(paused.status == 200);
  CHECK(paused.body["paused_until"] == serve::to_text(gateway.now + std::chrono::minutes(5)));
  CHECK(pause(kOperator, true).status == 409);
  CHECK(gateway.ask(kOperator, Method::get, "/api/v1/live-sessions").body["items"][0]["paused_until"] == paused.body["paused_until"]);
  CHECK(pause("role-auditor-foreign", false).status == 404);
  CHECK(pause("role-auditor-own", false).status == 200);
  const auto orders = gateway.core->sessions.take_orders("live1");
  REQUIRE(orders.size() == 2);
  CHECK((orders[0]["type"] == "pause_recording" && orders[0]["approved_by"] == kApprover));
  CHECK((orders[1]["type"] == "record_again" && orders[1]["why"] == "role-auditor-own asked for it"));

  gateway.core->sessions.recorded_again("live1");
  const auto stop = [&](const json& how) { return gateway.ask(kOperator, Method::put, "/api/v1/live-sessions/live1/recording", how.dump()); };
  CHECK(stop({{"paused", true}, {"stopped", true}}).status == 403);
  CHECK(stop({{"paused", false}, {"stopped", true}}).status == 422);
  CHECK(stop({{"paused", true}, {"stopped", "yes"}}).status == 422);
  const Answer wanted = gateway.post(kOperator, "", {{"kind", "stop"}, {"recording", "live1"}});
  REQUIRE(wanted.status == 201);
  REQUIRE(gateway.post(kApprover, "/" + wanted.body["id"].get<std::string>() + "/decision", {{"approve", true}}).status == 200);
  const Answer stopped = stop({{"paused", true}, {"stopped", true}});
  CHECK(stopped.status == 200);
  CHECK((stopped.body["paused_until"].is_null() && stopped.body["stopped"] == true));
  const json now = gateway.ask(kOperator, Method::get, "/api/v1/live-sessions").body["items"][0];
  CHECK((now["stopped"] == true && now["paused_until"].is_null()));
  CHECK(gateway.core->sessions.take_orders("live1").at(0)["type"] == "stop_recording");
}
