#include "storage/catalog/sign_ins.h"
#include "storage/catalog/tickets.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

namespace {

// As it comes from a page that she is signed in at.
BrowserVisit visit_of_anna(Gateway& gateway) {
  return {"anna", "dc1", catalog::WebSessions(*gateway.core->catalog).begin(std::string(64, 'a'), "anna", "192.0.2.7", kNow).value(), "192.0.2.7"};
}

}  // namespace

TEST_CASE("each front has only its own way to log in") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "dc1");
  Relay rdp(gateway, FrontKind::rdp);
  const Reply challenge = rdp.say({{"type", "vnc_challenge"}});
  CHECK(challenge.end_relay);
  rdp.is_not_let_in(challenge);
  Relay rdp_response(gateway, FrontKind::rdp);
  const Reply response = rdp_response.say({{"type", "vnc_response"}, {"bytes", std::string(32, '0')}});
  CHECK(response.end_relay);
  rdp_response.is_not_let_in(response);
}

TEST_CASE("a browser enters as who its page's sign-in has proved, once, and by no other proof") {
  Gateway gateway;
  const BrowserVisit visit = visit_of_anna(gateway);
  Relay relay(gateway, visit);
  const Reply entered = relay.say({{"type", "enter"}});
  CHECK(entered.body == admitted("anna", "dc1"));
  CHECK(relay.say({{"type", "enter"}}).end_relay);
  for (const json& other : {json{{"type", "authenticate"}, {"user", "anna@dc1"}, {"domain", ""}, {"password", kPassword}}, json{{"type", "vnc_challenge"}}, json{{"type", "login_screen"}}}) {
    Relay wrong(gateway, visit);
    const Reply reply = wrong.say(other);
    CHECK(reply.end_relay);
    wrong.is_not_let_in(reply);
  }
  Relay vnc(gateway, FrontKind::vnc);
  const Reply reply = vnc.say({{"type", "enter"}});
  CHECK(reply.end_relay);
  vnc.is_not_let_in(reply);
  Relay elsewhere(gateway, BrowserVisit{"anna", "nowhere", visit.web_session, "192.0.2.7"});
  elsewhere.is_denied(elsewhere.say({{"type", "enter"}}));
}

TEST_CASE("a browser's session begins and lasts no longer than its page's sign-in") {
  Gateway gateway;
  const BrowserVisit visit = visit_of_anna(gateway);
  Relay late(gateway, visit);
  CHECK(late.say({{"type", "enter"}}, kNow + access::kIdleLimit).body == json{{"type", "denied"}});

  Relay relay(gateway, visit), slow(gateway, visit);
  REQUIRE(relay.say({{"type", "enter"}}).body.value("type", "") == "admitted");
  REQUIRE(slow.say({{"type", "enter"}}).body.value("type", "") == "admitted");
  REQUIRE(relay.say({{"type", "open_target"}}).body.value("type", "") == "target");
  (void)relay.broker.poll(kNow);
  CHECK(gateway.core->sessions.take_orders(relay.id()).empty());
  REQUIRE(catalog::WebSessions(*gateway.core->catalog).end(visit.web_session, "anna"));
  CHECK(slow.say({{"type", "open_target"}}).body.value("type", "") == "refused");
  (void)relay.broker.poll(kNow + std::chrono::seconds(1));
  const auto orders = gateway.core->sessions.take_orders(relay.id());
  REQUIRE(orders.size() == 1);
  CHECK(orders[0]["type"] == "end");
  (void)relay.broker.poll(kNow + std::chrono::seconds(2));
  CHECK(gateway.core->sessions.take_orders(relay.id()).empty());
}

TEST_CASE("a VNC client may bring a password over TLS, and has one guess at either proof") {
  Gateway gateway;
  Relay right(gateway, FrontKind::vnc);
  CHECK(right.login("anna@dc1", kPassword).body.value("type", "") == "admitted");
  Relay both(gateway, FrontKind::vnc);
  const std::string ticket = ticket_for(gateway, "anna", "dc1");
  both.is_denied(both.login("anna@dc1", "wrong"));
  Relay again(gateway, FrontKind::vnc);
  again.login("anna@dc1", "wrong");
  CHECK(again.login("anna@dc1", kPassword).end_relay);
  Relay then_ticket(gateway, FrontKind::vnc);
  then_ticket.login("anna@dc1", "wrong");
  REQUIRE(then_ticket.say({{"type", "vnc_challenge"}}).body.value("type", "") == "challenge");
  CHECK(then_ticket.say({{"type", "vnc_response"}, {"bytes", std::string(32, '0')}, {"encrypted", 1}}).end_relay);
}

