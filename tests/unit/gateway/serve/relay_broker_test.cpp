#include "gateway/serve/relay_broker.h"

#include "gateway/serve/admin.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/tickets.h"
#include "storage/crypto/hex.h"
#include "storage/journal/entry.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

namespace {

using Reply = RelayBroker::Reply;

// A relay that says what it likes.
class Relay {
 public:
  explicit Relay(Gateway& gateway, FrontKind front = FrontKind::rdp, const std::string& address = "192.0.2.7",
                 std::string id = "")
      : gateway_(gateway), id_(id.empty() ? new_session_id(kNow).value() : std::move(id)),
        broker(*gateway.core, {id_, front, address}) {}

  Reply say(json body, UtcTime now = kNow) {
    ipc::Message question = message(std::move(body));
    return broker.handle(question, now);
  }
  Reply login(const std::string& user, const std::string& password, UtcTime now = kNow) {
    return say({{"type", "authenticate"}, {"user", user}, {"domain", ""}, {"password", password}}, now);
  }
  Reply answer_challenge(const std::string& ticket, UtcTime now = kNow) {
    const Reply asked = say({{"type", "vnc_challenge"}}, now);
    REQUIRE(asked.body.value("type", "") == "challenge");
    const auto challenge = message(asked.body).bytes("bytes", 16);
    REQUIRE(challenge.value().size() == 16);
    const auto response = crypto::vnc_response(std::span<const std::byte, 16>(challenge.value().data(), 16), ticket);
    return say({{"type", "vnc_response"}, {"bytes", storage::to_hex(response)}, {"encrypted", 1}}, now);
  }
  const std::string& id() const { return id_; }

  // Nothing that a session is made of: no credential, no key, no descriptor, no recording, no call to the target.
  void has_obtained_nothing(const Reply& last) {
    const std::string said = last.body.dump();
    INFO(said);
    CHECK(said.find(kCredential) == std::string::npos);
    CHECK(said.find("key") == std::string::npos);
    CHECK(last.descriptors.empty());
    CHECK_FALSE(broker.recording());
    CHECK(gateway_.recordings().empty());
    CHECK(std::filesystem::is_empty(gateway_.core->config.journal_dir()));
    CHECK_FALSE(gateway_.target_was_called());
  }
  void is_not_let_in(const Reply& last) {
    has_obtained_nothing(last);
    CHECK_FALSE(broker.admitted());
    const Reply target = say({{"type", "open_target"}});
    CHECK(target.end_relay);
    has_obtained_nothing(target);
  }
  void is_denied(const Reply& last) {
    // The same for every reason: a stranger learns nothing else.
    CHECK(last.body == json{{"type", "denied"}});
    is_not_let_in(last);
  }

 private:
  Gateway& gateway_;
  const std::string id_;

 public:
  RelayBroker broker;
};

}  // namespace

