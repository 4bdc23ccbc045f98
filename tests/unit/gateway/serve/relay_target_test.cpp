#include "gateway/serve/admin.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/personal_credentials.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

TEST_CASE("the certificate that a VNC target showed first is the one that it must show") {
  Gateway gateway;
  const auto pin = [&](const char* target) {
    Relay relay(gateway);
    relay.login(std::string("anna@") + target, kPassword);
    const Reply opened = relay.say({{"type", "open_target"}});
    relay.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", std::string(64, 'a')}});
    return opened.body.value("pinned_certificate", "?");
  };
  CHECK(pin("kiosk").empty());
  CHECK(pin("kiosk") == std::string(64, 'a'));
  ipc::Message forget = message({{"type", "target.pin"}, {"name", "kiosk"}, {"certificate", ""}});
  REQUIRE(administer(*gateway.core, forget, kNow));
  CHECK(pin("kiosk").empty());
  ipc::Message other = message({{"type", "target.pin"}, {"name", "kiosk"}, {"certificate", std::string(64, 'b')}});
  REQUIRE(administer(*gateway.core, other, kNow));
  CHECK(pin("kiosk") == std::string(64, 'b'));
  gateway.core->target_authorities = "PEM";
  CHECK(pin("kiosk") == std::string(64, 'b'));
}