TEST_CASE("a ticket without TLS is denied, unless the rule says otherwise") {
  Gateway gateway;
  const auto answer = [&] {
    const std::string ticket = ticket_for(gateway, "anna", "kiosk");
    auto relay = std::make_unique<Relay>(gateway, FrontKind::vnc);
    const auto challenge = message(relay->say({{"type", "vnc_challenge"}}).body).bytes("bytes", 16);
    const auto response = crypto::vnc_response(std::span<const std::byte, 16>(challenge.value().data(), 16), ticket);
    Reply reply = relay->say({{"type", "vnc_response"}, {"bytes", storage::to_hex(response)}, {"encrypted", 0}});
    return std::pair(std::move(relay), std::move(reply));
  };
  {
    auto [relay, reply] = answer();
    relay->is_denied(reply);
  }
  gateway.core->policy.replace(
      policy::Policy::parse("rules: [{name: all, users: \"*\", targets: \"*\", allow: true, vnc_plaintext: allow}]", "test").value());
  CHECK(gateway.core->policy->any_vnc_plaintext());
  CHECK(answer().second.body.value("type", "") == "admitted");
}

TEST_CASE("a login screen has three guesses, and nothing else has") {
  Gateway gateway;
  Relay relay(gateway);
  CHECK_FALSE(relay.say({{"type", "login_screen"}}).end_relay);
  CHECK(relay.broker.asks_on_screen());
  CHECK(relay.login("anna@dc1", "wrong").body.value("type", "") == "denied");
  CHECK(relay.login("anna@dc1", "wrong").body.value("type", "") == "denied");
  CHECK(relay.login("anna@dc1", kPassword).body.value("type", "") == "admitted");
  CHECK(relay.login("anna@dc1", kPassword).end_relay);
  Relay late(gateway);
  late.login("anna@dc1", "wrong");
  CHECK(late.say({{"type", "login_screen"}}).end_relay);
  Relay worn(gateway);
  worn.say({{"type", "login_screen"}});
  for (int i = 0; i < 3; ++i) worn.login("anna@dc1", "wrong");
  CHECK(worn.login("anna@dc1", kPassword).end_relay);
}

TEST_CASE("a login that makes no sense ends the relay") {
  Gateway gateway;
  for (const json& body : {json{{"type", "authenticate"}}, json{{"type", "authenticate"}, {"user", "anna@dc1"}},
                           json{{"type", "authenticate"}, {"password", kPassword}},
                           json{{"type", "authenticate"}, {"user", {"anna@dc1"}}, {"password", kPassword}},
                           json{{"type", "authenticate"}, {"user", "anna@dc1"}, {"password", nullptr}},
                           json{{"type", "authenticate"}, {"user", "anna@dc1"}, {"password", std::string(2000, 'x')}},
                           json{{"type", "authenticate"}, {"user", std::string(300, 'x')}, {"password", kPassword}}}) {
    Relay relay(gateway);
    const Reply reply = relay.say(body);
    CHECK(reply.end_relay);
    relay.is_not_let_in(reply);
    // And it has used up its one guess.
    CHECK(relay.login("anna@dc1", kPassword).end_relay);
    CHECK_FALSE(relay.broker.admitted());
  }
}

TEST_CASE("nobody is admitted by a wrong login, and every reason looks the same") {
  Gateway gateway;
  int peer = 0;
  for (const auto& [user, password] : std::vector<std::pair<std::string, std::string>>{
           {"anna@dc1", "wrong"}, {"anna@dc1", ""}, {"nobody@dc1", kPassword}, {"gone@dc1", kPassword},
           {"nopass@dc1", ""}, {"nopass@dc1", "x"}, {"carl", kPassword}, {"carl@", kPassword}, {"@dc1", kPassword},
           {"anna@nowhere", kPassword}, {"anna@vault", kPassword}, {"carl@dc1", kPassword}, {"ANNA@dc1", kPassword},
           {"anna@dc1@nowhere", kPassword}, {"anna@../dc1", kPassword}, {std::string("anna\0@dc1", 9), kPassword},
           {"", ""}, {"@", ""}, {"anna' OR '1'='1@dc1", kPassword}, {"*@dc1", kPassword}, {"anna@*", kPassword}}) {
    Relay relay(gateway, FrontKind::rdp, "192.0.2." + std::to_string(peer++));
    INFO(user);
    relay.is_denied(relay.login(user, password));
  }
}

TEST_CASE("a relay has one guess") {
  Gateway gateway;
  Relay relay(gateway);
  CHECK(relay.login("anna@dc1", "wrong").body.value("type", "") == "denied");
  const Reply second = relay.login("anna@dc1", kPassword);
  CHECK(second.end_relay);
  relay.is_not_let_in(second);

  Relay vnc(gateway, FrontKind::vnc);
  const std::string ticket = ticket_for(gateway, "anna", "kiosk");
  CHECK(vnc.answer_challenge("wrong").body.value("type", "") == "denied");
  CHECK(vnc.say({{"type", "vnc_challenge"}}).end_relay);
  CHECK(vnc.say({{"type", "vnc_response"}, {"bytes", std::string(32, '0')}}).end_relay);
  CHECK_FALSE(vnc.broker.admitted());
}