TEST_CASE("the honest sequence yields the target, its socket and a recording under keys that are kept") {
  Gateway gateway;
  Relay relay(gateway);
  const Reply admitted = relay.login("anna@dc1", kPassword);
  CHECK(admitted.body == json{{"type", "admitted"}, {"user", "anna"}, {"target", "dc1"}});
  CHECK(gateway.recordings().empty());
  CHECK_FALSE(gateway.target_was_called());

  const Reply target = relay.say({{"type", "open_target"}});
  CHECK_FALSE(target.end_relay);
  REQUIRE(target.body.value("type", "") == "target");
  CHECK(target.body["protocol"] == "rdp");
  CHECK(target.body.dump().find("127.0.0.1") == std::string::npos);
  CHECK(target.body["user"] == "Administrator");
  CHECK(target.body["credential"] == kCredential);
  CHECK(target.descriptors.size() == 1);
  CHECK(gateway.target_was_called());

  const auto rows = gateway.recordings();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == relay.id());
  CHECK(rows[0].user == "anna");
  CHECK(rows[0].target == "dc1");
  CHECK(rows[0].peer == "192.0.2.7");
  CHECK(rows[0].rule == "operators");
  CHECK(rows[0].policy_digest == gateway.core->policy->digest());
  CHECK(rows[0].status == catalog::RecordingStatus::recording);
  CHECK(std::filesystem::is_directory(rows[0].journal_directory));

  catalog::Keys keys(*gateway.core->catalog);
  const auto journal = keys.find(relay.id(), catalog::KeyKind::journal);
  REQUIRE(journal);
  const auto journal_key = gateway.core->kek->unwrap(journal.value(), key_context(relay.id(), "journal"));
  REQUIRE(journal_key);
  CHECK(storage::to_hex(journal_key.value().bytes()) == target.body["journal_key"]);
  const auto keystrokes = keys.find(relay.id(), catalog::KeyKind::keystrokes);
  REQUIRE(keystrokes);
  const auto keystroke_key = gateway.core->kek->unwrap(keystrokes.value(), key_context(relay.id(), "keystrokes"));
  REQUIRE(keystroke_key);
  CHECK(storage::to_hex(keystroke_key.value().bytes()) == target.body["keystroke_key"]);
  CHECK(target.body["keystroke_key"] != target.body["journal_key"]);
  CHECK(std::filesystem::is_directory(std::filesystem::path(rows[0].journal_directory) / storage::kKeystrokeFolder));
  const auto film = keys.find(relay.id(), catalog::KeyKind::film);
  REQUIRE(film);
  const auto film_key = gateway.core->kek->unwrap(film.value(), key_context(relay.id(), "film"));
  REQUIRE(film_key);
  CHECK(target.body.dump().find(storage::to_hex(film_key.value().bytes())) == std::string::npos);
  CHECK_FALSE(gateway.core->kek->unwrap(journal.value(), key_context(relay.id(), "film")));
}

TEST_CASE("a session that ended is closed in the catalog and queued for redaction") {
  Gateway gateway;
  const bool died = GENERATE(false, true);
  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  REQUIRE(relay.say({{"type", "open_target"}}).body.value("type", "") == "target");
  if (!died) CHECK_FALSE(relay.say({{"type", "ended"}, {"reason", "the user left"}}).end_relay);
  const UtcTime end = kNow + std::chrono::seconds(60);
  relay.broker.relay_ended("killed by signal 9", 0.5, end);
  const auto rows = gateway.recordings();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].ended == end);
  CHECK(rows[0].interrupted == died);
  CHECK(rows[0].end_reason == (died ? "the relay died (killed by signal 9)" : "the user left"));
  CHECK(rows[0].status == catalog::RecordingStatus::queued);
  const auto job = catalog::Jobs(*gateway.core->catalog).claim("redact", "test", end, std::chrono::seconds(60));
  REQUIRE((job && job.value()));
  CHECK(job.value()->job.key == relay.id());
}

TEST_CASE("a relay that was not admitted gets no target, whatever it says") {
  Gateway gateway;
  const FrontKind front = GENERATE(FrontKind::rdp, FrontKind::vnc);
  for (const json& body : {json{{"type", "open_target"}}, json{{"type", "target"}}, json{{"type", "admitted"}},
                           json{{"type", ""}}, json{{"type", "back_connected"}, {"certificate", std::string(64, 'a')}},
                           json{{"type", "user.list"}}, json{{"type", "OPEN_TARGET"}}}) {
    Relay relay(gateway, front);
    const Reply reply = relay.say(body);
    CHECK(reply.end_relay);
    relay.is_not_let_in(reply);
  }
  // An end without a session is believed and leaves nothing.
  Relay relay(gateway, front);
  relay.say({{"type", "ended"}, {"reason", 7}});
  relay.broker.relay_ended("exit status 0", 0, kNow);
  relay.is_not_let_in(relay.say({{"type", "ended"}}));
}

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

