#include "storage/catalog/targets.h"

#include "storage/catalog/personal_credentials.h"
#include "storage/catalog/tickets.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

TEST_CASE_METHOD(CatalogFixture, "a target comes back as it was added, whatever its texts contain") {
  Targets targets(*catalog);
  Target target = windows_target("dc1");
  target.protocol = Protocol::vnc;
  target.port = 65535;
  target.login_user = "O'Brien\"; DROP TABLE users; --";
  target.domain = "d\xc3\xb6m\xc3\xa4n \xe6\xbc\xa2 \xf0\x9f\x94\x92";
  std::string credential(1 << 20, '\0');
  for (std::size_t i = 0; i < credential.size(); ++i) credential[i] = static_cast<char>(i * 7);
  target.wrapped_credential = bytes_of(credential);
  target.pinned_certificate = std::string(64, 'a');
  target.last_certificate = std::string(64, 'b');
  target.tags = {{"site", "K\xc3\xb6ln"}, {"class", "a'b:c?%"}};
  REQUIRE(targets.add(target, at(5)));
  reopen();
  auto found = Targets(*catalog).find("dc1");
  REQUIRE(found);
  CHECK(found->protocol == Protocol::vnc);
  CHECK(found->host == target.host);
  CHECK(found->port == 65535);
  CHECK(found->login_user == target.login_user);
  CHECK(found->domain == target.domain);
  CHECK((found->wrapped_credential == target.wrapped_credential));
  CHECK(found->pinned_certificate == target.pinned_certificate);
  CHECK(found->last_certificate == target.last_certificate);
  CHECK(found->tags == target.tags);
  CHECK(found->created == at(5));
}

TEST_CASE_METHOD(CatalogFixture, "a target that makes no sense is refused") {
  Targets targets(*catalog);
  const auto refused = [&](auto change) {
    Target target = windows_target("dc1");
    change(target);
    return kind_of(targets.add(target, at(0))) == ErrorKind::invalid;
  };
  CHECK(refused([](Target& t) { t.name = "../dc1"; }));
  CHECK(refused([](Target& t) { t.host = ""; }));
  CHECK(refused([](Target& t) { t.host = std::string("a\0b", 3); }));
  CHECK(refused([](Target& t) { t.port = 0; }));
  CHECK(refused([](Target& t) { t.account = Account::nobody; }));
  CHECK(refused([](Target& t) { t.pinned_certificate = "AA:BB"; }));
  CHECK(refused([](Target& t) { t.tags = {{"", "x"}}; }));
  CHECK(refused([](Target& t) { t.tags = {{"x", "\xff"}}; }));
  CHECK(targets.list()->empty());
}

TEST_CASE_METHOD(CatalogFixture, "targets are unique, listed by name with their tags, pinned and removed") {
  Targets targets(*catalog);
  Target tagged = windows_target("b");
  tagged.tags = {{"tier", "0"}};
  REQUIRE(targets.add(tagged, at(0)));
  REQUIRE(targets.add(windows_target("a"), at(0)));
  CHECK(kind_of(targets.add(tagged, at(1))) == ErrorKind::exists);
  auto list = targets.list();
  REQUIRE(list);
  REQUIRE(list->size() == 2);
  CHECK((*list)[0].tags.empty());
  CHECK((*list)[1].tags == tagged.tags);
  REQUIRE(targets.set_pin("a", std::string(64, '1')));
  REQUIRE(targets.set_last_certificate("a", std::string(64, '2')));
  CHECK(targets.find("a")->pinned_certificate == std::string(64, '1'));
  CHECK(targets.find("a")->last_certificate == std::string(64, '2'));
  REQUIRE(targets.set_pin("a", ""));
  CHECK(targets.find("a")->pinned_certificate.empty());
  CHECK(kind_of(targets.set_pin("c", "")) == ErrorKind::not_found);
  CHECK(kind_of(targets.set_pin("a", "xyz")) == ErrorKind::invalid);
}

TEST_CASE_METHOD(CatalogFixture, "removing a target takes its tags and tickets with it") {
  Targets targets(*catalog);
  Target tagged = windows_target("a");
  tagged.tags = {{"tier", "0"}};
  REQUIRE(targets.add(tagged, at(0)));
  REQUIRE(Users(*catalog).add("anna", "", at(0)));
  REQUIRE(Tickets(*catalog).issue({bytes_of("w"), "anna", "a", Protocol::vnc, at(60)}, at(0)));
  REQUIRE(targets.remove("a"));
  CHECK(kind_of(targets.remove("a")) == ErrorKind::not_found);
  CHECK(Tickets(*catalog).live(at(1), Protocol::vnc)->empty());
  REQUIRE(targets.add(windows_target("a"), at(1)));
  CHECK(targets.find("a")->tags.empty());
}

