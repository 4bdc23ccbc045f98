#include "gateway/serve/evidence_keeping.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "gateway/evidence/verification.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/export.h"
#include "gateway/serve/house.h"
#include "storage/evidence/bundle.h"
#include "storage/manifest/manifest.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/tickets.h"
#include "tests/unit/gateway/serve/film_fixture.h"
#include "tests/unit/storage/timestamp_authority.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

namespace {

// Answers one request over HTTP, as an authority's web server would.
class StampingServer {
 public:
  StampingServer() {
    auto listening = listen_on({"127.0.0.1", 0});
    REQUIRE(listening);
    url = "http://127.0.0.1:" + std::to_string(listening.value().port) + "/tsr";
    thread_ = std::jthread([this, socket = std::move(listening.value().socket)](std::stop_token stop) {
      while (!stop.stop_requested()) {
        const Descriptor client(accept4(socket.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client.valid()) answer(client.fd());
        else std::this_thread::yield();
      }
    });
  }

  storage::TimestampAuthority authority;
  std::string url;

 private:
  void answer(int client) {
    std::string request;
    char buffer[4096];
    std::size_t head = std::string::npos, size = 0;
    while (head == std::string::npos || request.size() < head + 4 + size) {
      const ssize_t count = read(client, buffer, sizeof buffer);
      if (count <= 0) return;
      request.append(buffer, static_cast<std::size_t>(count));
      head = request.find("\r\n\r\n");
      const std::size_t field = request.find("Content-Length: ");
      if (head != std::string::npos && field < head) size = std::stoul(request.substr(field + 16));
    }
    const std::string body = request.substr(head + 4);
    const auto stamp = authority.answer(std::as_bytes(std::span(body)));
    std::string reply = "HTTP/1.0 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: " + std::to_string(stamp.size()) + "\r\n\r\n";
    reply.append(reinterpret_cast<const char*>(stamp.data()), stamp.size());
    (void)!write(client, reply.data(), reply.size());
  }

  std::jthread thread_;
};

void stamped_by(Core& core, const StampingServer& server) {
  core.config.evidence.timestamp_url = server.url;
  core.config.evidence.timestamp_certificates = server.authority.path("tsa.crt");
}

alerts::Settings told_to(const std::string& name, std::uint16_t port, alerts::Sink::Transport transport) {
  alerts::Sink sink;
  sink.name = name;
  sink.type = alerts::Sink::Type::syslog;
  sink.host = "127.0.0.1";
  sink.port = port;
  sink.transport = transport;
  alerts::Settings settings;
  settings.sinks = {sink};
  return settings;
}

std::string problems_of(Core& core, const std::string& timestamp_certificates = "") {
  const evidence::Holdings holdings{*core.catalog, *core.objects, core.kek.get(), {core.signer->fingerprint()}, timestamp_certificates};
  const evidence::Verification found = evidence::verify_everything(holdings, {});
  CHECK(found.films == 1);
  std::string all;
  for (const auto& problem : found.problems) all += problem.where + ": " + problem.sentence + "\n";
  return all;
}

}  // namespace

TEST_CASE("a worker's film is published with a manifest that verifies, and is stamped by the configured authority") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  CHECK(problems_of(core) == "");
  CHECK(stamp_manifests(core).value() == 0);

  StampingServer server;
  stamped_by(core, server);
  CHECK(stamp_manifests(core).value() == 1);
  CHECK(stamp_manifests(core).value() == 0);
  CHECK(problems_of(core, server.authority.certificate) == "");
  storage::TimestampAuthority other;
  CHECK_THAT(problems_of(core, other.certificate), Catch::Contains("time-stamp does not hold"));
}

TEST_CASE("without an answer of the authority a manifest waits for its time-stamp") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  storage::TimestampAuthority authority;
  auto closed = listen_on({"127.0.0.1", 0});
  REQUIRE(closed);
  core.config.evidence.timestamp_url = "http://127.0.0.1:" + std::to_string(closed.value().port) + "/";
  closed.value().socket.reset();
  core.config.evidence.timestamp_certificates = authority.path("tsa.crt");
  CHECK(stamp_manifests(core).error().kind == ErrorKind::unavailable);
  CHECK(catalog::Manifests(*core.catalog).unstamped(10).value().size() == 1);
}

TEST_CASE("heads of the ledger are signed, and copied to where the configuration says") {
  Gateway gateway;
  Core& core = *gateway.core;
  storage::TemporaryDirectory outside;
  core.config.evidence.head_directory = outside.path();
  CHECK(keep_head(core, kNow));
  CHECK(core.objects->list("head").value().empty());
  publish_film(core, "r1");
  CHECK(keep_head(core, kNow));
  CHECK(keep_head(core, kNow + std::chrono::hours(1)));
  CHECK(core.objects->list("head").value().size() == 4);
  CHECK(problems_of(core) == "");
  const auto copied = storage::real_file_system().list(outside.path() / "head");
  CHECK(copied.value().size() == 4);
}