TEST_CASE("a ticket opens one VNC session to its target and is used up") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "kiosk");
  ticket_for(gateway, "anna", "dc1");
  Relay relay(gateway, FrontKind::vnc);
  CHECK(relay.answer_challenge(ticket).body == admitted("anna", "kiosk"));
  const Reply target = relay.say({{"type", "open_target"}});
  CHECK(target.body.value("protocol", "") == "vnc");
  CHECK(gateway.recordings().at(0).front == catalog::Front::vnc);
  Relay elsewhere(gateway, FrontKind::vnc, "192.0.2.8");
  CHECK(elsewhere.answer_challenge(ticket).body == json{{"type", "denied"}});
  // From the same address it is for that session's thread to say (session_return_test.cpp).
  Relay replay(gateway, FrontKind::vnc);
  CHECK(replay.answer_challenge(ticket).comes_back_to == relay.id());
  CHECK_FALSE(replay.broker.admitted());
  CHECK(replay.say({{"type", "open_target"}}).end_relay);
}

TEST_CASE("a ticket that cannot be read opens nothing and is in nobody's way") {
  Gateway gateway;
  catalog::NewTicket broken;
  broken.wrapped_value = std::vector<std::byte>(64, std::byte{7});
  broken.user = "anna";
  broken.target = "kiosk";
  broken.kind = catalog::Protocol::vnc;
  broken.expires = kNow + std::chrono::seconds(60);
  REQUIRE(catalog::Tickets(*gateway.core->catalog).issue(broken, kNow));
  const std::string ticket = ticket_for(gateway, "anna", "kiosk");
  Relay relay(gateway, FrontKind::vnc);
  CHECK(relay.answer_challenge(ticket).body.value("type", "") == "admitted");
}

TEST_CASE("a recorded response to another challenge opens nothing") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "kiosk");
  Relay relay(gateway, FrontKind::vnc), other(gateway, FrontKind::vnc);
  const auto first = message(relay.say({{"type", "vnc_challenge"}}).body).bytes("bytes", 16);
  const auto response = crypto::vnc_response(std::span<const std::byte, 16>(first.value().data(), 16), ticket);
  const auto second = message(other.say({{"type", "vnc_challenge"}}).body).bytes("bytes", 16);
  CHECK(first.value() != second.value());
  other.is_denied(other.say({{"type", "vnc_response"}, {"bytes", storage::to_hex(response)}, {"encrypted", 1}}));
}

TEST_CASE("tickets that are expired, of a disabled user, of another target or none open nothing") {
  Gateway gateway;
  const std::string expired = ticket_for(gateway, "anna", "kiosk", kNow - std::chrono::seconds(60));
  const std::string of_carl = ticket_for(gateway, "carl", "kiosk");
  const std::string to_the_vault = ticket_for(gateway, "anna", "vault");
  REQUIRE(catalog::Users(*gateway.core->catalog).enable("gone"));
  const std::string of_the_gone = ticket_for(gateway, "gone", "kiosk");
  REQUIRE(catalog::Users(*gateway.core->catalog).disable("gone"));
  const std::string live = ticket_for(gateway, "anna", "kiosk");
  for (const std::string& ticket : {expired, of_carl, to_the_vault, of_the_gone, std::string(), live.substr(0, 7),
                                    std::string("password")}) {
    Relay relay(gateway, FrontKind::vnc);
    relay.is_denied(relay.answer_challenge(ticket));
  }
  CHECK_FALSE(gateway.core->access->issue_ticket({"gone", "kiosk", catalog::Protocol::vnc, std::chrono::seconds(60), ""}, kNow));
}

TEST_CASE("a response that is no response ends the relay") {
  Gateway gateway;
  ticket_for(gateway, "anna", "kiosk");
  Relay early(gateway, FrontKind::vnc);
  const Reply before = early.say({{"type", "vnc_response"}, {"bytes", std::string(32, '0')}});
  CHECK(before.end_relay);
  early.is_not_let_in(before);
  for (const json& bytes : {json(""), json("00"), json(std::string(30, '0')), json(std::string(31, '0')),
                            json(std::string(34, '0')), json(std::string(32, 'g')), json(std::string(32, 'A')), json(0),
                            json(nullptr), json(json::array({0}))}) {
    Relay relay(gateway, FrontKind::vnc);
    relay.say({{"type", "vnc_challenge"}});
    const Reply reply = relay.say({{"type", "vnc_response"}, {"bytes", bytes}});
    CHECK(reply.end_relay);
    relay.is_not_let_in(reply);
  }
}

