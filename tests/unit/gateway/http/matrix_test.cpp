// Every operation of the contract, asked by everybody: nobody, somebody without a role, and each role where it covers the object and where
// it does not, with and without the approval that a policy may ask for. An operation of openapi.yaml without a row (matrix.h) fails, as does a route that the contract does not know.
#include "tests/unit/gateway/http/matrix.h"

using namespace frostgate;
using namespace frostgate::http;
using namespace frostgate::http::matrix;

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
    CHECK((route.version != nullptr) == operation.versioned);
    CHECK((route.version != nullptr) == operation.responses.contains("412"));
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

TEST_CASE("where the policy asks for an approval, every operation answers each role as its row says before there is one, and with one") {
  for (const bool approved : {false, true}) {
    Scene scene;
    scene.close_gates();
    for (const std::string role : kRoleNames) {
      if (approved) scene.approve("role-" + role + "-own");
    }
    for (const Operation& operation : operations()) {
      const Row& row = rows().at(operation.id);
      const bool gated = operation.scope == "recording" || operation.scope == "target";
      INFO(operation.id << (approved ? ", approved" : ", not approved") << "; what is about a recording or a target needs a row in gated_rows() (matrix.h)");
      REQUIRE(gated_rows().contains(operation.id) == gated);
      if (!gated || operation.id == "remove_target") continue;
      const std::string target = std::string("/api/v1") + row.target;
      for (const std::string role : kRoleNames) {
        const bool may = operation.roles.contains(role);
        const int open = row.own_as.contains(role) ? row.own_as.at(role) : row.own;
        const int own = approved ? gated_rows().at(operation.id).with : gated_rows().at(operation.id).without;
        INFO("by " << role << ", own");
        CHECK(scene.ask("role-" + role + "-own", operation.method, target, row.body).status == (!may ? 403 : own == 0 || row.own_as.contains(role) ? open : own));
        INFO("by " << role << ", foreign, for whom no approval was given and whom none would help");
        CHECK(scene.ask("role-" + role + "-foreign", operation.method, target, row.body).status == (may ? row.foreign : 403));
      }
    }
  }
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
