// Of what happens in serve, each kind that people must be told (gateway/alerts/README.md), where no other test makes it happen.
#include "gateway/serve/alarms.h"

#include <filesystem>
#include <limits>

#include "gateway/serve/disk_space.h"
#include "gateway/serve/policy_requests.h"
#include "gateway/serve/redaction_queue.h"
#include "gateway/serve/session_volume.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/jobs.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

// Kinds that only a rule asks for have one; working hours are Monday's from eight to five, in Berlin.
alerts::Settings all_kinds() {
  alerts::Settings out;
  out.rules.push_back({});
  policy::Hours hours;
  hours.days[0] = true;
  hours.from = 8 * 60;
  hours.to = 17 * 60;
  hours.zone = std::make_shared<const policy::Zone>(policy::Zone::load("Europe/Berlin").value());
  out.working_hours.push_back(hours);
  return out;
}

struct Told : Gateway {
  Told() : Gateway(all_kinds()) {}
  // The texts of a kind, the newest first.
  std::vector<std::string> told(const std::string& kind, const std::string& severity) {
    std::vector<std::string> out;
    const std::vector<catalog::Alert> all = catalog::Alerts(*core->catalog).list(100, 0).value();
    for (const catalog::Alert& one : all) {
      if (one.kind != kind) continue;
      CHECK(one.severity == severity);
      out.push_back(one.text);
    }
    return out;
  }
  catalog::Recording session(const std::string& id, const std::string& user = "anna") {
    catalog::Recording row;
    row.id = id;
    row.user = user;
    row.target = "dc1";
    row.peer = "192.0.2.7";
    row.started = kNow;
    REQUIRE(catalog::Recordings(*core->catalog).create(row));
    return row;
  }
};

constexpr UtcTime at(int day, int hour, int minute) { return UtcTime(std::chrono::sys_days(std::chrono::year(2027) / 1 / day).time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute)); }

}  // namespace

TEST_CASE("a session is told when it begins, outside working hours by their own clocks, and for the first time of a user on a target") {
  Told gateway;
  alert_session(*gateway.core, gateway.session("s1"), at(11, 7, 0));  // a Monday, eight in Berlin
  CHECK(gateway.told("session.begun", "info").size() == 1);
  CHECK(gateway.told("session.first_time", "info").size() == 1);
  CHECK(gateway.told("session.off_hours", "warning").empty());
  alert_session(*gateway.core, gateway.session("s2"), at(11, 6, 59));
  alert_session(*gateway.core, gateway.session("s3", "carl"), at(12, 7, 0));
  CHECK(gateway.told("session.begun", "info").size() == 3);
  const auto off_hours = gateway.told("session.off_hours", "warning");
  REQUIRE(off_hours.size() == 2);
  CHECK_THAT(off_hours[1], Contains("anna on dc1 (session s2)"));
  const auto first = gateway.told("session.first_time", "info");
  REQUIRE(first.size() == 2);
  CHECK_THAT(first[0], Contains("carl on dc1"));
}

TEST_CASE("a film tells how it fell short, and the kinds of secrets in it without their text") {
  Told gateway;
  const catalog::Recording row = gateway.session("s1");
  alert_film(*gateway.core, row, {}, {}, kNow);
  CHECK(gateway.told("redaction.degraded", "warning").empty());
  alert_film(*gateway.core, row, {"journal_cut", "motion_held"}, {{"token.jwt", 3}, {"label.password", 1}}, kNow);
  CHECK_THAT(gateway.told("redaction.degraded", "warning").at(0), Contains("journal_cut, motion_held"));
  CHECK_THAT(gateway.told("secret.token.jwt", "info").at(0), Contains("token.jwt") && !Contains("3"));
  CHECK(gateway.told("secret.label.password", "info").size() == 1);
}

