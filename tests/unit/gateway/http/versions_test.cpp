// Two people at the same object: what one brings as If-Match is what the other has not changed since.
#include "gateway/http/versions.h"

#include <atomic>
#include <thread>

#include "storage/catalog/deletions.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

struct Two : ApiGateway {
  int status(const std::string& user, Method method, const std::string& path, const std::string& body, const std::string& if_match) {
    Request request = as(user, method, "/api/v1" + path, body);
    if (!if_match.empty()) request.headers["if-match"] = if_match;
    return send(request).status;
  }
  json read(const std::string& path, const std::string& user = "root") { return ask(user, Method::get, "/api/v1" + path).body; }
  // Of the item of a list with this member.
  std::string version(const std::string& path, const std::string& name, const std::string& value, const std::string& user = "root") {
    const json list = read(path, user);
    for (const json& one : list["items"]) {
      if (one[name] == value) return '"' + one["version"].get<std::string>() + '"';
    }
    return "none";
  }
};

}  // namespace

TEST_CASE("a target is changed by who has seen it as it is; a second who has not is told") {
  Two gateway;
  const std::string path = "/targets/dc1", seen = gateway.version("/targets", "name", "dc1");
  const auto password = [&](const std::string& if_match) { return gateway.status("root", Method::put, path + "/credential", R"({"credential":"another"})", if_match); };
  CHECK(password(seen) == 204);
  CHECK(password(seen) == 412);
  const std::string now = gateway.version("/targets", "name", "dc1");
  CHECK(now != seen);
  CHECK(gateway.status("root", Method::put, path + "/pin", R"({"certificate":"00"})", seen) == 412);
  CHECK(gateway.status("root", Method::put, path + "/pin", json{{"certificate", std::string(64, 'a')}}.dump(), now) == 204);
  CHECK(gateway.read(path)["pinned_certificate"] == std::string(64, 'a'));
  CHECK(gateway.status("root", Method::del, path, "", now) == 412);
  // What happens to a target by itself is nobody's change.
  const std::string last = gateway.version("/targets", "name", "dc1");
  REQUIRE(catalog::Targets(*gateway.core->catalog).set_last_certificate("dc1", std::string(64, 'b')));
  CHECK(gateway.version("/targets", "name", "dc1") == last);
  // Who does not ask is not refused, and one of another's scope is not there, whatever is asked.
  CHECK(password("") == 204);
  CHECK(gateway.status("role-admin-foreign", Method::put, path + "/credential", R"({"credential":"x"})", "*") == 404);
  CHECK(gateway.status("root", Method::del, path, "", gateway.version("/targets", "name", "dc1")) == 204);
  CHECK(gateway.status("root", Method::del, path, "", "*") == 404);
}

TEST_CASE("the tag of the answer that shows an object is good for If-Match, whatever else the answer shows") {
  Two gateway;
  const auto tag = [&] { return gateway.ask("root", Method::get, "/api/v1/targets/dc1").headers.at("ETag"); };
  const std::string before = tag();
  REQUIRE(catalog::Targets(*gateway.core->catalog).set_last_certificate("dc1", std::string(64, 'b')));
  CHECK(tag() != before);
  CHECK(gateway.status("root", Method::put, "/targets/dc1/credential", R"({"credential":"x"})", before) == 204);
  CHECK(gateway.status("root", Method::put, "/targets/dc1/credential", R"({"credential":"x"})", before) == 412);
  const std::string bindings = gateway.ask("root", Method::get, "/api/v1/role-bindings").headers.at("ETag");
  CHECK(gateway.status("root", Method::post, "/role-bindings", R"({"role":"auditor","subject_kind":"user","subject":"anna","scope":"*"})", bindings) == 201);
  CHECK(gateway.status("root", Method::post, "/role-bindings", R"({"role":"approver","subject_kind":"user","subject":"anna","scope":"*"})", bindings) == 412);
}