TEST_CASE_METHOD(CatalogFixture, "whose account a target takes is one of three words, and nobody's unless it is said") {
  CHECK(Target().account == Account::nobody);
  Targets targets(*catalog);
  REQUIRE(targets.add(windows_target("a"), at(0)));
  for (const Account account : {Account::personal, Account::asked, Account::shared}) {
    REQUIRE(targets.set_account("a", {account, {}, {}, {}}));
    CHECK(targets.find("a")->account == account);
    CHECK(*account_named(to_string(account)) == account);
  }
  CHECK(kind_of(targets.set_account("a", {})) == ErrorKind::invalid);
  CHECK(kind_of(targets.set_account("a", {Account::shared, std::string("x\0y", 3), {}, {}})) == ErrorKind::invalid);
  CHECK(kind_of(targets.set_account("b", {Account::asked, {}, {}, {}})) == ErrorKind::not_found);
  CHECK(kind_of(account_named("nobody")) == ErrorKind::invalid);
  CHECK(kind_of(account_named("")) == ErrorKind::invalid);
}

TEST_CASE_METHOD(CatalogFixture, "of a shared account what is said changes, and one that signs in otherwise is tried again") {
  Targets targets(*catalog);
  const Target before = windows_target("a");
  REQUIRE(targets.add(before, at(0)));
  REQUIRE(targets.set_credential_aside("a", at(7)));
  REQUIRE(targets.set_account("a", {Account::asked, before.login_user, {}, before.wrapped_credential}));
  Target now = *targets.find("a");
  CHECK((now.account == Account::asked && now.login_user == before.login_user && now.domain == before.domain && now.wrapped_credential == before.wrapped_credential));
  CHECK(now.credential_refused == at(7));
  for (const AccountChange& change : {AccountChange{Account::shared, "o'brien", {}, {}}, AccountChange{Account::shared, {}, "EAST", {}}, AccountChange{Account::shared, {}, {}, bytes_of("another")}}) {
    REQUIRE(targets.set_credential_aside("a", at(8)));
    REQUIRE(targets.set_account("a", change));
    CHECK_FALSE(targets.find("a")->credential_refused);
  }
  now = *targets.find("a");
  CHECK((now.login_user == "o'brien" && now.domain == "EAST" && now.wrapped_credential == bytes_of("another")));
  REQUIRE(targets.set_account("a", {Account::shared, {}, {}, std::vector<std::byte>()}));
  CHECK(targets.find("a")->wrapped_credential.empty());
}

TEST_CASE_METHOD(CatalogFixture, "a user's own account on a target is replaced, set aside, trusted again and forgotten, and goes with the target") {
  Targets targets(*catalog);
  Users users(*catalog);
  PersonalCredentials own(*catalog);
  for (const char* name : {"a", "b"}) REQUIRE(targets.add(windows_target(name), at(0)));
  for (const char* name : {"anna", "bert"}) REQUIRE(users.add(name, "", at(0)));
  CHECK(kind_of(own.set({"c", "anna", "x", "", bytes_of("w"), {}})) == ErrorKind::not_found);
  CHECK(kind_of(own.set({"a", "carl", "x", "", bytes_of("w"), {}})) == ErrorKind::not_found);
  CHECK(kind_of(own.set({"a", "anna", std::string("x\0y", 3), "", bytes_of("w"), {}})) == ErrorKind::invalid);
  REQUIRE(own.set({"a", "anna", "a.smith", "CORP", bytes_of("first"), {}}));
  REQUIRE(own.set({"a", "bert", "root", "", bytes_of("other"), {}}));
  REQUIRE(own.set({"b", "anna", "o'brien", "", bytes_of("third"), {}}));
  CHECK(kind_of(own.find("b", "bert")) == ErrorKind::not_found);
  REQUIRE(own.set_aside("a", "anna", at(7)));
  CHECK(own.find("a", "anna")->refused == at(7));
  CHECK_FALSE(own.find("a", "bert")->refused);
  REQUIRE(own.trust("a", "anna"));
  CHECK_FALSE(own.find("a", "anna")->refused);
  REQUIRE(own.set_aside("a", "anna", at(8)));
  REQUIRE(own.set({"a", "anna", "a.jones", "", bytes_of("second"), {}}));
  auto found = own.find("a", "anna");
  REQUIRE(found);
  CHECK_FALSE(found->refused);
  CHECK((found->login_user == "a.jones" && found->domain.empty() && found->wrapped == bytes_of("second")));
  reopen();
  PersonalCredentials again(*catalog);
  REQUIRE(again.list()->size() == 3);
  CHECK((again.list()->at(0).user == "anna" && again.list()->at(2).target == "b"));
  CHECK((again.list("a", {"", "*", 1})->size() == 1 && again.list("a", {"anna", "b*", 9})->at(0).user == "bert" && again.list("b", {"", "b*", 9})->empty()));
  REQUIRE(again.remove("a", "bert"));
  for (const auto& outcome : {again.remove("a", "bert"), again.trust("a", "bert"), again.set_aside("a", "bert", at(1))}) CHECK(kind_of(outcome) == ErrorKind::not_found);
  REQUIRE(Targets(*catalog).remove("a"));
  REQUIRE(again.list()->size() == 1);
  CHECK(again.list()->at(0).login_user == "o'brien");
}