TEST_CASE("who signs in and wants what no rule allows is told, and so is who must wait for an approval") {
  Told gateway;
  Relay relay(gateway);
  relay.login("anna@vault", kPassword);
  CHECK_THAT(gateway.told("access.unauthorised", "warning").at(0), Contains("anna from " + relay.broker.origin().peer_address) && Contains("vault"));
  approvals::Wish wish;
  wish.requester = "anna";
  wish.target = "dc1";
  wish.rule = "operators";
  wish.reason = "the index";
  wish.gate.allow = true;
  wish.gate.needed = 1;
  wish.gate.users = {"carl"};
  REQUIRE(gateway.core->approvals->ask(wish, kNow));
  CHECK_THAT(gateway.told("approval.requested", "info").at(0), Contains("anna for start on dc1") && Contains("the index"));
}

TEST_CASE("a session in which far more than usual is passed as files is told, over clipboard and devices together") {
  Told gateway;
  gateway.core->policy.replace(policy::Policy::parse("rules: [{name: r, users: anna, targets: dc1, allow: true, channels: {drives: allow}, clipboard: {to_target: files, to_client: images}}]", "test").value());
  for (int i = 0; i < 12; ++i) {
    catalog::RecordingChange change;
    change.ended = kNow;
    if (i > 0) change.report_json = R"({"file_bytes":)" + std::to_string(1000 * i) + "}";  // the oldest has none of it
    REQUIRE(catalog::Recordings(*gateway.core->catalog).update(gateway.session("s" + std::to_string(i)).id, change));
  }
  constexpr std::int64_t kMiB = 1 << 20;
  const auto lasts = [&](std::int64_t device, std::int64_t clipboard) {
    Relay relay(gateway);
    relay.login("anna@dc1", kPassword);
    REQUIRE(relay.say({{"type", "open_target"}}).body["type"] == "target");
    const json copied{{"type", "copied"}, {"to_target", 1}, {"name", "a"}, {"sha256", ""}, {"width", 0}, {"height", 0}, {"count", 1}};
    json list = copied, file = copied;
    list.update({{"what", "files"}, {"bytes", 900 * kMiB}});
    file.update({{"what", "pieces"}, {"bytes", clipboard}});
    for (const json& message : {json{{"type", "device"}, {"what", "file"}, {"device", "drive C:"}, {"to_target_bytes", device / 2}, {"to_client_bytes", device - device / 2}}, list, file})
      CHECK_FALSE(relay.say(message).end_relay);
    relay.broker.relay_ended("killed by signal 9", 0.5, kNow + std::chrono::seconds(60));
    return relay.id();
  };
  lasts(2 * kMiB, 2 * kMiB);
  CHECK(gateway.told("unusual.files", "warning").empty());
  const std::string id = lasts(2 * kMiB, 3 * kMiB);
  CHECK_THAT(gateway.told("unusual.files", "warning").at(0), Contains(id) && Contains("passed files and pictures, 5120 KiB") && Contains("last 12 sessions"));
  const auto row = catalog::Recordings(*gateway.core->catalog).find(lasts(std::int64_t{1} << 50, std::numeric_limits<std::int64_t>::max()));
  REQUIRE(row);
  CHECK(file_bytes_of(row.value().report_json) == std::int64_t{1} << 50);
}

TEST_CASE("a disk that fills up is told while there is time, and when no session begins any more") {
  Told gateway;
  const auto free = static_cast<std::int64_t>(std::filesystem::space(gateway.core->config.data_dir).available);
  look_for_trouble(*gateway.core, kNow);
  CHECK(gateway.told("disk.low", "warning").empty());
  gateway.core->config.disk_reserve = free / 4 * 3;
  look_for_trouble(*gateway.core, kNow);
  CHECK(gateway.told("disk.low", "warning").size() == 1);
  CHECK(gateway.told("disk.full", "critical").empty());
  gateway.core->config.disk_reserve = free * 4;
  look_for_trouble(*gateway.core, kNow);
  CHECK(gateway.told("disk.full", "critical").size() == 1);
}

