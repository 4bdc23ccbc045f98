// Every operation of the contract, asked by everybody: nobody, somebody without a role, and each role where it covers the object and where
// it does not. An operation of openapi.yaml without a row here fails, as does a route that the contract does not know.
#include <set>

#include "gateway/http/document.h"
#include "gateway/http/routes.h"
#include "gateway/serve/event_hub.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

// What answers whom. `own` is the answer to somebody whose role covers the object, `foreign` to one whose role covers others.
struct Row {
  const char* target;  // below /api/v1
  const char* body;
  int own, foreign;
  std::map<std::string, int> own_as{};  // the answer to these roles where it is another
};

// Asked in this order, so what destroys comes late: names beginning with z.
const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> kRows{
      {"setup_state", {"/setup", "", 200, 200}},
      {"set_up", {"/setup", R"({"token":"x","user":"eve","password":"long enough it is"})", 403, 403}},
      {"who_am_i", {"/session", "", 200, 200}},
      {"sign_in", {"/session", R"({"user":"carl","password":"wrong"})", 401, 401}},
      {"sign_in_providers", {"/sign-in-providers", "", 200, 200}},
      {"begin_provider_sign_in", {"/sign-in-providers/nobody", "{}", 404, 404}},
      {"finish_provider_sign_in", {"/session/provider", R"({"state":"x","code":"y"})", 401, 401}},
      {"sign_out", {"/session", "", 204, 204}},
      {"change_password", {"/session/password", R"({"current":"correct horse","password":"battery staple 9"})", 204, 204}},
      {"begin_totp", {"/session/totp", "", 201, 201}},
      {"confirm_totp", {"/session/totp", R"({"code":"000000"})", 403, 403}},
      {"web_sessions", {"/web-sessions", "", 200, 200}},
      {"end_web_session", {"/web-sessions/w99999", "", 404, 404}},
      {"targets", {"/targets", "", 200, 200}},
      {"add_target", {"/targets", R"({"name":"kiosk","protocol":"vnc","host":"10.0.0.1","port":5900})", 409, 403}},
      {"target", {"/targets/dc1", "", 200, 404}},
      {"remove_target", {"/targets/kiosk", "", 204, 404}},
      {"set_target_credential", {"/targets/dc1/credential", R"({"credential":"new"})", 204, 404}},
      {"test_target", {"/targets/kiosk/test", "", 200, 404}},  // whose credential was refused: it is not tried
      {"pin_target", {"/targets/dc1/pin", R"({"certificate":""})", 204, 404}},
      {"issue_ticket", {"/targets/dc1/tickets", R"({"front":"rdp"})", 201, 404}},
      {"rdp_file", {"/targets/dc1/rdp-file", "", 200, 404}},
      {"issue_screen_ticket", {"/targets/dc1/screen-ticket", "", 201, 404}},
      {"screen", {"/targets/dc1/screen?ticket=x", "", 422, 404}},  // no WebSocket
      {"live_sessions", {"/live-sessions", "", 200, 200}},
      // An operator may end no session but the own one.
      {"end_live_session", {"/live-sessions/live1/end", R"({"message":"enough"})", 204, 404, {{"operator", 404}}}},
      {"lock_input", {"/live-sessions/live1/input", R"({"locked":true})", 204, 404}},
      {"live_film", {"/live-sessions/live1/film", "", 200, 404}},
      {"recordings", {"/recordings", "", 200, 200}},
      {"search", {"/search?q=x", "", 200, 200}},
      {"export_recordings", {"/recordings/export", "", 200, 200}},
      {"recording", {"/recordings/r1", "", 200, 404}},
      {"recording_report", {"/recordings/r1/report", "", 200, 404}},
      {"recording_events", {"/recordings/r1/events", "", 200, 404}},
      {"remarks", {"/recordings/r1/remarks", "", 200, 404}},
      {"add_remark", {"/recordings/r1/remarks", R"({"at":0.5,"text":"look"})", 201, 404}},
      {"remove_remark", {"/recordings/r1/remarks/999", "", 404, 404}},
      {"film_index", {"/recordings/r1/index", "", 200, 404}},
      {"film_segment", {"/recordings/r1/segments/2/0/1", "", 200, 404}},
      {"film", {"/recordings/r1/film/0", "", 200, 404}},
      {"storyboard", {"/recordings/r1/storyboard", "", 200, 404}},
      {"thumbnail", {"/recordings/r1/thumbnails/0", "", 200, 404}},
      {"recording_views", {"/recordings/r1/views", "", 200, 404}},
      {"retry_recording", {"/recordings/r1/retry", "", 409, 404}},
      {"original_state", {"/recordings/r1/original", "", 200, 404}},
      {"original_share", {"/recordings/r1/original/shares/1", "", 404, 404}},  // nothing is sealed
      {"open_original", {"/recordings/r1/original/openings/q1", "", 404, 404}},  // q1 is for something else
      {"close_original", {"/recordings/r1/original/openings/q1", "", 404, 404}},
      {"give_original_share", {"/recordings/r1/original/openings/q1/shares", R"({"share":"00"})", 404, 404}},
      {"original_index", {"/recordings/r1/original/openings/q1/index", "", 404, 404}},
      {"original_segment", {"/recordings/r1/original/openings/q1/segments/0/0", "", 404, 404}},
      {"retention_plan", {"/retention/plan", "", 200, 200}},
      {"holds", {"/holds", "", 200, 200}},
      {"place_hold", {"/recordings/r1/hold", R"({"reason":"a lawsuit"})", 204, 404}},
      {"release_hold", {"/recordings/r1/hold/release", R"({"reason":"settled"})", 204, 404}},
      {"exports", {"/exports", "", 200, 200}},
      {"begin_export", {"/exports", R"({"recording":"r1","from":0,"to":0.5,"reason":"court"})", 202, 404}},
      // Everybody sees the own ones only.
      {"export_state", {"/exports/e1", "", 404, 404}},
      {"remove_export", {"/exports/e1", "", 404, 404}},
      {"export_bundle", {"/exports/e1/bundle", "", 404, 404}},
      {"requests", {"/requests", "", 200, 200}},
      // Nobody has to agree to it, so there is nothing to ask; and only an operator connects.
      {"create_request", {"/requests", R"({"kind":"start","target":"dc1"})", 422, 404, {{"auditor", 404}, {"compliance", 404}}}},
      // An operator sees the own ones, and this is somebody else's.
      {"request", {"/requests/q1", "", 200, 404, {{"operator", 404}}}},
      {"decide_request", {"/requests/q1/decision", R"({"approve":true})", 200, 404}},
      {"cancel_request", {"/requests/q1/cancel", "", 404, 404}},
      {"revoke_request", {"/requests/q1/revoke", "{}", 200, 404}},
      {"review_request", {"/requests/q1/review", R"({"text":"looked into"})", 409, 404}},
      {"users", {"/users", "", 200, 200}},
      // Handing out rights takes an administrator of everything; these administer some targets.
      {"add_user", {"/users", R"({"name":"new"})", 403, 403}},
      {"disable_user", {"/users/anna", "", 403, 403}},
      {"enable_user", {"/users/anna/enabled", "", 403, 403}},
      {"set_user_password", {"/users/anna/password", R"({"password":"another long one"})", 403, 403}},
      {"drop_second_factor", {"/users/anna/second-factor", "", 403, 403}},
      {"groups", {"/groups", "", 200, 200}},
      {"add_member", {"/groups/g/members/anna", "", 403, 403}},
      {"remove_member", {"/groups/g/members/anna", "", 403, 403}},
      {"role_bindings", {"/role-bindings", "", 200, 200}},
      {"bind_role", {"/role-bindings", R"({"role":"admin","subject_kind":"user","subject":"anna","scope":"*"})", 403, 403}},
      {"unbind_role", {"/role-bindings/b1", "", 403, 403}},
      {"tokens", {"/tokens", "", 200, 200}},
      {"create_token", {"/tokens", R"({"name":"t","roles":["compliance"],"days":1})", 403, 403, {{"compliance", 201}}}},
      {"revoke_token", {"/tokens/t999", "", 404, 404}},
      {"policy", {"/policy", "", 200, 200}},
      {"explain_policy", {"/policy/explain?user=anna&target=dc1", "", 200, 404}},
      {"reviews", {"/reviews", "", 403, 403}},
      {"sign_review", {"/reviews", R"({"kind":"access","digest":"0"})", 403, 403}},
      {"simulate_policy", {"/policy/simulation", R"({"text":"rules: []"})", 403, 403}},
      // What everybody did everywhere is for those whose role is not bound to some targets.
      {"alerts", {"/alerts", "", 403, 403}},
      {"alert_sinks", {"/alert-sinks", "", 403, 403}},
      {"test_alert_sinks", {"/alert-sinks/test", "", 403, 403}},
      {"audit", {"/audit", "", 403, 403}},
      {"export_audit", {"/audit/export", "", 403, 403}},
      {"verify_audit", {"/audit/verification", "", 403, 403}},
      {"jobs", {"/jobs", "", 200, 200}},
      {"health", {"/health", "", 200, 200}},
      {"about", {"/about", "", 200, 200}},
      {"events", {"/events", "", 200, 200}},
      {"openapi_json", {"/openapi.json", "", 200, 200}},
      {"openapi_yaml", {"/openapi.yaml", "", 200, 200}},
  };
  return kRows;
}

