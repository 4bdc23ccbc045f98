#include "gateway/serve/directory_watch.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/directory_users.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/personal_credentials.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/sign_ins.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

struct People : ApiGateway {
  People() {
    add("dora", "", "");
    add("second", "admin", "*");
  }
  int root(Method method, const std::string& rest, const std::string& body = "") { return ask("root", method, "/api/v1" + rest, body).status; }
  bool signs_in(const std::string& user, const std::string& password) {
    const auto result = core->web_access->sign_in(user, Secret::from_text(password), "", "192.0.2.9", now);
    return result && result.value();
  }
  std::string last_alert() { return catalog::Alerts(*core->catalog).list(1, 0).value().at(0).text; }
};

}  // namespace

TEST_CASE("a user who was disabled is let in again, with another password, and those who were signed in are not") {
  People people;
  CHECK(people.ask("dora", Method::get, "/api/v1/session").status == 200);
  CHECK(people.root(Method::del, "/users/dora") == 204);
  CHECK_FALSE(people.signs_in("dora", serve::kPassword));
  CHECK(people.root(Method::put, "/users/dora/enabled") == 204);
  CHECK(people.last_alert() == "root let dora in again.");
  CHECK(people.signs_in("dora", serve::kPassword));
  CHECK(people.root(Method::put, "/users/dora/password", R"({"password":"short"})") == 422);
  CHECK(people.root(Method::put, "/users/dora/password", R"({"password":"quite another one"})") == 204);
  CHECK(people.last_alert() == "root gave dora another password.");
  CHECK(people.ask("dora", Method::get, "/api/v1/session").status == 401);
  CHECK_FALSE(people.signs_in("dora", serve::kPassword));
  CHECK(people.signs_in("dora", "quite another one"));
  CHECK(people.root(Method::put, "/users/nobody/password", R"({"password":"quite another one"})") == 404);
}

TEST_CASE("users of a directory that is not configured any more are let in again by no ticket and no session") {
  People people;
  catalog::DirectoryUsers directory(*people.core->catalog);
  REQUIRE(directory.renew("ldapuser", "uid=ldapuser,dc=example", {"admins"}, people.now));
  serve::refuse_directory_users(*people.core, people.now);
  CHECK(catalog::Users(*people.core->catalog).find("ldapuser").value().disabled);
  CHECK_FALSE(catalog::Users(*people.core->catalog).find("dora").value().disabled);
  REQUIRE(directory.renew("ldapuser", "uid=ldapuser,dc=example", {"admins"}, people.now));
  CHECK_FALSE(catalog::Users(*people.core->catalog).find("ldapuser").value().disabled);
}

TEST_CASE("who has lost the second factor signs in without one once an administrator has taken it away") {
  People people;
  catalog::SecondFactors factors(*people.core->catalog);
  REQUIRE(factors.propose("dora", std::vector<std::byte>(8)));
  REQUIRE(factors.confirm("dora", 1, {std::string(64, 'a')}));
  CHECK_FALSE(people.signs_in("dora", serve::kPassword));
  CHECK(people.root(Method::del, "/users/dora/second-factor") == 204);
  CHECK(people.last_alert() == "root took the second factor of dora away.");
  CHECK(people.signs_in("dora", serve::kPassword));
}

TEST_CASE("nobody gives rights to themself, neither by name nor by a group, and what is given to others raises an alert") {
  People people;
  const std::string self = R"({"role":"auditor","subject_kind":"user","subject":"root","scope":"*"})", other = R"({"role":"auditor","subject_kind":"user","subject":"second","scope":"*"})";
  CHECK(people.root(Method::post, "/role-bindings", self) == 403);
  CHECK(people.root(Method::put, "/groups/leads/members/root") == 403);
  CHECK(people.root(Method::del, "/users/root/second-factor") == 403);
  CHECK(people.ask("second", Method::put, "/api/v1/groups/leads/members/root").status == 204);
  CHECK(people.root(Method::post, "/role-bindings", R"({"role":"auditor","subject_kind":"group","subject":"leads","scope":"*"})") == 403);
  CHECK(people.root(Method::post, "/role-bindings", other) == 201);
  CHECK(people.last_alert() == "root made the user second auditor of \"*\".");
}