TEST_CASE("a flood of wrong passwords is refused without a look, also the right one, until a minute has passed") {
  Gateway gateway;
  for (int i = 0; i < access::Access::kMaxFailures; ++i) {
    // From everywhere: it is the account that is attacked.
    Relay relay(gateway, FrontKind::rdp, "198.51.100." + std::to_string(i));
    CHECK(relay.login("anna@dc1", "guess").body == json{{"type", "denied"}});
  }
  Relay victim(gateway, FrontKind::rdp, "203.0.113.1");
  victim.is_denied(victim.login("anna@dc1", kPassword));
  Relay other(gateway, FrontKind::rdp, "203.0.113.1");
  other.is_denied(other.login("carl@dc1", kPassword));
  Relay later(gateway, FrontKind::rdp, "203.0.113.1");
  CHECK(later.login("anna@dc1", kPassword, kNow + std::chrono::seconds(61)).body.value("type", "") == "admitted");
}

TEST_CASE("an address that guesses tickets is refused, with the right one too, and others are not") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "kiosk");
  for (int i = 0; i < access::Access::kMaxFailures; ++i) {
    Relay relay(gateway, FrontKind::vnc, "198.51.100.1");
    CHECK(relay.answer_challenge("guess").body == json{{"type", "denied"}});
  }
  Relay throttled(gateway, FrontKind::vnc, "198.51.100.1");
  throttled.is_denied(throttled.answer_challenge(ticket));
  Relay by_password(gateway, FrontKind::rdp, "198.51.100.1");
  by_password.is_denied(by_password.login("anna@dc1", kPassword));
  Relay elsewhere(gateway, FrontKind::vnc, "198.51.100.2");
  CHECK(elsewhere.answer_challenge(ticket).body.value("type", "") == "admitted");
}

TEST_CASE("an RDP ticket in the user name opens its own target, once") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp);
  CHECK(ticket.size() == 22);
  Relay relay(gateway);
  CHECK(relay.login("anna@dc1#" + ticket, "").body == admitted("anna", "dc1"));
  Relay again(gateway);
  again.is_denied(again.login("anna@dc1#" + ticket, ""));
}

TEST_CASE("an RDP ticket opens nothing but what it was issued for") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp);
  const std::string expired = ticket_for(gateway, "anna", "dc1", kNow - std::chrono::minutes(2), catalog::Protocol::rdp);
  const std::string for_vnc = ticket_for(gateway, "anna", "dc1", kNow);
  const std::string elsewhere = ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp, "192.0.2.99");
  for (const std::string& login :
       {"anna@kiosk#" + ticket, "carl@dc1#" + ticket, "anna#" + ticket, "@dc1#" + ticket, "anna@dc1#" + ticket.substr(1),
        std::string("anna@dc1#"), "anna@dc1#" + expired, "anna@dc1#" + for_vnc, "anna@dc1#" + elsewhere,
        "anna@dc1#" + ticket + "#", std::string("anna@dc1#") + kPassword}) {
    INFO(login);
    Relay relay(gateway, FrontKind::rdp, login.size() % 2 ? "192.0.2.7" : "192.0.2.8");
    relay.is_denied(relay.login(login, kPassword));
  }
  Relay right(gateway, FrontKind::rdp, "192.0.2.99");
  CHECK(right.login("anna@dc1#" + elsewhere, "").body["type"] == "admitted");
}

namespace {

// What a client that knows `password` sends, with libwinpr's computations done over here.
json ntlm_of(const std::string& user, const std::string& hash_hex, const std::string& mic_hex) {
  return {{"type", "ntlm"}, {"user", user}, {"domain", "Domain"}, {"challenge", hash_hex}, {"session_key", std::string(32, '5')},
          {"mic", mic_hex}, {"messages", "00"}};
}

}  // namespace

TEST_CASE("an NLA proof that fits no ticket gets no hash, and there is one guess") {
  Gateway gateway;
  ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp);
  for (const char* user : {"anna@dc1", "nobody@dc1", "anna", "anna@dc1#x", ""}) {
    Relay relay(gateway);
    const Reply reply = relay.say(ntlm_of(user, "0011", std::string(32, 'a')));
    CHECK_FALSE(reply.body.contains("hash"));
    relay.is_denied(reply);
    Relay twice(gateway);
    twice.say(ntlm_of(user, "0011", std::string(32, 'a')));
    CHECK(twice.say(ntlm_of(user, "0011", std::string(32, 'a'))).end_relay);
  }
  Relay short_mic(gateway);
  CHECK(short_mic.say(ntlm_of("anna@dc1", "0011", "aa")).end_relay);
  Relay vnc(gateway, FrontKind::vnc);
  CHECK(vnc.say(ntlm_of("anna@dc1", "0011", std::string(32, 'a'))).end_relay);
}
