#include "storage/catalog/users.h"

#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

TEST_CASE_METHOD(CatalogFixture, "users are added once, found, and listed by name") {
  Users users(*catalog);
  REQUIRE(users.add("bob", "", at(2)));
  REQUIRE(users.add("anna", "$argon2id$v=19$x", at(1)));
  CHECK(kind_of(users.add("bob", "other", at(3))) == ErrorKind::exists);
  CHECK(kind_of(users.add("no body", "", at(3))) == ErrorKind::invalid);
  CHECK(kind_of(users.find("carl")) == ErrorKind::not_found);
  CHECK(kind_of(users.find("' OR 1=1 --")) == ErrorKind::not_found);
  auto list = users.list();
  REQUIRE(list);
  REQUIRE(list->size() == 2);
  CHECK((*list)[0].name == "anna");
  CHECK((*list)[0].password_hash == "$argon2id$v=19$x");
  CHECK((*list)[0].created == at(1));
  CHECK((*list)[1].password_hash.empty());
}

TEST_CASE_METHOD(CatalogFixture, "a user is disabled, enabled, and given a password") {
  Users users(*catalog);
  REQUIRE(users.add("anna", "", at(0)));
  REQUIRE(users.disable("anna"));
  CHECK(users.find("anna")->disabled);
  REQUIRE(users.enable("anna"));
  CHECK_FALSE(users.find("anna")->disabled);
  REQUIRE(users.set_password("anna", "hash'\";--"));
  CHECK(users.find("anna")->password_hash == "hash'\";--");
  CHECK(kind_of(users.disable("bob")) == ErrorKind::not_found);
  CHECK(kind_of(users.enable("bob")) == ErrorKind::not_found);
  CHECK(kind_of(users.set_password("bob", "x")) == ErrorKind::not_found);
  CHECK(kind_of(users.set_password("anna", std::string("a\0b", 3))) == ErrorKind::invalid);
}
