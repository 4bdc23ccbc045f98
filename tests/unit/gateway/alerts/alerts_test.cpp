#include "gateway/alerts/alerts.h"

#include <catch2/catch.hpp>

#include "storage/catalog/ledger.h"
#include "tests/unit/gateway/alerts/receiver.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;
using namespace frostgate::alerts;

namespace {

constexpr UtcTime kNow{std::chrono::seconds(1'800'000'000)};

UtcTime after(std::chrono::seconds time) { return kNow + time; }

Sink webhook(const std::string& name, const std::string& url, Severity least = Severity::info) {
  Sink sink;
  sink.name = name;
  sink.url = url;
  sink.least = least;
  return sink;
}

Sink mail(const std::string& name, std::uint16_t port) {
  Sink sink;
  sink.name = name;
  sink.type = Sink::Type::email;
  sink.url = "smtp://127.0.0.1:" + std::to_string(port);
  sink.sender = "frostgate@example.org";
  sink.recipients = {"admins@example.org"};
  return sink;
}

struct Outbox {
  explicit Outbox(Settings given) : settings(std::move(given)) { open(); }
  // As after kill -9: nothing but the catalog's file is left.
  void open() {
    alerts.reset();
    catalog.reset();
    catalog = catalog::Catalog::open({folder.path() / "catalog.sqlite"}).value();
    alerts = std::make_unique<Alerts>(*catalog, settings, "gw1");
  }
  std::vector<catalog::Alert> kept() { return catalog::Alerts(*catalog).list(100, 0).value(); }
  std::size_t due(const std::string& sink, UtcTime now) { return catalog::Alerts(*catalog).due(sink, now, 100).value().size(); }

  Settings settings;
  storage::TemporaryDirectory folder;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<Alerts> alerts;
};

const Event kFailed{"redaction.failed", Severity::critical, "r1", "The redaction of r1 has failed."};

}  // namespace

TEST_CASE("the first rule that matches an alert's kind counts; without one secrets and sessions are dropped") {
  const std::vector<Rule> rules{{{"redaction.degraded"}, Severity::info}, {{"redaction.*"}, Severity::critical}, {{"secret.aws*"}}};
  CHECK(rule_for(rules, "redaction.degraded").severity == Severity::info);
  CHECK(rule_for(rules, "redaction.failed").severity == Severity::critical);
  CHECK_FALSE(rule_for(rules, "secret.aws_key").drop);
  CHECK(rule_for(rules, "secret.pem").drop);
  CHECK(rule_for({}, "session.begun").drop);
  CHECK_FALSE(rule_for({}, "disk.low").drop);
}

TEST_CASE("an alert goes to the sinks that its rule names, of its severity, as long as there are not too many of its kind") {
  Settings settings;
  settings.sinks = {webhook("all", "http://x"), webhook("pager", "http://x", Severity::critical)};
  using Names = std::vector<std::string>;
  CHECK(sinks_for(settings, {}, Severity::info, 0) == Names{"all"});
  CHECK(sinks_for(settings, {}, Severity::critical, 59) == Names{"all", "pager"});
  CHECK(sinks_for(settings, {}, Severity::critical, 60).empty());
  Rule rule;
  rule.sinks = {"pager"};
  CHECK(sinks_for(settings, rule, Severity::warning, 0).empty());
  CHECK(sinks_for(settings, rule, Severity::critical, 0) == Names{"pager"});
}

TEST_CASE("deliveries that are done or given up are forgotten with time, those that wait are not, and alerts never") {
  Settings settings;
  settings.sinks = {webhook("sent", "http://x"), webhook("given-up", "http://x"), webhook("waits", "http://x")};
  Outbox outbox(settings);
  REQUIRE(outbox.alerts->raise(kFailed, kNow));
  Event later = kFailed;
  later.subject = "r2";
  REQUIRE(outbox.alerts->raise(later, after(std::chrono::hours(24))));
  catalog::Alerts rows(*outbox.catalog);
  for (const catalog::Alert& alert : outbox.kept()) {
    REQUIRE(rows.sent(alert.id, "sent", alert.at));
    REQUIRE(rows.failed(alert.id, "given-up", "no", std::nullopt));
    REQUIRE(rows.failed(alert.id, "waits", "later", alert.at));
  }
  CHECK(rows.trim(kNow).value() == 0);
  CHECK(rows.trim(after(std::chrono::hours(1))).value() == 2);
  const auto counts = rows.counts().value();
  CHECK(counts.at("sent").sent == 1);
  CHECK(counts.at("given-up").given_up == 1);
  CHECK(counts.at("waits").waiting == 2);
  CHECK(outbox.kept().size() == 2);
}

TEST_CASE("a delivery waits longer after each failure, a quarter of an hour at most, and is given up after two days") {
  CHECK(retry_after(0) == std::chrono::seconds(5));
  CHECK(retry_after(1) == std::chrono::seconds(10));
  CHECK(retry_after(20) == std::chrono::seconds(900));
  CHECK_FALSE(retry_after(200));
  std::chrono::seconds all{};
  for (int i = 0; i < 200; ++i) all += *retry_after(i);
  CHECK(all > std::chrono::hours(40));
}

TEST_CASE("the same again within the quiet time is counted, and not sent again") {
  Settings settings;
  settings.sinks = {webhook("hook", "http://127.0.0.1:1")};
  Outbox outbox(settings);
  REQUIRE(outbox.alerts->raise(kFailed, kNow));
  REQUIRE(outbox.alerts->raise(kFailed, after(std::chrono::seconds(599))));
  Event other = kFailed;
  other.subject = "r2";
  REQUIRE(outbox.alerts->raise(other, after(std::chrono::seconds(599))));
  REQUIRE(outbox.alerts->raise(kFailed, after(std::chrono::seconds(601))));
  const auto kept = outbox.kept();
  REQUIRE(kept.size() == 3);
  CHECK(kept[2].repeats == 1);
  CHECK(kept[2].last == after(std::chrono::seconds(599)));
  CHECK(kept[0].repeats == 0);
  CHECK(outbox.due("hook", after(std::chrono::seconds(700))) == 3);
  // Each that is no repetition is in the audit log.
  CHECK(catalog::Ledger(*outbox.catalog).given().value() == 3);
  const auto entry = catalog::Ledger(*outbox.catalog).last().value();
  CHECK(entry.event == catalog::LedgerEvent::alert);
  CHECK(entry.subject == "r1");
  CHECK(entry.details == R"({"id":3,"kind":"redaction.failed","severity":"critical","text":"The redaction of r1 has failed."})");
}

TEST_CASE("what stands is said again after its time, and looks at it until then are not counted") {
  Settings settings;
  settings.sinks = {webhook("hook", "http://127.0.0.1:1")};
  Outbox outbox(settings);
  const Event stands{"disk.low", Severity::warning, "gw1", "The disk is filling up.", std::chrono::minutes(60)};
  for (int look = 0; look <= 180; ++look) REQUIRE(outbox.alerts->raise(stands, after(std::chrono::seconds(20 * look))));
  REQUIRE(outbox.kept().size() == 1);
  CHECK(outbox.kept()[0].repeats == 0);
  CHECK(outbox.kept()[0].last == after(std::chrono::hours(1)));
  REQUIRE(outbox.alerts->raise(stands, after(std::chrono::seconds(3620))));
  CHECK(outbox.kept().size() == 2);
  CHECK(catalog::Ledger(*outbox.catalog).given().value() == 2);
}

TEST_CASE("more of a kind than its rule sends in an hour are kept, and not sent") {
  Settings settings;
  settings.sinks = {webhook("hook", "http://127.0.0.1:1")};
  Rule rule;
  rule.per_hour = 3;
  settings.rules = {rule};
  Outbox outbox(settings);
  for (int i = 0; i < 10; ++i) {
    Event event = kFailed;
    event.subject = "r" + std::to_string(i);
    REQUIRE(outbox.alerts->raise(event, after(std::chrono::seconds(i))));
  }
  CHECK(outbox.kept().size() == 10);
  CHECK(outbox.due("hook", after(std::chrono::seconds(20))) == 3);
  REQUIRE(outbox.alerts->raise(kFailed, after(std::chrono::hours(2))));
  CHECK(outbox.due("hook", after(std::chrono::hours(2))) == 4);
}

TEST_CASE("an alert that was raised is delivered after the program was killed, once") {
  Receiver receiver;
  Settings settings;
  settings.sinks = {webhook("hook", "http://127.0.0.1:" + std::to_string(receiver.port()))};
  Outbox outbox(settings);
  REQUIRE(outbox.alerts->raise(kFailed, kNow));
  outbox.open();
  CHECK(outbox.alerts->deliver_due("hook", kNow).value() == 1);
  CHECK_THAT(receiver.wait_for(1).front(), Catch::Contains(R"("kind":"redaction.failed")"));
  outbox.open();
  CHECK(outbox.alerts->deliver_due("hook", after(std::chrono::hours(1))).value() == 0);
}

TEST_CASE("a sink that refuses is asked again later, and gets the alert then") {
  Receiver receiver;
  Settings settings;
  settings.sinks = {webhook("hook", "http://127.0.0.1:" + std::to_string(receiver.port()))};
  Outbox outbox(settings);
  REQUIRE(outbox.alerts->raise(kFailed, kNow));
  receiver.answer_with("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
  CHECK(outbox.alerts->deliver_due("hook", kNow).value() == 0);
  receiver.answer_with("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  CHECK(outbox.alerts->deliver_due("hook", after(std::chrono::seconds(4))).value() == 0);
  CHECK(receiver.wait_for(1).size() == 1);  // it was not due
  CHECK(outbox.alerts->deliver_due("hook", after(std::chrono::seconds(5))).value() == 0);
  receiver.answer_with(kAccepted);
  CHECK(outbox.alerts->deliver_due("hook", after(std::chrono::seconds(15))).value() == 1);
  CHECK(receiver.wait_for(3).size() == 3);
}

TEST_CASE("sinks that hang, a webhook and a mail server, delay neither whoever raises an alert nor the other sinks, and are asked again") {
  Receiver deaf, good;
  deaf.answer_with("");  // never
  // The kernel takes the connection; nobody greets whoever comes (RFC 5321 3.1).
  const serve::ListeningSocket mute = serve::listen_on({"127.0.0.1", 0}).value();
  Settings settings;
  settings.sinks = {webhook("deaf", "http://127.0.0.1:" + std::to_string(deaf.port())), mail("mute", mute.port), webhook("good", "http://127.0.0.1:" + std::to_string(good.port()))};
  Outbox outbox(settings);
  outbox.alerts->start();
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    Event event = kFailed;
    event.subject = "r" + std::to_string(i);
    // The threads go by the clock.
    REQUIRE(outbox.alerts->raise(event, std::chrono::floor<Microseconds>(std::chrono::system_clock::now())));
  }
  CHECK(good.wait_for(5).size() == 5);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
  outbox.alerts.reset();
  // Ten seconds of patience with the others are cut short.
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(9));
  // What they did not take is theirs still.
  const UtcTime later = std::chrono::floor<Microseconds>(std::chrono::system_clock::now()) + std::chrono::hours(1);
  CHECK(outbox.due("deaf", later) == 5);
  CHECK(outbox.due("mute", later) == 5);
}

TEST_CASE("a mail server that accepts a connection and says nothing is left after ten seconds, and asked again later") {
  const serve::ListeningSocket mute = serve::listen_on({"127.0.0.1", 0}).value();
  Settings settings;
  settings.sinks = {mail("mute", mute.port)};
  Outbox outbox(settings);
  REQUIRE(outbox.alerts->raise(kFailed, kNow));
  const auto begun = std::chrono::steady_clock::now();
  CHECK(outbox.alerts->deliver_due("mute", kNow).value() == 0);
  CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::seconds(9));
  CHECK(outbox.due("mute", after(std::chrono::seconds(4))) == 0);
  CHECK(outbox.due("mute", after(std::chrono::seconds(5))) == 1);
}

TEST_CASE("the test says of each sink what came of it") {
  Receiver receiver;
  Settings settings;
  settings.sinks = {webhook("good", "http://127.0.0.1:" + std::to_string(receiver.port())), webhook("nobody there", "http://127.0.0.1:1")};
  Outbox outbox(settings);
  const auto outcomes = outbox.alerts->test(kNow).value();
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0].sent);
  REQUIRE_FALSE(outcomes[1].sent);
  CHECK_THAT(outcomes[1].sent.error().message, Catch::Contains("nobody there"));
  const auto one = outbox.alerts->test(kNow, "good").value();
  REQUIRE(one.size() == 1);
  CHECK(one[0].sent);
  CHECK(receiver.wait_for(2).size() == 2);
  CHECK(outbox.alerts->test(kNow, "unknown").error().kind == ErrorKind::not_found);
  CHECK(outbox.kept().empty());
}
