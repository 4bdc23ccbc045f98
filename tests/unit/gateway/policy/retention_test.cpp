#include "gateway/policy/retention.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::policy;
using std::chrono::days;

namespace {

constexpr UtcTime kEnded{std::chrono::seconds(1'764'000'000)};

const std::vector<RetentionClass> kClasses{{"lab", {"*"}, {"lab-*"}, {}, days(30)},
                                           {"production", {"*"}, {"*"}, {{"environment", "prod*"}}, days(400)},
                                           {"anna's", {"anna"}, {"*"}, {}, days(10)}};

RetentionSubject subject_on(const std::string& target) {
  return {.recording = "r1", .user = "anna", .target = target, .tags = {}, .ended = kEnded, .finished = true, .quarantined = false, .held_for = ""};
}

}  // namespace

TEST_CASE("a recording goes when the first class that names it says so, and not a moment before") {
  const RetentionSubject subject = subject_on("lab-3");
  CHECK_FALSE(decide_retention(kClasses, subject, kEnded + days(30) - Microseconds(1)).remove);
  CHECK(decide_retention(kClasses, subject, kEnded + days(30) - Microseconds(1)).why == "kept: class \"lab\" for another 1 day");
  const RetentionDecision decision = decide_retention(kClasses, subject, kEnded + days(30));
  CHECK(decision.remove);
  CHECK(decision.retention_class == "lab");
  CHECK_THAT(decision.why, Catch::Contains("30 days"));
}

TEST_CASE("nothing that ended later than the shortest class says is due, and without classes nothing is") {
  CHECK_FALSE(latest_due({}, kEnded));
  CHECK(latest_due(kClasses, kEnded + days(10)) == kEnded);
  std::vector<RetentionClass> archiving = kClasses;
  archiving[1].archive = days(3);
  CHECK(latest_due(archiving, kEnded + days(10)) == kEnded + days(7));
  // Against the decision itself, whatever class it falls under.
  for (int day = 0; day < 45; ++day) {
    for (const char* target : {"lab-3", "dc1"}) {
      const UtcTime now = kEnded + days(day);
      const RetentionDecision decision = decide_retention(kClasses, subject_on(target), now);
      if (decision.remove || decision.archive) CHECK(kEnded <= *latest_due(kClasses, now));
    }
  }
}

TEST_CASE("classes go by the target's tags, and what none names is kept") {
  RetentionSubject subject = subject_on("dc1");
  CHECK(decide_retention(kClasses, subject, kEnded + days(10)).remove);
  subject.tags = {{"environment", "production"}};
  CHECK_FALSE(decide_retention(kClasses, subject, kEnded + days(399)).remove);
  CHECK(decide_retention(kClasses, subject, kEnded + days(400)).remove);
  subject.tags = {{"environment", "test"}};
  subject.user = "carl";
  const RetentionDecision decision = decide_retention(kClasses, subject, kEnded + days(100000));
  CHECK_FALSE(decision.remove);
  CHECK(decision.retention_class == "");
  CHECK_FALSE(decide_retention({}, subject_on("lab-3"), kEnded + days(100000)).remove);
}

TEST_CASE("a film is archived when its class says so, once, and is deleted from there") {
  std::vector<RetentionClass> classes = kClasses;
  classes[0].archive = days(7);
  RetentionSubject subject = subject_on("lab-3");
  CHECK_FALSE(decide_retention(classes, subject, kEnded + days(7) - Microseconds(1)).archive);
  const RetentionDecision decision = decide_retention(classes, subject, kEnded + days(7));
  CHECK(decision.archive);
  CHECK_FALSE(decision.remove);
  CHECK_THAT(decision.why, Catch::Contains("archives films 7 days"));
  subject.held_for = "case 12";
  CHECK_FALSE(decide_retention(classes, subject, kEnded + days(7)).archive);
  subject.held_for.clear();
  subject.archived = true;
  CHECK_FALSE(decide_retention(classes, subject, kEnded + days(8)).archive);
  CHECK_THAT(decide_retention(classes, subject, kEnded + days(8)).why, Catch::Contains("another 22 days, in the archive"));
  CHECK(decide_retention(classes, subject, kEnded + days(30)).remove);
  CHECK_FALSE(decide_retention(classes, subject, kEnded + days(30)).archive);
}

TEST_CASE("a hold beats every class, and what is not finished or quarantined stays") {
  const UtcTime late = kEnded + days(100000);
  RetentionSubject subject = subject_on("lab-3");
  subject.held_for = "case 12";
  CHECK_FALSE(decide_retention(kClasses, subject, late).remove);
  CHECK(decide_retention(kClasses, subject, late).why == "kept: legal hold (case 12)");
  subject = subject_on("lab-3");
  subject.finished = false;
  CHECK_FALSE(decide_retention(kClasses, subject, late).remove);
  subject.quarantined = true;
  CHECK_FALSE(decide_retention(kClasses, subject, late).remove);
  subject = subject_on("lab-3");
  subject.ended.reset();
  CHECK_FALSE(decide_retention(kClasses, subject, late).remove);
}

TEST_CASE("the class that a recording's rule named counts before all others, and one that is not configured any more keeps it") {
  RetentionSubject subject = subject_on("lab-3");
  subject.retention_class = "production";
  CHECK_FALSE(decide_retention(kClasses, subject, kEnded + days(399)).remove);
  CHECK(decide_retention(kClasses, subject, kEnded + days(400)).retention_class == "production");
  CHECK(decide_retention(kClasses, subject, kEnded + days(400)).remove);
  subject.retention_class = "gone";
  CHECK_FALSE(decide_retention(kClasses, subject, kEnded + days(4000)).remove);
  CHECK_THAT(decide_retention(kClasses, subject, kEnded + days(4000)).why, Catch::Contains("\"gone\", which is not configured"));
}
