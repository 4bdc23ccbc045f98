#include "storage/catalog/jobs.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <set>

#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

namespace {

constexpr Microseconds kLease = std::chrono::seconds(10);

class JobFixture : public CatalogFixture {
 public:
  std::optional<ClaimedJob> claim(UtcTime now, const std::string& worker = "w1") {
    auto claimed = Jobs(*catalog).claim("redact", worker, now, kLease);
    REQUIRE(claimed);
    return *claimed;
  }
};

}  // namespace

TEST_CASE_METHOD(JobFixture, "a job is queued once for each kind and key") {
  Jobs jobs(*catalog);
  const auto first = jobs.enqueue({"redact", "r1", "{\"a\":1}", at(0), 3});
  REQUIRE(first);
  CHECK(*jobs.enqueue({"redact", "r1", "other", at(5), 1}) == first.value());
  CHECK(*jobs.enqueue({"archive", "r1", "", at(0), 3}) != first.value());
  auto job = jobs.find("redact", "r1");
  REQUIRE(job);
  CHECK(job->payload == "{\"a\":1}");
  CHECK(job->state == JobState::queued);
  CHECK(job->max_attempts == 3);
  CHECK(job->run_after == at(0));
  CHECK_FALSE(job->lease_until);
  CHECK(jobs.list(JobState::queued)->size() == 2);
  CHECK(kind_of(jobs.find("redact", "r2")) == ErrorKind::not_found);
  CHECK(kind_of(jobs.enqueue({"redact", "r2", "", at(0), 0})) == ErrorKind::invalid);
  CHECK(kind_of(jobs.enqueue({"redact", std::string("r\0", 2), "", at(0), 1})) == ErrorKind::invalid);
}

TEST_CASE_METHOD(JobFixture, "the job that waited longest is claimed, and none before its time") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "late", "", at(20), 3}));
  REQUIRE(jobs.enqueue({"redact", "early", "payload", at(10), 3}));
  REQUIRE(jobs.enqueue({"archive", "other", "", at(0), 3}));
  CHECK_FALSE(claim(at(9)));
  const auto claimed = claim(at(30));
  REQUIRE(claimed);
  CHECK(claimed->job.key == "early");
  CHECK(claimed->job.payload == "payload");
  CHECK(claimed->job.state == JobState::leased);
  CHECK(claimed->job.attempts == 1);
  CHECK(claimed->job.worker == "w1");
  CHECK(claimed->job.lease_until == at(40));
  CHECK(claim(at(30))->job.key == "late");
  CHECK_FALSE(claim(at(30)));
  REQUIRE(jobs.complete(claimed->lease));
  CHECK(jobs.find("redact", "early")->state == JobState::done);
  CHECK(*jobs.enqueue({"redact", "early", "", at(0), 3}) == claimed->job.id);
  CHECK_FALSE(claim(at(35)));
}

TEST_CASE_METHOD(JobFixture, "a zombie changes nothing after its job was given to another") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 3}));
  const Lease zombie = claim(at(0), "w1")->lease;
  CHECK_FALSE(claim(at(9), "w2"));
  const auto owner = claim(at(10), "w2");
  REQUIRE(owner);
  CHECK(owner->lease.token > zombie.token);
  CHECK(owner->job.attempts == 2);
  CHECK(kind_of(jobs.renew(zombie, at(11), kLease)) == ErrorKind::denied);
  CHECK(kind_of(jobs.complete(zombie)) == ErrorKind::denied);
  CHECK(kind_of(jobs.fail(zombie, "late", at(11))) == ErrorKind::denied);
  CHECK(jobs.find("redact", "r1")->worker == "w2");
  REQUIRE(jobs.complete(owner->lease));
  CHECK(kind_of(jobs.complete(owner->lease)) == ErrorKind::denied);
  CHECK(jobs.find("redact", "r1")->last_error.empty());
}

TEST_CASE_METHOD(JobFixture, "a renewed lease is not given away") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 3}));
  const Lease lease = claim(at(0))->lease;
  REQUIRE(jobs.renew(lease, at(8), kLease));
  CHECK_FALSE(claim(at(17)));
  CHECK(claim(at(18)));
}

