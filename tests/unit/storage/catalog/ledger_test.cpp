#include "storage/catalog/ledger.h"

#include "storage/catalog/keys.h"
#include "storage/catalog/views.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

namespace {

NewLedgerEntry entry_of(LedgerEvent event, const std::string& subject, const std::string& actor, int second) {
  return {event, subject, actor, "{\"n\":" + std::to_string(second) + "}", at(second)};
}

std::vector<std::string> details_of(Catalog& catalog, LedgerEvent event) {
  std::vector<std::string> out;
  const auto found = Ledger(catalog).find({event});
  REQUIRE(found);
  for (const LedgerEntry& entry : found.value()) out.insert(out.begin(), entry.details);
  return out;
}

}  // namespace

TEST_CASE_METHOD(CatalogFixture, "entries are numbered without gaps, linked to the one before, and found by what they are about") {
  Ledger ledger(*catalog);
  CHECK(*ledger.append(entry_of(LedgerEvent::login, "s1", "anna", 1)) == 1);
  CHECK(*ledger.append(entry_of(LedgerEvent::decision, "s1", "anna", 2)) == 2);
  CHECK(*ledger.append(entry_of(LedgerEvent::login, "s2", "", 3)) == 3);
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  const auto all = *ledger.list(0, 10);
  REQUIRE(all.size() == 4);
  std::string before;
  for (const LedgerEntry& entry : all) {
    CHECK(ledger_link(before, entry) == entry.link);
    if (has_details(entry.event)) CHECK(ledger_digest(entry.actor, entry.details) == entry.digest);
    before = entry.link;
  }
  CHECK(all[3].event == LedgerEvent::begun);
  CHECK(*ledger.given() == 4);

  const auto numbers = [&](const LedgerQuery& query) {
    std::vector<std::int64_t> out;
    const auto found = ledger.find(query);
    REQUIRE(found);
    for (const LedgerEntry& entry : found.value()) out.push_back(entry.number);
    return out;
  };
  using Numbers = std::vector<std::int64_t>;
  CHECK(numbers({}) == Numbers{4, 3, 2, 1});
  CHECK(numbers({LedgerEvent::login}) == Numbers{3, 1});
  CHECK(numbers({std::nullopt, "s1"}) == Numbers{2, 1});
  CHECK(numbers({std::nullopt, std::nullopt, "anna"}) == Numbers{2, 1});
  CHECK(numbers({std::nullopt, std::nullopt, std::nullopt, at(2), at(3)}) == Numbers{2});
  CHECK(numbers({std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, 3, 1}) == Numbers{2});
}

TEST_CASE_METHOD(CatalogFixture, "text that is no UTF-8 is noted all the same, readably") {
  Ledger ledger(*catalog);
  REQUIRE(ledger.append({LedgerEvent::login, std::string("s\0one", 5), "\xff", "{}", at(1)}));
  const LedgerEntry entry = *ledger.last();
  CHECK(entry.subject == "s\xef\xbf\xbdone");
  CHECK(entry.actor == "\xef\xbf\xbd");
  CHECK(ledger_digest(entry.actor, entry.details) == entry.digest);
}

TEST_CASE_METHOD(CatalogFixture, "an entry that fails leaves no gap") {
  Ledger ledger(*catalog);
  REQUIRE(ledger.append(entry_of(LedgerEvent::login, "s1", "", 1)));
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  REQUIRE_FALSE(Recordings(*catalog).create(recording_named("r1")));
  CHECK(*ledger.append(entry_of(LedgerEvent::login, "s1", "", 1)) == 3);
}

TEST_CASE_METHOD(CatalogFixture, "who watched which seconds is in the ledger: the first look, each minute, and the rest") {
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  Views views(*catalog);
  const auto watch = [&](int second, int from, int to) {
    REQUIRE(views.add({"r1", "audrey", at(second), SessionTime(std::chrono::seconds(from)), SessionTime(std::chrono::seconds(to)), false}, std::chrono::minutes(5)));
  };
  using Texts = std::vector<std::string>;
  watch(1, 0, 10);
  const std::string first = R"({"from_us":0,"live":false,"to_us":10000000})";
  CHECK(details_of(*catalog, LedgerEvent::view) == Texts{first});
  watch(2, 10, 20);
  watch(3, 20, 65);
  CHECK(details_of(*catalog, LedgerEvent::view) == Texts{first});
  watch(4, 65, 75);
  const std::string minute = R"({"from_us":10000000,"live":false,"to_us":75000000})";
  CHECK(details_of(*catalog, LedgerEvent::view) == Texts{first, minute});
  watch(5, 75, 80);
  CHECK(*views.settle(at(5), at(6)) == 0);  // goes on
  CHECK(*views.settle(at(66), at(66)) == 1);
  CHECK(*views.settle(at(99), at(99)) == 0);
  CHECK(details_of(*catalog, LedgerEvent::view) == Texts{first, minute, R"({"from_us":75000000,"live":false,"to_us":80000000})"});
  CHECK(Ledger(*catalog).last()->subject == "r1");
  CHECK(Ledger(*catalog).last()->actor == "audrey");
  CHECK(views.list("r1")->size() == 1);
}

TEST_CASE_METHOD(CatalogFixture, "that a key was destroyed is in the ledger, once") {
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  Keys keys(*catalog);
  const std::vector<std::byte> wrapped(68, std::byte{7});
  REQUIRE(keys.add("r1", KeyKind::journal, wrapped, at(0)));
  REQUIRE(keys.destroy("r1", KeyKind::journal, at(1)));
  REQUIRE(keys.destroy("r1", KeyKind::journal, at(2)));
  CHECK(details_of(*catalog, LedgerEvent::key) == std::vector<std::string>{R"({"destroyed":"journal"})"});
}