TEST_CASE("a part of the disk's reserve is ballast, which is spent once, when something has to be written down on a full disk, and made again") {
  Gateway gateway;
  config::Config& config = gateway.core->config;
  const auto ballast = config.data_dir / "ballast";
  look_for_trouble(*gateway.core, kNow);
  CHECK_FALSE(std::filesystem::exists(ballast));  // without a reserve there is none
  config.disk_reserve = std::int64_t{8} << 20;
  look_for_trouble(*gateway.core, kNow);
  CHECK(std::filesystem::file_size(ballast) == std::uintmax_t{1} << 20);
  int tried = 0;
  const auto full = [&]() -> Result<void> {
    if (++tried && std::filesystem::exists(ballast)) return Error{ErrorKind::no_space, "full"};
    return {};
  };
  CHECK(write_with_ballast(config, full));
  CHECK(tried == 2);
  CHECK_FALSE(spend_ballast(config));
  CHECK(write_with_ballast(config, [&]() -> Result<void> { return Error{ErrorKind::no_space, "full"}; }).error().kind == ErrorKind::no_space);
  look_for_trouble(*gateway.core, kNow);
  CHECK(write_with_ballast(config, [&]() -> Result<void> { return Error{ErrorKind::io, "broken"}; }).error().kind == ErrorKind::io);
  CHECK(std::filesystem::exists(ballast));
}

TEST_CASE("the end of the clients' certificate is told a month before, as a warning, and as critical in its last days") {
  Told gateway;
  const auto identity = gateway.core->identity->current();
  const auto days = [](int count) { return std::chrono::hours(24 * count); };
  look_for_trouble(*gateway.core, identity->not_after - days(31));
  CHECK(gateway.told("certificate.expires", "warning").empty());
  look_for_trouble(*gateway.core, identity->not_after - days(29));
  CHECK(gateway.told("certificate.expires", "warning").size() == 1);
  Told later;
  const auto other = later.core->identity->current();
  look_for_trouble(*later.core, other->not_after - days(2));
  CHECK_THAT(later.told("certificate.expires", "critical").at(0), Contains("ends on"));
}

TEST_CASE("recordings that wait for a worker for more than an hour are told, with how many") {
  Told gateway;
  for (const char* id : {"s1", "s2"}) {
    gateway.session(id);
    REQUIRE(queue_redaction(*gateway.core, id, kNow));
  }
  look_for_trouble(*gateway.core, kNow + std::chrono::minutes(59));
  CHECK(gateway.told("redaction.lagging", "warning").empty());
  look_for_trouble(*gateway.core, kNow + std::chrono::minutes(61));
  CHECK_THAT(gateway.told("redaction.lagging", "warning").at(0), Contains("2 recordings"));
}

TEST_CASE("a reload that gives more is told, and one that is refused is, too") {
  Told gateway;
  const std::filesystem::path policy = gateway.core->config.policy;
  const std::string digest = gateway.core->policy->digest();
  write_file(policy, "rules:\n  - {name: x, users: a, targets: b, alow: true}\n");
  reload_policy(*gateway.core, kNow);
  CHECK_THAT(gateway.told("policy.refused", "critical").at(0), Contains("alow"));
  CHECK(gateway.core->policy->digest() == digest);
  write_file(policy, "rules:\n  - {name: operators, users: [anna, carl], targets: \"*\", allow: true}\n");
  reload_policy(*gateway.core, kNow);
  CHECK(gateway.told("policy.wider", "warning").size() == 1);
  write_file(policy, "rules:\n  - {name: operators, users: [anna], targets: \"*\", allow: true}\n");
  reload_policy(*gateway.core, kNow + std::chrono::hours(1));
  CHECK(gateway.told("policy.wider", "warning").size() == 1);
  CHECK(gateway.core->policy->digest() != digest);
}
