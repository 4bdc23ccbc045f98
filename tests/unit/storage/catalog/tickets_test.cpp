#include "storage/catalog/tickets.h"

#include <atomic>

#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

namespace {

class TicketFixture : public CatalogFixture {
 public:
  TicketFixture() {
    REQUIRE(Users(*catalog).add("anna", "", at(0)));
    REQUIRE(Targets(*catalog).add(windows_target("dc1"), at(0)));
  }
  std::int64_t issue(UtcTime expires, Protocol kind = Protocol::vnc) {
    auto ticket = Tickets(*catalog).issue({bytes_of("wrapped"), "anna", "dc1", kind, expires}, at(0));
    REQUIRE(ticket);
    return ticket->id;
  }
};

}  // namespace

TEST_CASE_METHOD(TicketFixture, "live tickets are the unused and unexpired ones of their kind") {
  Tickets tickets(*catalog);
  const auto first = issue(at(10));
  const auto second = issue(at(20));
  issue(at(20), Protocol::rdp);
  auto live = tickets.live(at(1), Protocol::vnc);
  REQUIRE(live);
  REQUIRE(live->size() == 2);
  CHECK((*live)[0].id == first);
  CHECK((*live)[0].wrapped_value == bytes_of("wrapped"));
  CHECK((*live)[0].user == "anna");
  CHECK((*live)[0].target == "dc1");
  CHECK((*live)[0].expires == at(10));
  CHECK(tickets.live(at(10), Protocol::vnc)->size() == 1);
  REQUIRE(tickets.use(second, "session-1", at(10)));
  CHECK(tickets.live(at(10), Protocol::vnc)->empty());
  CHECK(tickets.live(at(10), Protocol::rdp)->size() == 1);
}

TEST_CASE_METHOD(TicketFixture, "a ticket is used once, and not after its end") {
  Tickets tickets(*catalog);
  const auto id = issue(at(10));
  REQUIRE(tickets.use(id, "session-1", at(9)));
  CHECK(kind_of(tickets.use(id, "session-2", at(9))) == ErrorKind::denied);
  const auto late = issue(at(10));
  CHECK(kind_of(tickets.use(late, "session-3", at(10))) == ErrorKind::denied);
  CHECK(kind_of(tickets.use(12345, "session-3", at(1))) == ErrorKind::not_found);
  CHECK(kind_of(tickets.use(late, "", at(1))) == ErrorKind::invalid);
}

TEST_CASE_METHOD(TicketFixture, "a disabled user's tickets are dead, and none is issued") {
  Tickets tickets(*catalog);
  const auto id = issue(at(10));
  REQUIRE(Users(*catalog).disable("anna"));
  CHECK(tickets.live(at(1), Protocol::vnc)->empty());
  CHECK(kind_of(tickets.use(id, "session-1", at(1))) == ErrorKind::denied);
  CHECK(kind_of(tickets.issue({bytes_of("w"), "anna", "dc1", Protocol::vnc, at(60)}, at(0))) == ErrorKind::denied);
  REQUIRE(Users(*catalog).enable("anna"));
  CHECK(tickets.use(id, "session-1", at(1)));
}

TEST_CASE_METHOD(TicketFixture, "a ticket for nobody, for nowhere or for no time is refused") {
  Tickets tickets(*catalog);
  CHECK(kind_of(tickets.issue({{}, "bob", "dc1", Protocol::vnc, at(60)}, at(0))) == ErrorKind::not_found);
  CHECK(kind_of(tickets.issue({{}, "anna", "dc2", Protocol::vnc, at(60)}, at(0))) == ErrorKind::not_found);
  CHECK(kind_of(tickets.issue({{}, "anna", "dc1", Protocol::vnc, at(5)}, at(5))) == ErrorKind::invalid);
}

TEST_CASE_METHOD(TicketFixture, "pruning forgets what was used or expired before a moment") {
  Tickets tickets(*catalog);
  const auto used = issue(at(100));
  issue(at(10));
  const auto fresh = issue(at(100));
  REQUIRE(tickets.use(used, "session-1", at(5)));
  CHECK(*tickets.prune(at(5)) == 0);
  CHECK(*tickets.prune(at(50)) == 2);
  CHECK(tickets.live(at(50), Protocol::vnc)->size() == 1);
  CHECK(tickets.use(fresh, "session-2", at(50)));
  CHECK(issue(at(100)) > fresh);
}

TEST_CASE_METHOD(TicketFixture, "eight threads in two catalogs use each ticket exactly once") {
  auto other = Catalog::open({file(), 4, postgresql});
  REQUIRE(other);
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(issue(at(100)));
  std::vector<std::atomic<int>> uses(ids.size());
  std::atomic<int> strange = 0;
  in_threads(8, [&](int thread) {
    Tickets tickets(thread % 2 == 0 ? *catalog : **other);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto used = tickets.use(ids[i], "session-" + std::to_string(thread), at(1));
      if (used) ++uses[i];
      else if (used.error().kind != ErrorKind::denied) ++strange;
    }
  });
  for (const auto& count : uses) CHECK(count == 1);
  CHECK(strange == 0);
}

TEST_CASE_METHOD(TicketFixture, "spent tickets are those of one user and target that were used or have expired, the last twenty") {
  Tickets tickets(*catalog);
  const auto used = issue(at(100)), expired = issue(at(10));
  issue(at(100));
  issue(at(10), Protocol::rdp);
  REQUIRE(tickets.use(used, "session-1", at(5)));
  auto spent = tickets.spent(at(20), Protocol::vnc, "anna", "dc1");
  REQUIRE(spent);
  REQUIRE(spent->size() == 2);
  CHECK((*spent)[0].id == expired);
  CHECK((*spent)[1].id == used);
  CHECK((*spent)[1].wrapped_value == bytes_of("wrapped"));
  CHECK(tickets.spent(at(5), Protocol::vnc, "anna", "dc1")->size() == 1);
  CHECK(tickets.spent(at(20), Protocol::vnc, "bert", "dc1")->empty());
  CHECK(tickets.spent(at(20), Protocol::vnc, "anna", "dc2")->empty());
  for (int i = 0; i < 25; ++i) issue(at(11));
  CHECK(tickets.spent(at(20), Protocol::vnc, "anna", "dc1")->size() == 20);
}