TEST_CASE("whose account a target takes is changed at once, and who has one there is told to administrators, without its password") {
  People people;
  const auto target = [&](const std::string& who) { return people.ask(who, Method::get, "/api/v1/targets/dc1").body; };
  CHECK((target(kOperator)["account"] == "shared" && !target(kOperator).contains("own") && !target(kOperator).contains("user")));
  CHECK(people.root(Method::put, "/targets/dc1/account", R"({"account":"shared","user":"Backup","domain":"EAST","credential":"a-new-secret"})") == 204);
  json shown = target("root");
  CHECK((shown["user"] == "Backup" && shown["domain"] == "EAST" && shown["credential"] == true));
  CHECK(people.root(Method::put, "/targets/dc1/account", R"({"account":"shared","credential":""})") == 204);
  shown = target("root");
  CHECK((shown["user"] == "Backup" && shown["credential"] == false));
  CHECK(people.root(Method::put, "/targets/dc1/account", R"({"account":"nobody"})") == 422);
  CHECK(people.root(Method::post, "/targets/dc1/test?of=" + kOperator) == 422);  // nobody has one of their own there

  CHECK(people.root(Method::put, "/targets/dc1/account", R"({"account":"personal"})") == 204);
  CHECK((target(kOperator).contains("own") && target(kOperator)["own"].is_null()));
  const std::string list = "/api/v1/targets/dc1/credentials";
  CHECK(people.ask(kOperator, Method::put, list + "/" + kOperator, R"({"user":"op","domain":"CORP","credential":"of-their-own"})").status == 204);
  CHECK(people.root(Method::put, "/targets/dc1/credentials/dora", R"({"user":"d","credential":"doras-own"})") == 204);
  REQUIRE(catalog::PersonalCredentials(*people.core->catalog).set_aside("dc1", "dora", kNow));
  CHECK(target(kOperator)["own"] == json{{"user", "op"}, {"domain", "CORP"}, {"refused", nullptr}});
  const auto page = people.ask("root", Method::get, list + "?limit=1");
  CHECK((page.body["items"][0]["name"] == "dora" && page.body["items"][0]["refused"].is_string() && page.body["next"] == "dora"));
  CHECK(people.ask("root", Method::get, list + "?cursor=dora").body["items"] == json::parse(R"([{"name":")" + kOperator + R"(","user":"op","domain":"CORP","refused":null}])"));
  CHECK(people.ask("root", Method::post, "/api/v1/targets/dc1/test?of=dora").body["outcome"] == "set_aside");
  CHECK(people.root(Method::post, "/targets/dc1/test?of=second") == 404);
  CHECK(people.ask(kOperator, Method::get, list).status == 403);
  CHECK(people.ask("role-admin-foreign", Method::get, list).status == 404);
  CHECK(people.ask(kOperator, Method::del, list + "/" + kOperator).status == 204);
  CHECK(target(kOperator)["own"].is_null());
  const auto noted = catalog::Ledger(*people.core->catalog).find({.subject = "dc1", .limit = 50});
  REQUIRE((noted && noted.value().size() > 5));
  for (const auto& entry : noted.value()) {
    for (const char* secret : {"a-new-secret", "of-their-own", "doras-own"}) CHECK(entry.details.find(secret) == std::string::npos);
  }
}

TEST_CASE("users and targets are read page by page, and whether there is another says nothing of what the caller does not see") {
  People people;
  for (int i = 0; i < 7; ++i) {
    const std::string name = "lab-" + std::to_string(i), tags = i % 2 == 0 ? R"({"team":"lab"})" : "{}";
    people.add(name, "", "");
    REQUIRE(people.root(Method::post, "/targets", R"({"name":")" + name + R"(","protocol":"vnc","host":"10.0.0.9","port":5900,"tags":)" + tags + "}") == 201);
  }
  people.add("half", "admin", "team=lab");
  const auto read = [&](const std::string& who, const std::string& list, const std::string& asked) {
    std::vector<std::string> pages;
    std::string cursor;
    do {
      const auto answer = people.ask(who, Method::get, "/api/v1/" + list + "?" + asked + (cursor.empty() ? "" : "&cursor=" + cursor));
      REQUIRE(answer.status == 200);
      std::string names;
      for (const auto& one : answer.body["items"]) names += one["name"].get<std::string>().substr(4);
      pages.push_back(names);
      cursor = answer.body["next"].is_null() ? "" : answer.body["next"].get<std::string>();
    } while (!cursor.empty() && pages.size() < 10);
    return pages;
  };
  using Pages = std::vector<std::string>;
  for (const char* list : {"users", "targets"}) {
    CHECK(read("root", list, "name=lab-*&limit=3") == Pages{"012", "345", "6"});
    CHECK(read("root", list, "name=lab-*&limit=7") == Pages{"0123456"});
    CHECK(read("root", list, "name=lab-3") == Pages{"3"});
    CHECK(read("root", list, "name=no-such-*") == Pages{""});
  }
  CHECK(read("half", "targets", "limit=2") == Pages{"02", "46"});
  CHECK(read("half", "targets", "limit=4") == Pages{"0246"});
  CHECK(read("half", "targets", "mine=true") == Pages{""});
  CHECK(people.ask("root", Method::get, "/api/v1/targets?mine=perhaps").status == 422);
  CHECK(people.ask("root", Method::get, "/api/v1/users?limit=0").status == 422);
}
