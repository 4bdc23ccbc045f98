#include "storage/catalog/users.h"

#include "storage/catalog/database.h"
#include "storage/catalog/directory_users.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/targets.h"

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

TEST_CASE_METHOD(CatalogFixture, "a list by name is read in parts, and by a pattern") {
  Users users(*catalog);
  Targets targets(*catalog);
  for (const char* name : {"bob", "anna", "b_b", "carl", "bert"}) {
    REQUIRE(users.add(name, "", at(0)));
    Target target = windows_target(name);
    target.tags = {{"of", name}};
    REQUIRE(targets.add(target, at(0)));
  }
  const auto names = [](const auto& list) {
    std::string out;
    for (const auto& one : list.value()) out += one.name + " ";
    return out;
  };
  struct Range {
    NameRange range;
    std::string names;
  };
  for (const auto& [range, wanted] : {Range{{}, "anna b_b bert bob carl "}, Range{{"", "*", 2}, "anna b_b "}, Range{{"b_b", "*", 2}, "bert bob "}, Range{{"carl", "*", 2}, ""}, Range{{"", "b*", 0}, "b_b bert bob "},
                                      Range{{"b_b", "b*", 1}, "bert "}, Range{{"", "b_b", 0}, "b_b "}, Range{{"", "*r*", 0}, "bert carl "}, Range{{"", "' OR 1=1 --", 0}, ""}}) {
    CHECK(names(users.list(range)) == wanted);
    const auto found = targets.list(range);
    CHECK(names(found) == wanted);
    for (const Target& one : found.value()) CHECK(one.tags == std::map<std::string, std::string>{{"of", one.name}});
  }
  CHECK(kind_of(users.list({std::string("a\0b", 3), "*", 0})) == ErrorKind::invalid);
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

TEST_CASE_METHOD(CatalogFixture, "a directory's user has a row like everybody, its groups count like others, and it never takes a local user's place") {
  Users users(*catalog);
  DirectoryUsers known(*catalog);
  REQUIRE(users.add("admin", "$argon2id$", at(0)));
  CHECK(kind_of(known.may_ask("admin")) == ErrorKind::denied);
  CHECK(kind_of(known.renew("admin", "cn=admin,dc=x", {}, at(1))) == ErrorKind::denied);
  CHECK(users.find("admin")->directory_dn.empty());
  REQUIRE(known.may_ask("anna"));
  CHECK(kind_of(known.renew("an na", "cn=anna,dc=x", {}, at(1))) == ErrorKind::invalid);
  CHECK(kind_of(known.renew("anna", "", {}, at(1))) == ErrorKind::invalid);
  CHECK(kind_of(known.renew("anna", "cn=anna,dc=x", {"two\nlines"}, at(1))) == ErrorKind::invalid);
  CHECK(kind_of(users.find("anna")) == ErrorKind::not_found);

  REQUIRE(known.renew("anna", "cn=anna,dc=x", {"Domain Admins", "ops"}, at(1)));
  CHECK(users.find("anna")->directory_dn == "cn=anna,dc=x");
  CHECK(kind_of(users.set_password("anna", "$argon2id$")) == ErrorKind::invalid);
  REQUIRE(Groups(*catalog).add("leads", "anna"));
  CHECK(*Groups(*catalog).of_user("anna") == std::vector<std::string>{"Domain Admins", "leads", "ops"});
  REQUIRE(Roles(*catalog).bind({"", Role::auditor, SubjectKind::group, "Domain Admins", "*"}, at(2)));
  CHECK(Roles(*catalog).of_user("anna")->size() == 1);

  REQUIRE(known.renew("anna", "cn=anna,ou=moved,dc=x", {"ops"}, at(3)));
  CHECK(users.find("anna")->directory_dn == "cn=anna,ou=moved,dc=x");
  CHECK(users.find("anna")->created == at(1));
  CHECK(*Groups(*catalog).of_user("anna") == std::vector<std::string>{"leads", "ops"});
  CHECK(Roles(*catalog).of_user("anna")->empty());
}

TEST_CASE_METHOD(CatalogFixture, "who was disabled by the directory comes back when it says so, who was disabled by an administrator does not") {
  Users users(*catalog);
  DirectoryUsers known(*catalog);
  REQUIRE(users.add("local", "", at(0)));
  REQUIRE(known.renew("anna", "cn=anna,dc=x", {}, at(1)));
  REQUIRE(known.renew("bob", "cn=bob,dc=x", {}, at(1)));
  CHECK(*known.list() == std::vector<std::string>{"anna", "bob"});
  REQUIRE(known.refuse("local"));
  CHECK_FALSE(users.find("local")->disabled);
  REQUIRE(known.refuse("anna"));
  CHECK(users.find("anna")->disabled);
  CHECK(*known.list() == std::vector<std::string>{"bob"});
  REQUIRE(known.renew("anna", "cn=anna,dc=x", {}, at(2)));
  CHECK_FALSE(users.find("anna")->disabled);

  REQUIRE(users.disable("bob"));
  REQUIRE(known.refuse("bob"));
  CHECK(kind_of(known.may_ask("bob")) == ErrorKind::denied);
  CHECK(kind_of(known.renew("bob", "cn=bob,dc=x", {}, at(2))) == ErrorKind::denied);
  CHECK(users.find("bob")->disabled);
}

TEST_CASE_METHOD(CatalogFixture, "whose roles somebody has is found by an index, however many others have some", "[sqlite]") {
  std::string plan;
  REQUIRE(catalog->database().read([&](soci::session& sql) -> Result<void> {
    soci::row row;
    soci::statement explain = (sql.prepare << "EXPLAIN QUERY PLAN SELECT id FROM role_bindings WHERE (subject_kind = 'user' AND subject = 'anna') OR"
                                              " (subject_kind = 'group' AND subject IN (SELECT group_name FROM group_members WHERE user_name = 'anna'))", soci::into(row));
    explain.execute();
    while (explain.fetch()) plan += row.get<std::string>(3) + "\n";
    return {};
  }));
  CHECK_THAT(plan, Catch::Contains("role_bindings_by_subject") && !Catch::Contains("SCAN role_bindings"));
}
