#include "gateway/approvals/approvals.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::approvals;
using std::chrono::minutes;

namespace {

constexpr UtcTime kNow{std::chrono::seconds(1'800'000'000)};

class Fixture {
 public:
  Fixture() {
    auto opened = catalog::Catalog::open({folder_.path() / "catalog.sqlite"});
    REQUIRE(opened);
    catalog = std::move(opened).value();
    approvals = std::make_unique<Approvals>(*catalog, [this](const Request& request, const char* what) { heard.push_back(request.id + " " + what); });
  }

  static Wish wish(const std::string& requester = "alice") {
    Wish out;
    out.requester = requester;
    out.target = "db";
    out.reason = "index is broken";
    out.rule = "prod";
    out.policy_digest = std::string(64, 'a');
    out.gate.allow = true;
    out.gate.needed = 2;
    out.gate.groups = {"leads", "boss*"};
    return out;
  }

 private:
  storage::TemporaryDirectory folder_;

 public:
  std::vector<std::string> heard;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<Approvals> approvals;
};

const Actor kCarol{"carol", {"leads"}}, kDave{"dave", {"bosses"}};

}  // namespace

TEST_CASE("a request is kept with everybody's word, and heard of") {
  Fixture fixture;
  const auto asked = fixture.approvals->ask(Fixture::wish(), kNow);
  REQUIRE(asked);
  const std::string id = asked.value().id;
  REQUIRE(fixture.approvals->decide(id, kCarol, true, "looks right", kNow + minutes(1)));
  const auto granted = fixture.approvals->decide(id, kDave, true, "", kNow + minutes(2));
  REQUIRE(granted);
  const auto kept = fixture.approvals->find(id, kNow + minutes(3));
  REQUIRE(kept);
  CHECK(kept.value() == granted.value());
  CHECK(kept.value().votes.size() == 2);
  CHECK(kept.value().groups == std::vector<std::string>{"leads", "boss*"});
  const auto proof = fixture.approvals->use(id, "session-1", kNow + minutes(3));
  REQUIRE(proof);
  CHECK(proof.value().requester() == "alice");
  CHECK_FALSE(fixture.approvals->use(id, "session-2", kNow + minutes(3)));
  CHECK(fixture.heard == std::vector<std::string>{id + " requested", id + " approved-by", id + " approved", id + " used"});
}

TEST_CASE("who asks again for the same gets the question that stands, or its answer") {
  Fixture fixture;
  const std::string id = fixture.approvals->ask(Fixture::wish(), kNow).value().id;
  CHECK(fixture.approvals->ask(Fixture::wish(), kNow + minutes(1)).value().id == id);
  CHECK(fixture.approvals->ask(Fixture::wish("bob"), kNow).value().id != id);
  Wish other = Fixture::wish();
  other.gate.needed = 1;
  CHECK(fixture.approvals->ask(other, kNow).value().id != id);
  REQUIRE(fixture.approvals->decide(id, kCarol, true, "", kNow));
  REQUIRE(fixture.approvals->decide(id, kDave, true, "", kNow));
  CHECK(fixture.approvals->ask(Fixture::wish(), kNow + minutes(2)).value().state == State::approved);
  REQUIRE(fixture.approvals->use(id, "s", kNow + minutes(2)));
  CHECK(fixture.approvals->ask(Fixture::wish(), kNow + minutes(3)).value().id != id);
}

TEST_CASE("a gate that wants a reason or a ticket gets no request without") {
  Fixture fixture;
  Wish wish = Fixture::wish();
  wish.gate.reason_required = true;
  wish.gate.ticket = "CHG-[0-9]+";
  wish.reason = " ";
  CHECK(fixture.approvals->ask(wish, kNow).error().message == "A reason is required.");
  wish.reason = "x";
  wish.ticket = "CHG-1 or so";
  CHECK(fixture.approvals->ask(wish, kNow).error().message == "A ticket number is required that looks like CHG-[0-9]+.");
  wish.ticket = "CHG-12";
  CHECK(fixture.approvals->ask(wish, kNow));
  wish.gate.allow = false;
  CHECK(fixture.approvals->ask(wish, kNow).error().kind == ErrorKind::denied);
}

TEST_CASE("an emergency begins at once where the policy knows one, and waits for its review") {
  Fixture fixture;
  Wish wish = Fixture::wish();
  CHECK(fixture.approvals->begin_in_emergency(wish, "s", kNow).error().kind == ErrorKind::denied);
  wish.gate.emergency = true;
  const auto begun = fixture.approvals->begin_in_emergency(wish, "s", kNow);
  REQUIRE(begun);
  catalog::ApprovalFilter open;
  open.unreviewed = true;
  REQUIRE(fixture.approvals->list(open, kNow + minutes(10000)).value().size() == 1);
  CHECK_FALSE(fixture.approvals->use(begun.value().id(), "s2", kNow));
  REQUIRE(fixture.approvals->review(begun.value().id(), kCarol, "the database was down", kNow + minutes(10000)));
  CHECK(fixture.approvals->list(open, kNow).value().empty());
}

TEST_CASE("requests expire where they lie, once") {
  Fixture fixture;
  const std::string id = fixture.approvals->ask(Fixture::wish(), kNow).value().id;
  catalog::ApprovalFilter expired;
  expired.state = State::expired;
  CHECK(fixture.approvals->list(expired, kNow + minutes(61)).value().size() == 1);
  REQUIRE(fixture.approvals->expire(kNow + minutes(62)));
  CHECK(fixture.heard.back() == id + " expired");
  CHECK(fixture.heard.size() == 2);
}

TEST_CASE("what is in use are the approvals that have been used and are still good, to the microsecond") {
  Fixture fixture;
  const auto in_use = [&](UtcTime at) {
    catalog::ApprovalFilter filter;
    filter.in_use = at;
    return catalog::ApprovalRequests(*fixture.catalog).list(filter).value().size();
  };
  Wish once = Fixture::wish("alice"), window = Fixture::wish("bob");
  once.gate.needed = window.gate.needed = 1;
  once.gate.validity = window.gate.validity = minutes(20);
  window.gate.one_use = false;
  for (const Wish& wish : {once, window}) {
    const std::string id = fixture.approvals->ask(wish, kNow).value().id;
    REQUIRE(fixture.approvals->decide(id, kCarol, true, "", kNow));
    CHECK(in_use(kNow + minutes(6)) == (wish.requester == "alice" ? 0 : 1));
    REQUIRE(fixture.approvals->use(id, "s", kNow + minutes(5)));
  }
  CHECK(in_use(kNow + minutes(5)) == 2);
  // One that is for a time ends by its grant, one for a use by its use.
  CHECK(in_use(kNow + minutes(20) - Microseconds(1)) == 2);
  CHECK(in_use(kNow + minutes(20)) == 1);
  CHECK(in_use(kNow + minutes(25) - Microseconds(1)) == 1);
  CHECK(in_use(kNow + minutes(25)) == 0);
}

TEST_CASE("of many who use one approval at the same time, one does") {
  Fixture fixture;
  Wish wish = Fixture::wish();
  wish.gate.needed = 1;
  const std::string id = fixture.approvals->ask(wish, kNow).value().id;
  REQUIRE(fixture.approvals->decide(id, kCarol, true, "", kNow));
  Approvals approvals(*fixture.catalog);
  std::atomic<int> succeeded = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] { succeeded += approvals.use(id, "s" + std::to_string(i), kNow).has_value(); });
    }
  }
  CHECK(succeeded == 1);
}
