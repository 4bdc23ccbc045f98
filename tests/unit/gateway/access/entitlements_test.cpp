#include "gateway/access/entitlements.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::access;

TEST_CASE("a scope covers the targets whose tags match, and \"and\" binds closer than \"or\"") {
  const Scope scope = Scope::parse("env=prod and team=db or target=lab-*").value();
  CHECK(scope.covers("x", {{"env", "prod"}, {"team", "db"}, {"more", "1"}}));
  CHECK_FALSE(scope.covers("x", {{"env", "prod"}}));
  CHECK_FALSE(scope.covers("x", {{"env", "production"}, {"team", "db"}}));
  CHECK(scope.covers("lab-7", {}));
  CHECK_FALSE(scope.covers("my-lab-7", {}));
  CHECK(Scope::parse("*").value().covers("anything", {}));
  CHECK_FALSE(Scope().covers("anything", {}));
}

TEST_CASE("what is no scope is refused, never read as a wider one") {
  for (const char* text : {"", " ", "env", "env=", "=prod", "env=prod and", "and", "or", "env=prod or or env=test", "* or env=prod", "env=prod *", "not env=prod", "env!=prod", "env=a and env=b",
                           "(env=prod)x", "env=prod AND team=db"}) {
    INFO(text);
    const auto scope = Scope::parse(text);
    if (std::string(text) == "(env=prod)x") CHECK_FALSE((scope && scope.value().covers("x", {{"env", "prod"}})));
    else CHECK_FALSE(scope);
  }
}

TEST_CASE("an administrator of everything may watch nothing; zero roles may nothing") {
  Entitlements nobody, admin, auditor;
  admin.grant(Role::admin, Scope::parse("*").value());
  auditor.grant(Role::auditor, Scope::parse("env=test").value());
  CHECK_FALSE(nobody.may_watch("x", {{"env", "test"}}));
  CHECK_FALSE(admin.may_watch("x", {{"env", "test"}}));
  CHECK(admin.watch_rights().scopes.empty());
  CHECK(auditor.may_watch("x", {{"env", "test"}}));
  CHECK_FALSE(auditor.may_watch("x", {{"env", "prod"}}));
  REQUIRE(auditor.watch_rights().scopes.size() == 1);
  CHECK(auditor.watch_rights().scopes[0].tags == Tags{{"env", "test"}});
  CHECK(admin.everywhere(Role::admin));
  CHECK_FALSE(auditor.everywhere(Role::auditor));
  auditor.restrict_to({Role::operator_});
  CHECK_FALSE(auditor.may_watch("x", {{"env", "test"}}));
}
