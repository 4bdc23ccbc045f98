#include "gateway/serve/admin.h"
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
    relay.say({{"type", "back_connected"}, {"certificate", std::string(64, 'a')}});
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
  CHECK(relay.say({{"type", "back_connected"}, {"certificate", std::string(64, 'a')}}).end_relay);
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
  CHECK_FALSE(relay.say({{"type", "back_connected"}, {"certificate", std::string(64, 'a')}, {"target", "vault"}}).end_relay);
  catalog::Targets targets(*gateway.core->catalog);
  CHECK(targets.find("dc1").value().last_certificate == std::string(64, 'a'));
  CHECK(targets.find("vault").value().last_certificate.empty());
  CHECK(relay.say({{"type", "back_connected"}, {"certificate", std::string(64, 'b')}}).end_relay);
  CHECK(targets.find("dc1").value().last_certificate == std::string(64, 'a'));

  for (const json& certificate : {json("zz"), json(std::string(65, 'a')), json(7), json(nullptr)}) {
    Relay liar(gateway);
    liar.login("anna@dc1", kPassword);
    liar.say({{"type", "open_target"}});
    liar.say({{"type", "back_connected"}, {"certificate", certificate}});
    CHECK(targets.find("dc1").value().last_certificate == std::string(64, 'a'));
  }
}

TEST_CASE("a relay that lies changes neither the certificate that was pinned nor the one that was trusted first") {
  Gateway gateway;
  const auto reach = [&](const std::string& certificate) {
    Relay relay(gateway);
    relay.login("anna@dc1", kPassword);
    relay.say({{"type", "open_target"}});
    return relay.say({{"type", "back_connected"}, {"certificate", certificate}}).end_relay;
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
  CHECK(unreachable.say({{"type", "back_connected"}, {"certificate", std::string(64, 'a')}}).end_relay);

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
  CHECK(first.say({{"type", "back_failed"}, {"certificate", ""}, {"credential_refused", 1}}).body.is_null());
  CHECK(first.say({{"type", "back_failed"}, {"certificate", ""}, {"credential_refused", 1}}).end_relay);
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
  first.say({{"type", "back_connected"}, {"certificate", shown}});
  Relay second(gateway);
  REQUIRE(second.login("anna@dc1", kPassword).body["type"] == "admitted");
  CHECK(second.say({{"type", "open_target"}}).body["pinned_certificate"] == shown);
  second.say({{"type", "back_failed"}, {"certificate", std::string(64, 'b')}, {"credential_refused", 0}});
  CHECK(catalog::Targets(*gateway.core->catalog).find("dc1").value().last_certificate == shown);
  CHECK_FALSE(catalog::Targets(*gateway.core->catalog).find("dc1").value().credential_refused);
}
