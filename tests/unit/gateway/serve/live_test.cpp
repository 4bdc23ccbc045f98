#include <catch2/catch.hpp>

#include <future>

#include "gateway/serve/admin.h"
#include "gateway/serve/live_hub.h"
#include "gateway/serve/turns.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using std::chrono::milliseconds;

namespace {

LivePiece piece(int number, bool init = false) {
  LivePiece out;
  out.init = init;
  out.end = milliseconds(number);
  out.bytes = std::make_shared<const std::vector<std::byte>>(3, static_cast<std::byte>(number));
  return out;
}

std::vector<int> numbers(const LiveHub::Next& next) {
  std::vector<int> out;
  for (const LivePiece& piece : next.pieces) out.push_back(static_cast<int>(piece.end.count() / 1000));
  return out;
}

}  // namespace

TEST_CASE("a session that nobody follows cannot be watched, and one that is followed is watched as long as somebody asks") {
  LiveHub hub;
  CHECK(hub.watch("s1").error().kind == ErrorKind::unavailable);
  {
    LiveHub::Source source(hub, "s1");
    CHECK(hub.followed("s1"));
    CHECK_FALSE(source.watched());
    const std::uint64_t watcher = hub.watch("s1").value();
    CHECK(source.watched());
    hub.leave(watcher);
    CHECK_FALSE(source.watched());
    CHECK(hub.next(watcher, milliseconds(0)).error().kind == ErrorKind::not_found);
  }
  CHECK_FALSE(hub.followed("s1"));
}

TEST_CASE("each watcher gets each piece once and in order, and who comes later begins with the init piece") {
  LiveHub hub;
  LiveHub::Source source(hub, "s1"), other(hub, "s2");
  const std::uint64_t early = hub.watch("s1").value();
  CHECK_FALSE(other.watched());
  source.show(piece(1, true));
  source.show(piece(2));
  CHECK(numbers(hub.next(early, milliseconds(0)).value()) == std::vector<int>{1, 2});
  const std::uint64_t late = hub.watch("s1").value();
  source.show(piece(3));
  other.show(piece(9));
  CHECK(numbers(hub.next(late, milliseconds(0)).value()) == std::vector<int>{1, 3});
  CHECK(numbers(hub.next(early, milliseconds(0)).value()) == std::vector<int>{3});
  CHECK(hub.next(early, milliseconds(0)).value().pieces.empty());
}

TEST_CASE("a watcher that is slow misses pieces, never the init piece, and holds nobody up") {
  LiveHub hub;
  LiveHub::Source source(hub, "s1");
  const std::uint64_t watcher = hub.watch("s1").value();
  source.show(piece(1, true));
  for (int i = 2; i < 500; ++i) source.show(piece(i));
  const std::vector<int> got = numbers(hub.next(watcher, milliseconds(0)).value());
  CHECK(got.size() <= 64);
  CHECK(got.front() == 1);
  CHECK(got.back() == 499);
}

TEST_CASE("a watcher waits for what comes, and is told when the session is over") {
  LiveHub hub;
  auto source = std::make_unique<LiveHub::Source>(hub, "s1");
  const std::uint64_t watcher = hub.watch("s1").value();
  auto waiting = std::async(std::launch::async, [&] { return numbers(hub.next(watcher, std::chrono::seconds(30)).value()); });
  source->show(piece(1, true));
  CHECK(waiting.get() == std::vector<int>{1});
  source->show(piece(2));
  source.reset();
  const LiveHub::Next last = hub.next(watcher, std::chrono::seconds(30)).value();
  CHECK(last.over);
  CHECK(numbers(last) == std::vector<int>{2});
  CHECK_FALSE(hub.next(watcher, milliseconds(0)));
}

TEST_CASE("turns are given to as many at a time as there are, in the order in which they were asked for") {
  Turns turns(2);
  Turns::Holder a(turns), b(turns), c(turns), d(turns);
  CHECK(a.acquire(milliseconds(0)));
  CHECK(b.acquire(milliseconds(0)));
  CHECK_FALSE(c.acquire(milliseconds(0)));
  CHECK_FALSE(d.acquire(milliseconds(0)));
  b.release();
  CHECK_FALSE(d.acquire(milliseconds(0)));  // c was first
  CHECK(c.acquire(milliseconds(0)));
  a.yield();
  CHECK_FALSE(a.has());
  CHECK_FALSE(a.acquire(milliseconds(0)));
  CHECK(d.acquire(milliseconds(0)));
  d.release();
  CHECK(a.acquire(milliseconds(0)));
  a.yield();  // nobody waits
  CHECK(a.has());
}

TEST_CASE("who gives up waiting leaves the queue") {
  Turns turns(1);
  Turns::Holder a(turns), c(turns);
  CHECK(a.acquire(milliseconds(0)));
  {
    Turns::Holder b(turns);
    CHECK_FALSE(b.acquire(milliseconds(0)));
  }
  a.release();
  CHECK(c.acquire(milliseconds(0)));
}

TEST_CASE("running sessions are listed with whether they can be watched, and watching one that is not there is refused") {
  Gateway gateway;
  catalog::Recording row;
  row.id = "r1";
  row.user = "anna";
  row.target = "dc1";
  row.node = gateway.core->node;
  row.started = kNow - std::chrono::seconds(90);
  REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
  const auto ask = [&](nlohmann::json body) {
    ipc::Message question = message(std::move(body));
    return administer(*gateway.core, question, kNow);
  };
  auto listed = ask({{"type", "sessions.list"}});
  REQUIRE(listed);
  REQUIRE(listed.value().body["sessions"].size() == 1);
  CHECK(listed.value().body["sessions"][0]["running_seconds"] == 90.0);
  CHECK(listed.value().body["sessions"][0]["live"] == false);
  CHECK(ask({{"type", "live.watch"}, {"id", "r1"}}).error().kind == ErrorKind::unavailable);
  CHECK(ask({{"type", "live.watch"}, {"id", "r2"}}).error().kind == ErrorKind::not_found);
  CHECK(ask({{"type", "live.next"}, {"watcher", 7}}).error().kind == ErrorKind::not_found);

  LiveHub::Source source(gateway.core->live, "r1");
  auto watch = ask({{"type", "live.watch"}, {"id", "r1"}});
  REQUIRE(watch);
  source.show(piece(1, true));
  source.show(piece(2));
  const auto next = ask({{"type", "live.next"}, {"watcher", watch.value().body["watcher"]}});
  REQUIRE(next);
  CHECK(next.value().body["pieces"].size() == 2);
  CHECK(next.value().body["over"] == false);
  REQUIRE(next.value().descriptors.size() == 1);
  CHECK(ipc::from_memory_file(next.value().descriptors[0], 100).value().size() == 6);
  CHECK(ask({{"type", "live.leave"}, {"watcher", watch.value().body["watcher"]}}));
  CHECK_FALSE(source.watched());
}