Method method_named(const std::string& word) {
  return word == "get" ? Method::get : word == "post" ? Method::post : word == "put" ? Method::put : word == "delete" ? Method::del : Method::other;
}

struct Operation {
  std::string id, path;
  Method method = Method::other;
  std::set<std::string> roles;
  json responses;
};

std::vector<Operation> operations() {
  std::vector<Operation> out;
  const json document = json::parse(document_json());
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [word, operation] : item.items()) {
      if (word == "parameters" || operation.value("x-planned", false)) continue;
      out.push_back({operation["operationId"], path, method_named(word), operation["x-roles"].get<std::set<std::string>>(), operation["responses"]});
    }
  }
  return out;
}

// A film, a session that runs and is followed, and a request, all on dc1.
struct Scene : ApiGateway {
  Scene() {
    publish_film(*core, "r1");
    REQUIRE(catalog::Targets(*core->catalog).set_credential_aside("kiosk", kNow));
    catalog::Recording live;
    live.id = "live1";
    live.user = "anna";
    live.target = "dc1";
    live.rule = "operators";
    live.policy_digest = core->policy->digest();
    live.node = core->node;
    live.started = kNow;
    REQUIRE(catalog::Recordings(*core->catalog).create(live));
    REQUIRE(core->sessions.enter("live1", "anna", "dc1", {}));
    core->rdp_port = 3389;
    catalog::ApprovalRequest question;
    question.id = "q1";
    question.requester = "anna";
    question.target = "dc1";
    question.rule = "operators";
    question.policy_digest = core->policy->digest();
    question.users = {"role-approver-*"};
    question.created = kNow;
    question.expires = kNow + std::chrono::hours(1);
    question.validity = std::chrono::hours(1);
    REQUIRE(catalog::ApprovalRequests(*core->catalog).create(question));
    source = std::make_unique<serve::LiveHub::Source>(core->live, "live1");
  }
  std::unique_ptr<serve::LiveHub::Source> source;
};

}  // namespace

