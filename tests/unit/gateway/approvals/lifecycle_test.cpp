#include "gateway/approvals/lifecycle.h"

#include <catch2/catch.hpp>
#include <random>

using namespace frostgate;
using namespace frostgate::approvals;
using std::chrono::minutes;

namespace {

constexpr UtcTime kStart{std::chrono::seconds(1'800'000'000)};
const Actor kLead{"carol", {"leads"}}, kOtherLead{"dave", {"leads"}}, kManager{"erin", {"managers"}}, kAlice{"alice", {"leads", "managers"}};
// Whatever groups are said of them.
const Actor kRoot{"root@gw on the command line", {"leads"}, true};

Request request_of(int needed = 1, bool one_use = true) {
  Request request;
  request.id = "r-1";
  request.requester = "alice";
  request.target = "db";
  request.needed = needed;
  request.groups = {"leads"};
  request.escalates = kStart + minutes(15);
  request.later_groups = {"managers"};
  request.validity = minutes(30);
  request.one_use = one_use;
  request.created = kStart;
  request.expires = kStart + minutes(60);
  return request;
}

Request value(Result<Request> result) {
  INFO((result ? std::string() : result.error().message));
  REQUIRE(result);
  return std::move(result).value();
}

ErrorKind refusal(const Result<Request>& result) {
  REQUIRE_FALSE(result);
  return result.error().kind;
}

Request granted(Request request, UtcTime at = kStart) { return value(decided(std::move(request), kLead, true, "", at)); }

}  // namespace

TEST_CASE("a request is granted with the last approval needed, each by another approver") {
  const Request once = value(decided(request_of(2), kLead, true, "seen", kStart));
  CHECK(once.state == State::requested);
  CHECK(refusal(decided(once, kLead, true, "again", kStart)) == ErrorKind::invalid);
  const Request twice = value(decided(once, kOtherLead, true, "", kStart + minutes(1)));
  CHECK(twice.state == State::approved);
  CHECK(twice.expires == kStart + minutes(31));
  CHECK(refusal(decided(twice, Actor{"frank", {"leads"}}, false, "", kStart)) == ErrorKind::invalid);
}

TEST_CASE("one refusal refuses, and nothing leads back from it") {
  const Request refused = value(decided(value(decided(request_of(2), kLead, true, "", kStart)), kOtherLead, false, "not today", kStart));
  CHECK(refused.state == State::refused);
  CHECK(refused.votes.back().comment == "not today");
  CHECK(refusal(used(refused, "s", kStart)) == ErrorKind::invalid);
  CHECK(refusal(cancelled(refused, kAlice, "", kStart)) == ErrorKind::invalid);
  CHECK(refusal(revoked(refused, kRoot, "", kStart)) == ErrorKind::invalid);
}

TEST_CASE("only those decide whom the rule names, a second group after a time, and never the requester") {
  CHECK(refusal(decided(request_of(), kAlice, true, "", kStart)) == ErrorKind::denied);
  CHECK(refusal(decided(request_of(), kAlice, false, "", kStart + minutes(20))) == ErrorKind::denied);
  CHECK(refusal(decided(request_of(), Actor{"mallory", {}}, true, "", kStart)) == ErrorKind::denied);
  CHECK(refusal(decided(request_of(), kManager, true, "", kStart + minutes(14))) == ErrorKind::denied);
  CHECK(value(decided(request_of(), kManager, true, "", kStart + minutes(15))).state == State::approved);
}

TEST_CASE("a question and an answer expire") {
  CHECK(lapsed(request_of(), kStart + minutes(59)).state == State::requested);
  CHECK(lapsed(request_of(), kStart + minutes(60)).state == State::expired);
  CHECK(refusal(decided(request_of(), kLead, true, "", kStart + minutes(60))) == ErrorKind::invalid);
  CHECK(refusal(used(granted(request_of()), "s", kStart + minutes(30))) == ErrorKind::invalid);
}

TEST_CASE("an approval is used once, or as often as wanted in its window") {
  const Request once = value(used(granted(request_of()), "s1", kStart));
  CHECK(once.state == State::used);
  CHECK(refusal(used(once, "s2", kStart)) == ErrorKind::invalid);
  CHECK(lapsed(once, kStart + minutes(999)).state == State::used);
  const Request window = value(used(granted(request_of(1, false)), "s1", kStart));
  CHECK(window.state == State::approved);
  const Request again = value(used(window, "s2", kStart + minutes(29)));
  CHECK(again.used == kStart);
  CHECK(again.used_by == "s2");
  CHECK(refusal(used(again, "s3", kStart + minutes(30))) == ErrorKind::invalid);
}

TEST_CASE("what was used for nothing is given back by who used it alone, and lasts no longer for it") {
  Request request = request_of(1, true);
  request = decided(request, kLead, true, "", kStart).value();
  CHECK_FALSE(given_back(request, "s"));
  request = used(request, "s", kStart).value();
  CHECK_FALSE(given_back(request, "other"));
  const Request back = given_back(request, "s").value();
  CHECK(back.state == State::approved);
  CHECK_FALSE(back.used);
  CHECK(back.expires == request.expires);
  CHECK(used(back, "t", kStart).value().used_by == "t");
  CHECK_FALSE(used(back, "t", back.expires));
  const Request gone = revoked(request, kLead, "", kStart).value();
  CHECK_FALSE(given_back(gone, "s"));
}

TEST_CASE("the administrator of the machine takes back what anybody asked for or got, in their own name, and decides on nothing") {
  CHECK(value(cancelled(request_of(), kRoot, "", kStart)).ended_by == kRoot.name);
  CHECK(value(revoked(granted(request_of()), kRoot, "", kStart)).ended_by == kRoot.name);
  CHECK(refusal(decided(request_of(), kRoot, true, "", kStart)) == ErrorKind::denied);
  CHECK(refusal(decided(request_of(), kRoot, false, "", kStart)) == ErrorKind::denied);
}

TEST_CASE("what was granted can be revoked, also when it was used or has lapsed, and cannot be used then") {
  const Request unused = value(revoked(granted(request_of()), kOtherLead, "changed my mind", kStart));
  CHECK(unused.state == State::revoked);
  CHECK(unused.ended_by == "dave");
  CHECK(refusal(used(unused, "s", kStart)) == ErrorKind::invalid);
  CHECK(value(revoked(value(used(granted(request_of()), "s", kStart)), kRoot, "", kStart + minutes(99))).state == State::revoked);
  CHECK(value(revoked(lapsed(value(used(granted(request_of(1, false)), "s", kStart)), kStart + minutes(99)), kLead, "", kStart)).state == State::revoked);
  CHECK(refusal(revoked(granted(request_of()), kAlice, "", kStart)) == ErrorKind::denied);
  CHECK(refusal(revoked(request_of(), kRoot, "", kStart)) == ErrorKind::invalid);
}

TEST_CASE("an emergency stays open until somebody else signs for it") {
  Request emergency = request_of();
  emergency.state = State::used;
  emergency.used = kStart;
  emergency.emergency = true;
  CHECK(refusal(reviewed(emergency, kAlice, "it was fine", kStart)) == ErrorKind::denied);
  CHECK(refusal(reviewed(emergency, kLead, "", kStart)) == ErrorKind::invalid);
  const Request signed_for = value(reviewed(emergency, kLead, "the database was down", kStart + minutes(600)));
  CHECK(signed_for.reviewer == "carol");
  CHECK(refusal(reviewed(signed_for, kOtherLead, "me too", kStart)) == ErrorKind::invalid);
  CHECK(refusal(reviewed(granted(request_of()), kLead, "x", kStart)) == ErrorKind::invalid);
}

// Any sequence of steps by anybody.
TEST_CASE("no sequence of steps lets a requester approve their own request, use one twice, or come back from the end") {
  std::mt19937 random(4711);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const Actor actors[] = {kAlice, kLead, kOtherLead, kManager, {"mallory", {}}, kRoot};
  int granted_ever = 0, used_ever = 0;
  for (int sequence = 0; sequence < 4000; ++sequence) {
    Request request = request_of(1 + pick(2), pick(2) == 0);
    UtcTime now = kStart;
    int uses = 0;
    bool over = false;
    for (int step = 0; step < 12; ++step) {
      now += minutes(pick(12));
      const Actor& actor = actors[pick(6)];
      const State before = request.state;
      const int choice = pick(6);
      Result<Request> after = choice == 0 || choice == 1 ? decided(request, actor, choice == 0 || pick(4) != 0, "", now)
                              : choice == 2              ? used(request, "s", now)
                              : choice == 3              ? cancelled(request, actor, "", now)
                              : choice == 4              ? revoked(request, actor, "", now)
                                                         : Result<Request>(lapsed(request, now));
      if (!after) continue;
      request = std::move(after).value();
      if (choice == 2) ++uses;
      if (choice == 2) CHECK_FALSE(over);
      if (before != State::requested && before != State::approved) CHECK((request.state == before || request.state == State::revoked));
      if (request.state != State::requested && request.state != State::approved) over = true;
      for (const Vote& vote : request.votes) CHECK((vote.approver != "alice" && vote.approver != kRoot.name));
      if (request.state == State::approved || uses > 0) CHECK(approvals_of(request) >= request.needed);
      granted_ever += before == State::requested && request.state == State::approved;
    }
    if (request.one_use) CHECK(uses <= 1);
    used_ever += uses;
  }
  CHECK(granted_ever > 500);
  CHECK(used_ever > 200);
}