TEST_CASE_METHOD(JobFixture, "a failed job is tried again later until it is dead") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 2}));
  CHECK(*jobs.fail(claim(at(0))->lease, std::string("bad \0\xff", 6), at(60)) == JobState::queued);
  CHECK(jobs.find("redact", "r1")->last_error == "bad \xef\xbf\xbd\xef\xbf\xbd");
  CHECK_FALSE(claim(at(59)));
  CHECK(*jobs.fail(claim(at(60))->lease, "again", at(120)) == JobState::dead);
  CHECK_FALSE(claim(at(1000)));
  CHECK(jobs.list(JobState::dead)->size() == 1);
}

TEST_CASE_METHOD(JobFixture, "a job that kills every worker dies with its last lease") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 2}));
  REQUIRE(claim(at(0)));
  REQUIRE(claim(at(10)));
  CHECK_FALSE(claim(at(20)));
  CHECK(jobs.find("redact", "r1")->state == JobState::dead);
  CHECK_FALSE(jobs.find("redact", "r1")->last_error.empty());
}

TEST_CASE_METHOD(JobFixture, "a dead job is revived with all its attempts, and no other is") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 1}));
  CHECK(jobs.revive("redact", "r1", at(5)).error().kind == ErrorKind::not_found);
  const auto lease = claim(at(0));
  REQUIRE(lease);
  CHECK_FALSE(claim(at(1000)));
  REQUIRE(jobs.find("redact", "r1")->state == JobState::dead);
  REQUIRE(jobs.revive("redact", "r1", at(2000)));
  CHECK_FALSE(claim(at(1999)));
  const auto again = claim(at(2000));
  REQUIRE(again);
  CHECK(again->job.attempts == 1);
  CHECK(jobs.revive("redact", "r2", at(0)).error().kind == ErrorKind::not_found);
}

TEST_CASE_METHOD(JobFixture, "eight threads in two catalogs claim each job exactly once") {
  constexpr int kJobs = 100;
  auto other = Catalog::open({file(), 4, postgresql});
  REQUIRE(other);
  for (int i = 0; i < kJobs; ++i) REQUIRE(Jobs(*catalog).enqueue({"redact", "r" + std::to_string(i), "", at(0), 1}));
  std::mutex mutex;
  std::multiset<std::string> claimed;
  std::atomic<int> errors = 0;
  in_threads(8, [&](int thread) {
    Jobs jobs(thread % 2 == 0 ? *catalog : **other);
    for (;;) {
      auto job = jobs.claim("redact", "w" + std::to_string(thread), at(0), kLease);
      if (!job) {
        ++errors;
        return;
      }
      if (!job->has_value()) return;
      if (!jobs.complete((*job)->lease)) ++errors;
      const std::lock_guard lock(mutex);
      claimed.insert((*job)->job.key);
    }
  });
  CHECK(errors == 0);
  CHECK(claimed.size() == kJobs);
  CHECK(std::set<std::string>(claimed.begin(), claimed.end()).size() == kJobs);
}

TEST_CASE_METHOD(CatalogFixture, "a job that nobody works on changes its kind and starts afresh; one that is leased or done is left alone") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"follow", "r1", "", at(0), 1}));
  const Lease first = (*jobs.claim("follow", "w", at(0), std::chrono::seconds(10)))->lease;
  CHECK_FALSE(jobs.reclassify("follow", "r1", "redact", at(1)).value());
  CHECK(jobs.fail(first, "died", at(2)).value() == JobState::dead);
  CHECK(jobs.reclassify("follow", "r1", "redact", at(3)).value());
  CHECK_FALSE(jobs.reclassify("follow", "r1", "redact", at(3)).value());
  CHECK_FALSE(*jobs.claim("follow", "w", at(9), std::chrono::seconds(10)));
  CHECK_FALSE(*jobs.claim("redact", "w", at(2), std::chrono::seconds(10)));
  const auto again = *jobs.claim("redact", "w", at(3), std::chrono::seconds(10));
  REQUIRE(again);
  CHECK(again->job.attempts == 1);
  CHECK(kind_of(jobs.renew(first, at(3), std::chrono::seconds(10))) == ErrorKind::denied);
  REQUIRE(jobs.complete(again->lease));
  CHECK_FALSE(jobs.reclassify("redact", "r1", "follow", at(3)).value());
}