TEST_CASE("heads of the ledger are stamped by the configured authority, and told to each syslog sink") {
  const Descriptor syslog(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(bind(syslog.fd(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  REQUIRE(getsockname(syslog.fd(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
  Gateway gateway(told_to("siem", ntohs(address.sin_port), alerts::Sink::Transport::udp));
  Core& core = *gateway.core;
  publish_film(core, "r1");
  StampingServer server;
  storage::TemporaryDirectory outside;
  core.config.evidence.head_directory = outside.path();
  stamped_by(core, server);
  CHECK(keep_head(core, kNow));
  const auto kept = core.objects->list("head").value();
  REQUIRE(kept.size() == 3);
  CHECK(kept[2].ends_with(".tsr"));
  CHECK(storage::real_file_system().list(outside.path() / "head").value().size() == 3);
  char told[2048];
  const ssize_t size = recv(syslog.fd(), told, sizeof told, MSG_DONTWAIT);
  REQUIRE(size > 0);
  const std::string message(told, static_cast<std::size_t>(size));
  CHECK_THAT(message, Catch::Contains("ledger.head") && Catch::Contains("ledger: 2 entries, head "));

  CHECK(stamp_manifests(core).value() == 1);
  CHECK(problems_of(core, server.authority.certificate) == "");
  storage::TimestampAuthority other;
  CHECK_THAT(problems_of(core, other.certificate), Catch::Contains("head head/") && Catch::Contains("time-stamp does not hold"));
}

TEST_CASE("a place outside that cannot be reached keeps a head of the ledger from no other") {
  auto closed = listen_on({"127.0.0.1", 0});
  REQUIRE(closed);
  closed.value().socket.reset();
  Gateway gateway(told_to("gone", closed.value().port, alerts::Sink::Transport::tcp));
  Core& core = *gateway.core;
  publish_film(core, "r1");
  StampingServer server;
  stamped_by(core, server);
  const auto kept = keep_head(core, kNow);
  REQUIRE_FALSE(kept);
  CHECK_THAT(kept.error().message, Catch::Contains("gone"));
  CHECK(core.objects->list("head").value().size() == 3);
}

TEST_CASE("the manifests of a film and of its export say who asked, and who agreed to it, when and with what words") {
  Gateway gateway;
  Core& core = *gateway.core;
  core.policy.replace(policy::Policy::parse("rules:\n  - {name: operators, users: '*', targets: '*', allow: true, approval: {users: [carl]},\n"
                                            "     gates: {pause: {approval: {users: [carl]}}, export: {approval: {users: [carl]}}}}\n", "test").value());
  REQUIRE(catalog::Policies(*core.catalog).keep(core.policy->digest(), core.policy.current()->text(), kNow));
  gateway.make_approver("carl");
  const auto granted = [&](approvals::Wish wish, const std::string& comment) {
    wish.reason = "the reason for " + comment;
    const auto asked = core.approvals->ask(wish, kNow).value();
    REQUIRE(core.approvals->decide(asked.id, {"carl", {}}, true, comment, kNow));
    return asked.id;
  };
  approvals::Wish start;
  start.requester = "anna";
  REQUIRE(aim_at_target(core, start, catalog::Targets(*core.catalog).find("dc1").value(), "", kNow));
  const std::string started = granted(start, "go ahead");
  REQUIRE(core.approvals->use(started, "r1", kNow));
  catalog::Recording row;
  row.id = "r1";
  row.target = "dc1";
  row.rule = "operators";
  row.policy_digest = core.policy->digest();
  std::vector<std::string> pauses;
  for (const char* comment : {"be quick", "never used"}) {
    approvals::Wish pause;
    pause.kind = approvals::Kind::pause;
    pause.requester = comment == std::string("be quick") ? "anna" : "bert";
    REQUIRE(aim_at_film(core, pause, row));
    pauses.push_back(granted(pause, comment));
  }
  REQUIRE(core.approvals->use(pauses[0], "r1", kNow));
  publish_film(core, "r1");
  const auto film = storage::parse_manifest(core.objects->read("manifest/r1/g000002.json", 0, 1 << 20).value()).value();
  const json approvals = json::parse(film.approvals_json);
  REQUIRE(approvals.size() == 2);
  std::map<std::string, json> by_gate;
  for (const json& one : approvals) by_gate[one["gate"]] = one;
  CHECK((by_gate["start"]["id"] == started && by_gate["start"]["requester"] == "anna" && by_gate["start"]["reason"] == "the reason for go ahead"));
  CHECK(by_gate["start"]["decisions"] == json::array({{{"by", "carl"}, {"approves", true}, {"at", "2027-01-15T08:00:00.000000Z"}, {"comment", "go ahead"}}}));
  CHECK((by_gate["pause"]["id"] == pauses[0] && by_gate["pause"]["decisions"][0]["comment"] == "be quick"));
  CHECK(problems_of(core) == "");

  approvals::Wish wish;
  wish.kind = approvals::Kind::export_film;
  wish.requester = "bert";
  REQUIRE(aim_at_film(core, wish, row));
  const std::string exported = granted(wish, "for the court");
  ipc::Message request = message({{"type", "export.sign"}, {"id", "r1"}, {"generation", 2}, {"from_us", 0}, {"to_us", film.duration.count()}, {"width", 64}, {"height", 48},
                                  {"burned_in", 0}, {"reason", "court"}, {"by", "bert"}, {"files", json::array()}});
  const AdminReply reply = export_sign(core, request, kNow).value();
  const auto bundle = storage::parse_bundle_manifest(ipc::from_memory_file(reply.descriptors.at(0), 1 << 20).value()).value();
  const json of_export = json::parse(bundle.approvals_json);
  REQUIRE(of_export.size() == 1);
  CHECK((of_export[0]["id"] == exported && of_export[0]["gate"] == "export" && of_export[0]["requester"] == "bert" && of_export[0]["decisions"][0]["by"] == "carl"));
}

TEST_CASE("a head is signed each hour though nobody makes films, and one that does not get out is told") {
  Gateway gateway;
  Core& core = *gateway.core;
  core.config.redaction.workers = 0;
  storage::TemporaryDirectory outside;
  core.config.evidence.head_directory = outside.path();
  publish_film(core, "r1");
  EvidenceKeeper keeper(core);
  const auto heads = [&] { return core.objects->list("head").value().size() / 2; };
  const auto alerts = [&] {
    const auto all = catalog::Alerts(*core.catalog).list(50, 0).value();
    return std::ranges::count(all, std::string("evidence.head_failed"), &catalog::Alert::kind);
  };
  keeper.look(kNow);
  CHECK(heads() == 1);
  keeper.look(kNow + std::chrono::minutes(59));
  CHECK(heads() == 1);
  keeper.look(kNow + std::chrono::minutes(61));
  CHECK(heads() == 2);
  CHECK(storage::real_file_system().list(outside.path() / "head").value().size() == 4);
  CHECK(alerts() == 0);
  write_file(outside.path() / "file", "");
  core.config.evidence.head_directory = outside.path() / "file";  // where no directory can be
  keeper.look(kNow + std::chrono::minutes(122));
  CHECK(heads() == 3);
  CHECK(alerts() == 1);
  keeper.look(kNow - std::chrono::hours(24));  // the clock was set back
  CHECK(heads() == 4);
}

TEST_CASE("journals and retention are looked after though nobody makes films, each night and no oftener") {
  Gateway gateway;
  Core& core = *gateway.core;
  core.config.redaction.workers = 0;
  policy::RetentionClass one;
  one.name = "one";
  one.keep = std::chrono::days(1);
  core.config.retention = {one};
  publish_film(core, "r1");
  const auto there = [&] { return catalog::Recordings(*core.catalog).find("r1").has_value(); };
  const UtcTime day = std::chrono::floor<std::chrono::days>(kNow) + std::chrono::days(1);
  StorageKeeper keeper(core, kNow);
  keeper.look(day + std::chrono::hours(2));  // a night, but not yet a day after it
  CHECK(there());
  keeper.look(day + std::chrono::hours(12));  // its day is over, and no night has come
  CHECK(there());
  keeper.look(day + std::chrono::hours(26));
  CHECK_FALSE(there());
}

TEST_CASE("a ticket that is over can be told by its own words for a month, and is forgotten then") {
  Gateway gateway;
  Core& core = *gateway.core;
  catalog::Tickets tickets(*core.catalog);
  const auto issue = [&](UtcTime expires) { return tickets.issue({{std::byte{1}}, "anna", "dc1", catalog::Protocol::rdp, expires}, kNow).value().id; };
  const UtcTime end = kNow + std::chrono::hours(1);
  REQUIRE(tickets.use(issue(end), "session-1", kNow));
  issue(end);
  const auto live = issue(kNow + std::chrono::days(60));
  StorageKeeper keeper(core, kNow);
  const auto spent = [&](UtcTime now) { return tickets.spent(now, catalog::Protocol::rdp, "anna", "dc1").value().size(); };
  keeper.look(kNow + std::chrono::days(29));
  CHECK(spent(kNow + std::chrono::days(29)) == 2);
  keeper.look(end + std::chrono::days(31));
  CHECK(spent(end + std::chrono::days(31)) == 0);
  const auto left = tickets.live(end + std::chrono::days(31), catalog::Protocol::rdp).value();
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == live);
}