TEST_CASE("the contract and the table of routes know the same operations, with the same roles") {
  std::map<std::string, const Route*> by_operation;
  for (const Route& route : routes()) CHECK(by_operation.emplace(route.operation, &route).second);
  for (const Operation& operation : operations()) {
    INFO(operation.id);
    REQUIRE(by_operation.contains(operation.id));
    const Route& route = *by_operation[operation.id];
    CHECK(route.path == operation.path);
    CHECK(route.method == operation.method);
    std::set<std::string> roles;
    for (const auto role : route.roles) roles.insert(catalog::to_string(role));
    if (route.who == Who::anyone) roles = {"anyone"};
    if (route.who == Who::user) roles = {"user"};
    CHECK(roles == operation.roles);
    by_operation.erase(operation.id);
  }
  for (const auto& [id, route] : by_operation) FAIL_CHECK("openapi.yaml does not know " << id);
}

TEST_CASE("every operation answers each role, on own and foreign objects, as its row says") {
  Scene scene;
  std::set<std::string> asked;
  for (const Operation& operation : operations()) {
    INFO("operation " << operation.id << "; an operation needs a row in matrix_test.cpp");
    REQUIRE(rows().contains(operation.id));
    asked.insert(operation.id);
    const Row& row = rows().at(operation.id);
    const std::string target = std::string("/api/v1") + row.target;
    const auto status = [&](const std::string& user) { return scene.ask(user, operation.method, target, row.body).status; };
    const bool open = operation.roles.contains("anyone"), any_user = operation.roles.contains("user");
    INFO("by nobody");
    CHECK(status("") == (open ? row.own : 401));
    // What ends or changes a session would spoil it for those who come after: these have tests of their own.
    if (std::set<std::string>{"sign_out", "change_password", "sign_in", "finish_provider_sign_in", "set_up"}.contains(operation.id)) continue;
    INFO("by somebody without a role");
    CHECK(status("role-none") == (open || any_user ? row.own : 403));
    for (const std::string role : kRoleNames) {
      const bool may = open || any_user || operation.roles.contains(role);
      INFO("by " << role << ", foreign");
      const int foreign = operation.id == "create_token" && role == "compliance" ? 201 : row.foreign;
      CHECK(status("role-" + role + "-foreign") == (may ? foreign : 403));
    }
    if (operation.id == "remove_target") continue;  // below
    for (const std::string role : kRoleNames) {
      const bool may = open || any_user || operation.roles.contains(role);
      const int own = row.own_as.contains(role) ? row.own_as.at(role) : row.own;
      INFO("by " << role << ", own");
      CHECK(status("role-" + role + "-own") == (may ? own : 403));
    }
  }
  CHECK(scene.ask("role-admin-own", Method::del, "/api/v1/targets/kiosk").status == 204);
  for (const auto& [id, row] : rows()) CHECK(asked.contains(id));
}