TEST_CASE("who names no target chooses one of those that the policy allows, and only those") {
  Gateway gateway;
  Relay relay(gateway);
  CHECK(relay.login("anna", kPassword).body == json{{"type", "admitted"}, {"user", "anna"}, {"target", ""}});
  CHECK(relay.broker.admitted());
  const Reply offered = relay.say({{"type", "open_target"}});
  CHECK(offered.body == json{{"type", "choose"}, {"targets", {"dc1", "dead", "kiosk"}}});
  CHECK_FALSE(relay.broker.recording());
  CHECK(relay.say({{"type", "choose"}, {"target", "dc1"}}).body == json{{"type", "admitted"}, {"user", "anna"}, {"target", "dc1"}});
  CHECK(relay.say({{"type", "open_target"}}).body.value("type", "") == "target");

  Relay liar(gateway);
  liar.login("anna@d", kPassword);
  CHECK(liar.say({{"type", "open_target"}}).body["targets"] == json{"dc1", "dead"});
  const Reply vault = liar.say({{"type", "choose"}, {"target", "vault"}});
  CHECK(vault.end_relay);
  CHECK_FALSE(liar.broker.recording());
  Relay only(gateway);
  CHECK(only.login("anna@ki", kPassword).body.value("target", "") == "kiosk");
  Relay unasked(gateway);
  unasked.login("anna@dc1", kPassword);
  CHECK(unasked.say({{"type", "choose"}, {"target", "kiosk"}}).end_relay);
}

TEST_CASE("a rule's notice must be agreed to before the target is opened, and the answer is kept") {
  Gateway gateway;
  gateway.core->policy.replace(
      policy::Policy::parse("rules: [{name: all, users: \"*\", targets: \"*\", allow: true, consent: Everything is recorded.}]", "test").value());
  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  for (int i = 0; i < 2; ++i) {
    CHECK(relay.say({{"type", "open_target"}}).body == json{{"type", "consent"}, {"text", "Everything is recorded."}});
    CHECK_FALSE(gateway.target_was_called());
  }
  CHECK_FALSE(relay.say({{"type", "consent"}}).end_relay);
  CHECK(relay.say({{"type", "open_target"}}).body.value("type", "") == "target");
  relay.broker.relay_ended("exit status 0", 0.5, kNow);
  CHECK(gateway.recordings().at(0).report_json.find("\"consent\":{\"at\":\"2027-01-15T08:00:00.000Z\"") != std::string::npos);
  Relay unasked(gateway);
  CHECK(unasked.say({{"type", "consent"}}).end_relay);
}

