#include "gateway/serve/browser_door.h"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace frostgate;
using namespace frostgate::serve;

namespace {

const UtcTime kThen{std::chrono::seconds(1'800'000'000)};
const BrowserVisit kVisit{"anna", "dc1", "w1", "192.0.2.7"};

struct Door : BrowserDoor {
  Door() {
    open([this](Descriptor client, const BrowserVisit& visit) -> Result<void> {
      if (full) return Error{ErrorKind::unavailable, "full"};
      taken = std::move(client);
      visitor = visit;
      return {};
    });
  }
  Descriptor taken;
  BrowserVisit visitor;
  bool full = false;
};

}  // namespace

TEST_CASE("a ticket opens the browser's door once, to both ends of one socket") {
  Door door;
  const std::string ticket = door.issue(kVisit, kThen).value();
  CHECK(ticket.size() == 64);
  const auto session = door.enter(ticket, kVisit, kThen);
  REQUIRE(session);
  CHECK(door.visitor == kVisit);
  REQUIRE(write(session.value().fd(), "x", 1) == 1);
  char byte = 0;
  REQUIRE(read(door.taken.fd(), &byte, 1) == 1);
  CHECK(byte == 'x');
  CHECK(door.enter(ticket, kVisit, kThen).error().kind == ErrorKind::denied);
}

TEST_CASE("a ticket is worth nothing for another visit, late, or when nobody takes it; and is used up all the same") {
  Door door;
  for (const BrowserVisit& other : {BrowserVisit{"bob", "dc1", "w1", "192.0.2.7"}, BrowserVisit{"anna", "dc2", "w1", "192.0.2.7"}, BrowserVisit{"anna", "dc1", "w2", "192.0.2.7"},
                                    BrowserVisit{"anna", "dc1", "w1", "192.0.2.8"}}) {
    const std::string ticket = door.issue(kVisit, kThen).value();
    CHECK(door.enter(ticket, other, kThen).error().kind == ErrorKind::denied);
    CHECK(door.enter(ticket, kVisit, kThen).error().kind == ErrorKind::denied);
  }
  const std::string late = door.issue(kVisit, kThen).value();
  CHECK(door.enter(late, kVisit, kThen + BrowserDoor::kLifetime).error().kind == ErrorKind::denied);
  CHECK(door.enter("", kVisit, kThen).error().kind == ErrorKind::denied);
  CHECK(door.enter(std::string(64, '0'), kVisit, kThen).error().kind == ErrorKind::denied);
  door.full = true;
  const std::string unlucky = door.issue(kVisit, kThen).value();
  CHECK(door.enter(unlucky, kVisit, kThen).error().kind == ErrorKind::unavailable);
  const std::string closed = door.issue(kVisit, kThen).value();
  door.close();
  CHECK(door.enter(closed, kVisit, kThen).error().kind == ErrorKind::unavailable);
  CHECK_FALSE(door.taken.valid());
}

TEST_CASE("tickets that nobody uses do not pile up") {
  Door door;
  const std::string first = door.issue(kVisit, kThen).value();
  std::string last;
  for (std::size_t i = 0; i < BrowserDoor::kMostTickets; ++i) last = door.issue(kVisit, kThen).value();
  CHECK(door.enter(first, kVisit, kThen).error().kind == ErrorKind::denied);
  CHECK(door.enter(last, kVisit, kThen));
}