TEST_CASE_METHOD(CatalogFixture, "the leases of workers that are known to be dead run out at once, those of others do not") {
  Jobs jobs(*catalog);
  for (const char* key : {"r1", "r2"}) REQUIRE(jobs.enqueue({"redact", key, "", at(0), 3}));
  const Lease dead = (*jobs.claim("redact", "a/redact/0", at(0), std::chrono::seconds(60)))->lease;
  REQUIRE(*jobs.claim("redact", "b/redact/0", at(0), std::chrono::seconds(60)));
  REQUIRE(jobs.expire("a/", at(5)));
  CHECK_FALSE(*jobs.claim("redact", "a/redact/1", at(4), std::chrono::seconds(60)));
  const auto again = *jobs.claim("redact", "a/redact/1", at(5), std::chrono::seconds(60));
  REQUIRE(again);
  CHECK(again->job.key == "r1");
  CHECK(again->job.attempts == 1);  // the other one does not count
  CHECK(kind_of(jobs.renew(dead, at(6), std::chrono::seconds(60))) == ErrorKind::denied);
  CHECK_FALSE(*jobs.claim("redact", "a/redact/2", at(59), std::chrono::seconds(60)));
  CHECK(*jobs.claim("redact", "a/redact/2", at(60), std::chrono::seconds(60)));
}

TEST_CASE_METHOD(CatalogFixture, "a serve that dies takes no attempt from its jobs, unless it dies again and again over many minutes") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 3}));
  int leases = 0, now = 0;
  for (; jobs.find("redact", "r1").value().state == JobState::queued; ++now) {
    const auto job = *jobs.claim("redact", "a/redact/0", at(now), std::chrono::seconds(60));
    if (!job) continue;
    ++leases;
    REQUIRE(jobs.expire("a/", at(now + 6)));
    const Job waits = jobs.find("redact", "r1").value();
    REQUIRE(jobs.expire("a/", at(now + 8)));  // twice is once
    CHECK(jobs.find("redact", "r1")->attempts == waits.attempts);
    CHECK(jobs.find("redact", "r1")->run_after == waits.run_after);
    CHECK(waits.run_after == at(now + 6 + 5 * (leases - 1)));
  }
  CHECK(leases == 22);
  CHECK(now > 1000);
  const Job dead = jobs.find("redact", "r1").value();
  CHECK(dead.state == JobState::dead);
  CHECK(dead.last_error == "the gateway stopped during this attempt");
}

TEST_CASE_METHOD(CatalogFixture, "a serve that comes back long after its leases ran out takes no attempt from its jobs either") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 1}));
  REQUIRE(*jobs.claim("redact", "a/redact/0", at(0), std::chrono::seconds(60)));
  REQUIRE(jobs.expire("a/", at(9000)));
  const auto again = *jobs.claim("redact", "a/redact/0", at(9000), std::chrono::seconds(60));
  REQUIRE(again);
  CHECK(again->job.attempts == 1);
}

TEST_CASE_METHOD(JobFixture, "a job whose worker is killed from outside is given up where that happens at one place, and not where it goes on") {
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 3}));
  const auto killed = [&](int place) {
    const auto job = claim(at(0));
    REQUIRE(job);
    return jobs.fail(job->lease, "killed", at(0), place).value();
  };
  for (const int place : {0, 0, 1, 1, 4, 2, 2, 0}) CHECK(killed(place) == JobState::queued);
  SECTION("three times at the same place") {
    CHECK(killed(0) == JobState::queued);
    CHECK(killed(0) == JobState::dead);
  }
  SECTION("what it does of itself counts wherever it is") {
    CHECK(jobs.fail(claim(at(0))->lease, "crashed", at(0)).value() == JobState::queued);
    CHECK(jobs.fail(claim(at(0))->lease, "crashed", at(0)).value() == JobState::dead);
  }
  SECTION("not for ever") {
    for (int place = 9; place < 21; ++place) CHECK(killed(place) == JobState::queued);
    CHECK(killed(21) == JobState::dead);
  }
}