TEST_CASE("an admitted relay opens its one target once and cannot log in again") {
  Gateway gateway;
  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  CHECK(relay.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", std::string(64, 'a')}}).end_relay);
  CHECK(relay.login("anna@kiosk", kPassword).end_relay);
  // It has no say in which target.
  const Reply target = relay.say({{"type", "open_target"}, {"name", "vault"}, {"target", "vault"}, {"host", "192.0.2.1"}});
  CHECK(target.body.value("name", "") == "dc1");
  const Reply again = relay.say({{"type", "open_target"}});
  CHECK(again.end_relay);
  CHECK((again.body.is_null() && again.descriptors.empty()));
  CHECK(gateway.recordings().size() == 1);
}

TEST_CASE("the target's certificate is noted once, for the session's own target, when it is one") {
  Gateway gateway;
  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  relay.say({{"type", "open_target"}});
  CHECK_FALSE(relay.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", std::string(64, 'a')}, {"target", "vault"}}).end_relay);
  catalog::Targets targets(*gateway.core->catalog);
  CHECK(targets.find("dc1").value().last_certificate == std::string(64, 'a'));
  CHECK(targets.find("vault").value().last_certificate.empty());
  CHECK(relay.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", std::string(64, 'b')}}).end_relay);
  CHECK(targets.find("dc1").value().last_certificate == std::string(64, 'a'));

  for (const json& certificate : {json("zz"), json(std::string(65, 'a')), json(7), json(nullptr)}) {
    Relay liar(gateway);
    liar.login("anna@dc1", kPassword);
    liar.say({{"type", "open_target"}});
    liar.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", certificate}});
    CHECK(targets.find("dc1").value().last_certificate == std::string(64, 'a'));
  }
}

TEST_CASE("how a target shows its screen, as a relay has found out, is what the next one is told, for a day") {
  Gateway gateway;
  const auto told = [&](int found) {
    Relay relay(gateway);
    relay.login("anna@dc1", kPassword);
    const Reply opened = relay.say({{"type", "open_target"}});
    CHECK(relay.say({{"type", "back_connected"}, {"graphics", found}, {"certificate", std::string(64, 'a')}}).end_relay == (found > KnownGraphics::kMost));
    return opened.body.value("graphics", -1);
  };
  CHECK(told(1) == 0);
  CHECK(told(2) == 1);
  CHECK(told(3) == 2);  // makes no sense, and is not believed
  CHECK(told(0) == 2);
  CHECK(told(0) == 0);
  KnownGraphics known;
  const auto now = KnownGraphics::Clock::now();
  known.note("lab 3389", 1, now);
  known.note("lab 3389", 1, now + std::chrono::hours(20));  // still: bitmaps are asked for again all the same
  CHECK(known.of("lab 3389", now + std::chrono::hours(23)) == 1);
  CHECK(known.of("lab 3390", now) == 0);
  CHECK(known.of("lab 3389", now + KnownGraphics::kKept) == 0);
}

TEST_CASE("a relay that lies changes neither the certificate that was pinned nor the one that was trusted first") {
  Gateway gateway;
  const auto reach = [&](const std::string& certificate) {
    Relay relay(gateway);
    relay.login("anna@dc1", kPassword);
    relay.say({{"type", "open_target"}});
    return relay.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", certificate}}).end_relay;
  };
  catalog::Targets targets(*gateway.core->catalog);
  const std::string right(64, 'a'), other(64, 'b');
  CHECK_FALSE(reach(right));
  CHECK(reach(other));
  CHECK_FALSE(reach(right));
  CHECK(targets.find("dc1").value().last_certificate == right);
  REQUIRE(targets.set_pin("dc1", other));
  CHECK(reach(right));
  CHECK_FALSE(reach(other));
  CHECK(targets.find("dc1").value().last_certificate == other);
}

TEST_CASE("a target that cannot be reached or a session that cannot be recorded is refused with nothing in hand") {
  Gateway gateway;
  Relay unreachable(gateway);
  CHECK(unreachable.login("anna@dead", kPassword).body.value("type", "") == "admitted");
  const Reply refused = unreachable.say({{"type", "open_target"}});
  CHECK(refused.body.value("type", "") == "refused");
  // The user learns no address.
  CHECK(refused.body["reason"] == "The target \"dead\" cannot be reached. Tell your administrator the session number " +
                                      unreachable.id() + ".");
  unreachable.has_obtained_nothing(refused);
  CHECK(unreachable.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", std::string(64, 'a')}}).end_relay);

  Relay first(gateway);
  first.login("anna@dc1", kPassword);
  first.say({{"type", "open_target"}});
  // The same session number again: its row cannot be made.
  Relay second(gateway, FrontKind::rdp, "192.0.2.7", first.id());
  second.login("anna@dc1", kPassword);
  const Reply unrecordable = second.say({{"type", "open_target"}});
  CHECK(unrecordable.body.value("type", "") == "refused");
  CHECK(unrecordable.descriptors.empty());
  CHECK(unrecordable.body.dump().find(kCredential) == std::string::npos);
  CHECK_FALSE(second.broker.recording());
  CHECK(gateway.recordings().size() == 1);
}

TEST_CASE("no session begins when the disk is nearly full, and the user is told why") {
  Gateway gateway;
  gateway.core->config.disk_reserve = std::int64_t{1} << 60;
  Relay relay(gateway);
  REQUIRE(relay.login("anna@dc1", kPassword).body["type"] == "admitted");
  const Reply reply = relay.say({{"type", "open_target"}});
  CHECK(reply.body["type"] == "refused");
  CHECK_THAT(reply.body["reason"].get<std::string>(), Catch::Contains("nearly full"));
  relay.has_obtained_nothing(reply);
}

TEST_CASE("a credential that the target refused is tried once, until an administrator looks") {
  Gateway gateway;
  catalog::Targets targets(*gateway.core->catalog);
  Relay first(gateway);
  REQUIRE(first.login("anna@dc1", kPassword).body["type"] == "admitted");
  REQUIRE(first.say({{"type", "open_target"}}).body["type"] == "target");
  CHECK(gateway.target_was_called());
  CHECK(first.say({{"type", "back_failed"}, {"certificate", ""}, {"certificate_refused", 0}, {"credential_refused", 1}}).body.is_null());
  CHECK(first.say({{"type", "back_failed"}, {"certificate", ""}, {"certificate_refused", 0}, {"credential_refused", 1}}).end_relay);
  CHECK(targets.find("dc1").value().credential_refused == kNow);

  const auto opens = [&] {
    Relay relay(gateway);
    REQUIRE(relay.login("anna@dc1", kPassword).body["type"] == "admitted");
    const Reply reply = relay.say({{"type", "open_target"}});
    CHECK((reply.body["type"] == "target") == gateway.target_was_called());
    return reply.body["type"] == "target";
  };
  CHECK_FALSE(opens());
  REQUIRE(targets.trust_credential("dc1"));
  CHECK(opens());
  REQUIRE(targets.set_credential_aside("dc1", kNow));
  CHECK_FALSE(opens());
  const auto wrapped = gateway.core->kek->wrap(Secret::from_text("another"), "credential of target dc1");
  REQUIRE(targets.set_credential("dc1", wrapped.value()));
  CHECK(opens());
}

TEST_CASE("the certificate that an RDP target showed first is the only one that it may show later") {
  Gateway gateway;
  const std::string shown(64, 'a');
  Relay first(gateway);
  REQUIRE(first.login("anna@dc1", kPassword).body["type"] == "admitted");
  CHECK(first.say({{"type", "open_target"}}).body["pinned_certificate"] == "");
  first.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", shown}});
  Relay second(gateway);
  REQUIRE(second.login("anna@dc1", kPassword).body["type"] == "admitted");
  CHECK(second.say({{"type", "open_target"}}).body["pinned_certificate"] == shown);
  second.say({{"type", "back_failed"}, {"certificate", std::string(64, 'b')}, {"certificate_refused", 1}, {"credential_refused", 0}});
  CHECK(catalog::Targets(*gateway.core->catalog).find("dc1").value().last_certificate == shown);
  CHECK_FALSE(catalog::Targets(*gateway.core->catalog).find("dc1").value().credential_refused);
}

namespace {

Result<AdminReply> ordered(Gateway& gateway, json body) {
  ipc::Message question = message(std::move(body));
  return administer(*gateway.core, question, kNow);
}

}  // namespace

TEST_CASE("where everybody has an account of their own, a session gets its user's, and nobody else's refusal counts") {
  Gateway gateway;
  REQUIRE(ordered(gateway, {{"type", "target.account"}, {"name", "dc1"}, {"account", "personal"}}));
  const auto open = [&](Relay& relay) {
    REQUIRE(relay.login("anna@dc1", kPassword).body["type"] == "admitted");
    return relay.say({{"type", "open_target"}});
  };
  Relay without(gateway);
  const Reply none = open(without);
  CHECK(none.body["type"] == "refused");
  CHECK_THAT(none.body["reason"].get<std::string>(), Catch::Contains("No account of yours"));
  without.has_obtained_nothing(none);

  for (const auto& [user, password] : {std::pair("anna", "annas-own"), std::pair("carl", "carls-own")}) {
    REQUIRE(ordered(gateway, {{"type", "target.credential"}, {"name", "dc1"}, {"of", user}, {"user", std::string(user) + ".there"}, {"domain", "CORP"}, {"credential", password}}));
  }
  Relay first(gateway);
  const Reply target = open(first);
  REQUIRE(target.body["type"] == "target");
  CHECK(gateway.target_was_called());
  CHECK((target.body["credential"] == "annas-own" && target.body["user"] == "anna.there" && target.body["domain"] == "CORP" && target.body["asked"] == 0));
  CHECK(target.body.dump().find("carl") == std::string::npos);
  CHECK(target.body.dump().find(kCredential) == std::string::npos);
  first.say({{"type", "back_failed"}, {"certificate", ""}, {"certificate_refused", 0}, {"credential_refused", 1}});
  catalog::PersonalCredentials own(*gateway.core->catalog);
  CHECK(own.find("dc1", "anna").value().refused == kNow);
  CHECK_FALSE(own.find("dc1", "carl").value().refused);
  CHECK_FALSE(catalog::Targets(*gateway.core->catalog).find("dc1").value().credential_refused);
  Relay set_aside(gateway);
  CHECK_THAT(open(set_aside).body["reason"].get<std::string>(), Catch::Contains("set aside"));
  CHECK_FALSE(gateway.target_was_called());
  REQUIRE(ordered(gateway, {{"type", "target.retry"}, {"name", "dc1"}, {"of", "anna"}}));
  Relay retried(gateway);
  CHECK(open(retried).body["type"] == "target");
  REQUIRE(ordered(gateway, {{"type", "target.forget_credential"}, {"name", "dc1"}, {"of", "anna"}}));
  Relay forgotten(gateway);
  CHECK(open(forgotten).body["type"] == "refused");
}

TEST_CASE("where the user is asked, serve gives no credential, keeps none, and lets few be guessed at") {
  Gateway gateway;
  REQUIRE(ordered(gateway, {{"type", "target.account"}, {"name", "dc1"}, {"account", "asked"}}));
  Relay relay(gateway);
  REQUIRE(relay.login("anna@dc1", kPassword).body["type"] == "admitted");
  const Reply question = relay.say({{"type", "open_target"}});
  CHECK((question.body["type"] == "target_account" && question.body["user"] == "Administrator"));
  relay.has_obtained_nothing(question);
  CHECK(relay.say({{"type", "open_target"}}).body["type"] == "target_account");
  CHECK(relay.say({{"type", "target_account"}}).body.is_null());
  const Reply target = relay.say({{"type", "open_target"}});
  REQUIRE(target.body["type"] == "target");
  CHECK((target.body["asked"] == 1 && target.body["credential"] == ""));
  CHECK(target.body.dump().find(kCredential) == std::string::npos);
  // Mistyped, and typed again, as often as the target is to bear.
  for (int guess = 1; guess < 3; ++guess) {
    relay.say({{"type", "back_failed"}, {"certificate", ""}, {"certificate_refused", 0}, {"credential_refused", 1}});
    CHECK(relay.say({{"type", "reopen_target"}}).body["type"] == "target");
  }
  relay.say({{"type", "back_failed"}, {"certificate", ""}, {"certificate_refused", 0}, {"credential_refused", 1}});
  CHECK(relay.say({{"type", "reopen_target"}}).body["type"] == "refused");
  CHECK_FALSE(catalog::Targets(*gateway.core->catalog).find("dc1").value().credential_refused);
  // Nobody else's either, for a while.
  const auto later = [&](std::chrono::seconds wait) {
    Relay other(gateway);
    other.login("anna@dc1", kPassword, kNow + wait);
    other.say({{"type", "open_target"}}, kNow + wait);
    other.say({{"type", "target_account"}}, kNow + wait);
    return other.say({{"type", "open_target"}}, kNow + wait).body["type"];
  };
  CHECK(later(std::chrono::seconds(30)) == "refused");
  CHECK(later(std::chrono::seconds(61)) == "target");
  // Unasked it has none.
  Relay liar(gateway);
  liar.login("anna@kiosk", kPassword);
  CHECK(liar.say({{"type", "target_account"}}).end_relay);
}

TEST_CASE("a channel that a relay refused is in the audit log once for each session, and nothing else of what it says") {
  Gateway gateway;
  Relay relay(gateway);
  CHECK(relay.say({{"type", "refused_channel"}, {"channel", "rdpdr"}}).end_relay);  // of nobody who was let in
  relay.login("anna@dc1", kPassword);
  for (const char* channel : {"rdpdr", "rdpdr", "clipboard to the target files"}) CHECK(relay.say({{"type", "refused_channel"}, {"channel", channel}}).body.is_null());
  for (const char* channel : {"", "rdp\ndr", "\"}", "a channel with a name that is longer than any name of a channel is..."}) {
    Relay liar(gateway);
    liar.login("anna@dc1", kPassword);
    CHECK(liar.say({{"type", "refused_channel"}, {"channel", channel}}).end_relay);
  }
  catalog::LedgerQuery query;
  query.event = catalog::LedgerEvent::refused_channel;
  const auto noted = catalog::Ledger(*gateway.core->catalog).find(query);
  REQUIRE(noted);
  REQUIRE(noted.value().size() == 2);
  CHECK((noted.value()[1].subject == relay.id() && noted.value()[1].actor == "anna" && noted.value()[1].details == R"({"channel":"rdpdr"})"));
}

TEST_CASE("what passed over the clipboard is in the audit log, where the rule lets it pass, and a relay that says otherwise is ended") {
  Gateway gateway;
  gateway.core->policy.replace(policy::Policy::parse(R"(rules:
  - {name: copies, users: anna, targets: dc1, allow: true, clipboard: {to_target: [text, files], to_client: images}}
)", "test").value());
  const auto entry = [](const char* what, int to_target, json more) {
    json out{{"type", "copied"}, {"what", what}, {"to_target", to_target}, {"name", ""}, {"bytes", 0}, {"sha256", ""}, {"width", 0}, {"height", 0}, {"count", 0}};
    out.update(more);
    return out;
  };
  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  const Reply target = relay.say({{"type", "open_target"}});
  CHECK(target.body.at("clipboard_to_target") == json::array({"text", "files"}));
  CHECK(target.body.at("clipboard_to_client") == json::array({"images"}));
  CHECK_FALSE(relay.say(entry("picture", 0, {{"bytes", 100}, {"sha256", "ab"}, {"width", 5}, {"height", 4}})).end_relay);
  CHECK_FALSE(relay.say(entry("file", 1, {{"bytes", 3}, {"sha256", "cd"}, {"name", "Grüße.txt"}})).end_relay);
  CHECK_FALSE(relay.say(entry("more", 1, {{"count", 7}})).end_relay);
  catalog::LedgerQuery query;
  query.event = catalog::LedgerEvent::copied;
  const auto noted = catalog::Ledger(*gateway.core->catalog).find(query);
  REQUIRE(noted);
  REQUIRE(noted.value().size() == 3);
  CHECK((noted.value()[2].subject == relay.id() && noted.value()[2].actor == "anna"));
  CHECK(noted.value()[2].details == R"({"bytes":100,"height":4,"sha256":"ab","to_target":false,"what":"picture","width":5})");
  CHECK(noted.value()[1].details == R"({"bytes":3,"name":"Grüße.txt","sha256":"cd","to_target":true,"what":"file"})");
  CHECK(noted.value()[0].details == R"({"count":7,"to_target":true,"what":"more"})");

  const auto ends = [&](const json& message, bool with_target = true) {
    Relay liar(gateway);
    liar.login("anna@dc1", kPassword);
    if (with_target) liar.say({{"type", "open_target"}});
    return liar.say(message).end_relay;
  };
  CHECK(ends(entry("file", 1, json::object()), false));
  CHECK(ends(entry("file", 0, json::object())));
  CHECK(ends(entry("picture", 1, json::object())));
  CHECK(ends(entry("films", 1, json::object())));
  CHECK(ends(entry("file", 1, {{"bytes", -1}})));
  CHECK(ends(entry("file", 1, {{"name", std::string(2000, 'a')}})));
  CHECK(ends({{"type", "copied"}}));
  int said = 0;
  while (!relay.say(entry("file", 1, json::object())).end_relay) REQUIRE(++said < 2000);
  CHECK(said == 997);
}

TEST_CASE("who comes with a ticket that is over is no guesser, however often; who comes with a wrong one is") {
  Gateway gateway;
  const auto enters = [&](const std::string& ticket) {
    Relay relay(gateway);
    return relay.login("anna@dc1#" + ticket, "").body["type"] == "admitted";
  };
  const std::string ticket = ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp);
  CHECK(enters(ticket));
  for (int i = 0; i < 20; ++i) CHECK_FALSE(enters(ticket));
  CHECK(enters(ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp)));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(enters(std::string(22, 'x')));
  CHECK_FALSE(enters(ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp)));
}

TEST_CASE("a relay and its target have what the rule lets pass of the user's machine, and a VNC target nothing") {
  Gateway gateway;
  gateway.core->policy.replace(policy::Policy::parse("rules: [{name: r, users: anna, targets: \"*\", allow: true, channels: {drives: read, smartcards: allow, sound: allow}}]", "test").value());
  for (const char* target : {"dc1", "kiosk"}) {
    Relay relay(gateway);
    const nlohmann::json admitted = relay.login(std::string("anna@") + target, kPassword).body, opened = relay.say({{"type", "open_target"}}).body;
    REQUIRE(opened["type"] == "target");
    const int passes = std::string(target) == "dc1" ? 1 : 0;
    for (const nlohmann::json& message : {admitted, opened}) {
      for (const char* name : {"drives", "smartcards", "sound"}) CHECK(message.at(name) == passes);
      for (const char* name : {"printers", "ports"}) CHECK(message.at(name) == 0);
    }
  }
}

TEST_CASE("what a session does with its user's devices is in the audit log, as far as its relay may say it") {
  Gateway gateway;
  const nlohmann::json file{{"type", "device"}, {"what", "file"}, {"device", "drive C:"}, {"path", "\\Übersicht.txt"}, {"access", "read"}, {"to_target_bytes", 12}, {"to_client_bytes", 0}, {"secret", "x"}};
  {
    Relay relay(gateway);
    relay.login("anna@dc1", kPassword);
    relay.say({{"type", "open_target"}});
    CHECK(relay.say(file).end_relay);  // no rule lets a device pass
  }
  gateway.core->policy.replace(policy::Policy::parse("rules: [{name: r, users: anna, targets: \"*\", allow: true, channels: {drives: read}}]", "test").value());
  const auto opened = [&](Relay& relay, const char* target = "dc1") {
    relay.login(std::string("anna@") + target, kPassword);
    return relay.say({{"type", "open_target"}}).body["type"];
  };
  {
    Relay early(gateway);
    early.login("anna@dc1", kPassword);
    CHECK(early.say(file).end_relay);
    Relay other(gateway);
    REQUIRE(opened(other, "kiosk") == "target");
    CHECK(other.say(file).end_relay);
  }
  for (const auto& [name, value] : {std::pair<const char*, nlohmann::json>{"what", "deleted everything"}, {"path", "a\nb"}, {"path", std::string(1025, 'x')}, {"to_target_bytes", -1}, {"access", 7}}) {
    INFO(name);
    Relay liar(gateway);
    REQUIRE(opened(liar) == "target");
    nlohmann::json lie = file;
    lie[name] = value;
    CHECK(liar.say(lie).end_relay);
  }
  Relay relay(gateway);
  REQUIRE(opened(relay) == "target");
  CHECK(relay.say(file).body.is_null());
  catalog::LedgerQuery query;
  query.event = catalog::LedgerEvent::device;
  const auto noted = catalog::Ledger(*gateway.core->catalog).find(query);
  REQUIRE(noted);
  REQUIRE(noted.value().size() == 1);
  CHECK((noted.value()[0].subject == relay.id() && noted.value()[0].actor == "anna"));
  CHECK(noted.value()[0].details == R"({"access":"read","device":"drive C:","path":"\\Übersicht.txt","to_client_bytes":0,"to_target_bytes":12,"what":"file"})");
  // A relay that tells more than one that is whole is ended; one that takes its time is not.
  int said = 0;
  for (; said < 1000 && !relay.say(file, kNow + std::chrono::seconds(1)).end_relay; ++said) {
  }
  CHECK((said > 100 && said < 250));
  Relay slow(gateway);
  REQUIRE(opened(slow) == "target");
  for (int i = 0; i < 400; ++i) CHECK_FALSE(slow.say(file, kNow + std::chrono::seconds(i)).end_relay);
}