TEST_CASE("a user, a group, the roles and a hold are changed by who has seen them as they are") {
  Two gateway;
  publish_film(*gateway.core, "r1");
  const std::string anna = gateway.version("/users", "name", "anna");
  CHECK(gateway.status("root", Method::put, "/users/anna/password", R"({"password":"another long one"})", anna) == 204);
  CHECK(gateway.status("root", Method::put, "/users/anna/password", R"({"password":"yet another one"})", anna) == 412);
  CHECK(gateway.status("root", Method::del, "/users/anna", "", anna) == 412);
  CHECK_FALSE(catalog::Users(*gateway.core->catalog).find("anna")->disabled);
  CHECK(gateway.status("root", Method::del, "/users/anna", "", gateway.version("/users", "name", "anna")) == 204);
  CHECK(gateway.status("root", Method::put, "/users/anna/enabled", "", anna) == 412);
  CHECK(gateway.status("root", Method::del, "/users/anna/second-factor", "", anna) == 412);

  CHECK(gateway.status("root", Method::put, "/groups/ops/members/anna", "", "") == 204);
  const std::string ops = gateway.version("/groups", "name", "ops");
  CHECK(gateway.status("root", Method::put, "/groups/ops/members/carl", "", ops) == 204);
  CHECK(gateway.status("root", Method::del, "/groups/ops/members/anna", "", ops) == 412);

  const std::string roles = '"' + gateway.read("/role-bindings")["version"].get<std::string>() + '"';
  const std::string first = gateway.read("/role-bindings")["items"][1]["id"], second = gateway.read("/role-bindings")["items"][2]["id"];
  CHECK(gateway.status("root", Method::del, "/role-bindings/" + first, "", roles) == 204);
  CHECK(gateway.status("root", Method::del, "/role-bindings/" + second, "", roles) == 412);

  const std::string hold = "/recordings/r1/hold", why = R"({"reason":"a lawsuit"})";
  gateway.add("officer", "compliance", "*");
  // There is none yet, so none can have been seen.
  CHECK(gateway.status("officer", Method::put, hold, why, "*") == 412);
  CHECK(gateway.status("officer", Method::put, hold, why, "") == 204);
  const std::string held = gateway.version("/holds", "recording", "r1", "officer");
  CHECK(gateway.status("officer", Method::post, hold + "/release", why, held) == 204);
  gateway.now += std::chrono::seconds(1);
  CHECK(gateway.status("officer", Method::put, hold, why, "") == 204);
  CHECK(gateway.status("officer", Method::post, hold + "/release", why, held) == 412);
}

TEST_CASE("whoever asks for a version where there is none is not taken to be content, and nothing that is no tag matches") {
  Two gateway;
  CHECK(gateway.status("root", Method::post, "/users", R"({"name":"new"})", "\"x\"") == 412);
  CHECK(gateway.read("/users")["items"].size() == 16);
  const std::string version = version_of(std::vector<std::string>{"a"});
  CHECK(matches('"' + version + '"', version));
  CHECK(matches("\"x\", \"" + version + ".y\"", version));
  CHECK(matches("*", version));
  for (const std::string& no : {version, "W/\"" + version + '"', std::string("\"\""), std::string("\""), std::string(","), "\"" + version, std::string("\".x\""), version + ".x"}) {
    INFO(no);
    CHECK_FALSE(matches(no, version));
  }
  for (const char* none : {"*", "\"\"", "\".x\""}) CHECK_FALSE(matches(none, ""));
}

TEST_CASE("of many who change what they have seen at the same moment, one does") {
  Two gateway;
  const std::string seen = gateway.version("/targets", "name", "dc1");
  std::vector<Request> requests;
  for (int i = 0; i < 8; ++i) {
    requests.push_back(gateway.as("root", Method::put, "/api/v1/targets/dc1/credential", json{{"credential", std::to_string(i)}}.dump()));
    requests.back().headers["if-match"] = seen;
  }
  std::atomic<int> done{0}, refused{0};
  std::vector<std::jthread> threads;
  for (const Request& request : requests) {
    threads.emplace_back([&] {
      const int status = gateway.api.handle(request, gateway.now).status;
      ++(status == 204 ? done : refused);
    });
  }
  threads.clear();
  CHECK(done == 1);
  CHECK(refused == 7);
}