TEST_CASE("every answer's status is one that the contract names for the operation, or one of an error") {
  Scene scene;
  for (const Operation& operation : operations()) {
    if (operation.id == "events") continue;
    INFO(operation.id);
    const Row& row = rows().at(operation.id);
    const Answer answer = scene.ask("root", operation.method, std::string("/api/v1") + row.target, row.body);
    if (answer.status < 300) CHECK(operation.responses.contains(std::to_string(answer.status)));
    else CHECK((answer.headers.at("Content-Type") == "application/problem+json" && answer.body["status"] == answer.status));
    CHECK(answer.headers.at("X-Content-Type-Options") == "nosniff");
    CHECK(answer.headers.at("Content-Security-Policy").find("unsafe") == std::string::npos);
    if (operation.id == "sign_out") break;
  }
}

TEST_CASE("what a caller may not watch is in no list, and counts for nothing in a page") {
  Scene scene;
  for (int i = 0; i < 5; ++i) {
    catalog::Recording row;
    row.id = "foreign" + std::to_string(i);
    row.user = "carl";
    row.target = i % 2 ? "vault" : "dead";
    row.started = kNow + std::chrono::seconds(i);
    REQUIRE(catalog::Recordings(*scene.core->catalog).create(row));
  }
  const Answer own = scene.ask("role-auditor-own", Method::get, "/api/v1/recordings?limit=1");
  REQUIRE(own.body["items"].size() == 1);
  const std::string next = own.body["next"];
  const Answer second = scene.ask("role-auditor-own", Method::get, "/api/v1/recordings?limit=1&cursor=" + next);
  REQUIRE(second.body["items"].size() == 1);
  CHECK(second.body["next"].is_null());
  CHECK(second.body["items"][0]["id"] != own.body["items"][0]["id"]);
  const Answer foreign = scene.ask("role-auditor-foreign", Method::get, "/api/v1/recordings");
  CHECK(foreign.body["items"].size() == 2);
  for (const json& one : foreign.body["items"]) CHECK(one["target"] == "vault");
  CHECK(scene.ask("root", Method::get, "/api/v1/recordings").status == 403);
  const json live = scene.ask("role-auditor-foreign", Method::get, "/api/v1/live-sessions").body["items"];
  for (const json& one : live) CHECK(one["target"] == "vault");
  CHECK(scene.ask("role-operator-own", Method::get, "/api/v1/live-sessions").body["items"].empty());
  const json targets = scene.ask("role-operator-own", Method::get, "/api/v1/targets").body["items"];
  CHECK(targets.size() == 2);
  CHECK_FALSE(targets[0].contains("host"));
}