TEST_CASE("no more sessions at a time than the rule allows, by user and by target") {
  Gateway gateway;
  gateway.core->policy.replace(
      policy::Policy::parse("rules: [{name: all, users: \"*\", targets: \"*\", allow: true, session: {per_user: 2, per_target: 1}}]", "test").value());
  const auto open = [&](Relay& relay, const char* login) {
    relay.login(login, kPassword);
    return relay.say({{"type", "open_target"}}).body;
  };
  Relay first(gateway), second(gateway), third(gateway), other(gateway);
  CHECK(open(first, "anna@dc1").value("type", "") == "target");
  CHECK(open(other, "carl@dc1").value("reason", "").find("Try again later") != std::string::npos);
  CHECK(open(second, "anna@kiosk").value("type", "") == "target");
  CHECK(open(third, "anna@vault").value("reason", "").find("as many sessions as you may have") != std::string::npos);
  CHECK_FALSE(third.broker.recording());
  first.broker.relay_ended("exit status 0", 0.5, kNow);
  Relay fourth(gateway);
  CHECK(open(fourth, "anna@dc1").value("type", "") == "target");
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

TEST_CASE("an administrator's orders reach the session that they are for, in order, once") {
  Gateway gateway;
  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  relay.say({{"type", "open_target"}});
  const auto ask = [&](json body) {
    ipc::Message request = message(std::move(body));
    return administer(*gateway.core, request, kNow);
  };
  REQUIRE(ask({{"type", "sessions.lock_input"}, {"id", relay.id()}}));
  REQUIRE(ask({{"type", "sessions.end"}, {"id", relay.id()}, {"message", "Maintenance."}}));
  CHECK(ask({{"type", "sessions.end"}, {"id", "20270115-080000-00000000"}, {"message", ""}}).error().kind == ErrorKind::not_found);
  const std::vector<json> orders = gateway.core->sessions.take_orders(relay.id());
  REQUIRE(orders.size() == 2);
  CHECK(orders[0] == json{{"type", "lock_input"}, {"locked", 1}});
  CHECK(orders[1].value("message", "") == "Maintenance.");
  CHECK(gateway.core->sessions.take_orders(relay.id()).empty());
}

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

TEST_CASE("a recording relay gets new files of its own session's folder, and nothing else by any name") {
  Gateway gateway;
  Relay early(gateway);
  early.login("anna@dc1", kPassword);
  CHECK(early.say({{"type", "journal_file"}, {"name", "000000.fgj"}}).end_relay);

  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  relay.say({{"type", "open_target"}});
  const std::filesystem::path folder = gateway.recordings().at(0).journal_directory;
  const Reply file = relay.say({{"type", "journal_file"}, {"name", "000000.fgj"}});
  REQUIRE(file.body.value("type", "") == "journal_file");
  REQUIRE(file.descriptors.size() == 1);
  CHECK(write(file.descriptors[0].fd(), "sealed", 6) == 6);
  CHECK(std::filesystem::file_size(folder / "000000.fgj") == 6);
  char byte;
  CHECK(read(file.descriptors[0].fd(), &byte, 1) < 0);
  // What is written once is never handed out again.
  const Reply again = relay.say({{"type", "journal_file"}, {"name", "000000.fgj"}});
  CHECK(again.body.value("type", "") == "refused");
  CHECK(again.descriptors.empty());
  CHECK(std::filesystem::file_size(folder / "000000.fgj") == 6);
  CHECK(relay.say({{"type", "journal_file"}, {"name", "keystrokes/000000.fgj"}}).descriptors.size() == 1);
  CHECK(std::filesystem::exists(folder / "keystrokes" / "000000.fgj"));
  std::filesystem::create_symlink(gateway.core->config.key_file(), folder / "000001.fgj");
  CHECK(relay.say({{"type", "journal_file"}, {"name", "000001.fgj"}}).descriptors.empty());

  for (const json& name : {json(""), json("."), json(".."), json("../x"), json("a/b"), json("keystrokes/../x"), json("keystrokes/.."), json("/keystrokes/x"), json("keystrokes/"), json("/etc/passwd"), json("../../kek"),
                           json(".hidden"), json(std::string("a\0b", 3)), json(std::string(65, 'a')), json("A"), json(7), json(nullptr)}) {
    INFO(name.dump());
    const Reply refused = relay.say({{"type", "journal_file"}, {"name", name}});
    CHECK(refused.end_relay);
    CHECK(refused.descriptors.empty());
  }
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

TEST_CASE("a ticket opens one VNC session to its target and is used up") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "kiosk");
  ticket_for(gateway, "anna", "dc1");
  Relay relay(gateway, FrontKind::vnc);
  CHECK(relay.answer_challenge(ticket).body == json{{"type", "admitted"}, {"user", "anna"}, {"target", "kiosk"}});
  const Reply target = relay.say({{"type", "open_target"}});
  CHECK(target.body.value("protocol", "") == "vnc");
  CHECK(gateway.recordings().at(0).front == catalog::Protocol::vnc);
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

TEST_CASE("hostile text in a message is stored as text or refused, never more") {
  Gateway gateway;
  Relay relay(gateway);
  relay.login("anna@dc1", kPassword);
  relay.say({{"type", "open_target"}});
  relay.say({{"type", "ended"}, {"reason", std::string("a\0b\n\x1b[2J", 8) + std::string(3000, 'x')}});
  CHECK(relay.say({{"type", "ended"}, {"reason", "again"}}).end_relay);
  relay.broker.relay_ended("exit status 0", 0, kNow + std::chrono::seconds(1));
  const auto rows = gateway.recordings();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].status == catalog::RecordingStatus::queued);
  CHECK(rows[0].end_reason.find('\0') == std::string::npos);
}

TEST_CASE("an RDP ticket in the user name opens its own target, once") {
  Gateway gateway;
  const std::string ticket = ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp);
  CHECK(ticket.size() == 22);
  Relay relay(gateway);
  CHECK(relay.login("anna@dc1#" + ticket, "").body == json{{"type", "admitted"}, {"user", "anna"}, {"target", "dc1"}});
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
