#include "gateway/serve/admin.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/keys.h"
#include "storage/journal/entry.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

TEST_CASE("the honest sequence yields the target, its socket and a recording under keys that are kept") {
  Gateway gateway;
  Relay relay(gateway);
  const Reply admitted = relay.login("anna@dc1", kPassword);
  CHECK(admitted.body == serve::admitted("anna", "dc1"));
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
  const json ended{{"type", "ended"}, {"reason", "the user left"}, {"strokes", 120}, {"pasted_bytes", 3}, {"copied_bytes", 40}};
  if (!died) CHECK_FALSE(relay.say(ended).end_relay);
  const UtcTime end = kNow + std::chrono::seconds(60);
  relay.broker.relay_ended("killed by signal 9", 0.5, end);
  const auto rows = gateway.recordings();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].ended == end);
  CHECK(rows[0].interrupted == died);
  CHECK(rows[0].end_reason == (died ? "the relay died (killed by signal 9)" : "the user left"));
  CHECK(rows[0].status == catalog::RecordingStatus::queued);
  const auto volume = volume_of(rows[0].report_json);
  REQUIRE(volume.has_value() == !died);
  if (!died) CHECK(volume->strokes == 120);
  if (!died) CHECK(volume->copied_bytes == 40);
  const auto job = catalog::Jobs(*gateway.core->catalog).claim("redact", "test", end, std::chrono::seconds(60));
  REQUIRE((job && job.value()));
  CHECK(job.value()->job.key == relay.id());
}

TEST_CASE("a relay that was not admitted gets no target, whatever it says") {
  Gateway gateway;
  const FrontKind front = GENERATE(FrontKind::rdp, FrontKind::vnc);
  for (const json& body : {json{{"type", "open_target"}}, json{{"type", "target"}}, json{{"type", "admitted"}},
                           json{{"type", ""}}, json{{"type", "back_connected"}, {"graphics", 0}, {"certificate", std::string(64, 'a')}},
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

TEST_CASE("who names no target chooses one of those that the policy allows, and only those") {
  Gateway gateway;
  Relay relay(gateway);
  CHECK(relay.login("anna", kPassword).body == json{{"type", "admitted"}, {"user", "anna"}, {"target", ""}});
  CHECK(relay.broker.admitted());
  const Reply offered = relay.say({{"type", "open_target"}});
  CHECK(offered.body == json{{"type", "choose"}, {"targets", {"dc1", "dead", "kiosk"}}});
  CHECK_FALSE(relay.broker.recording());
  CHECK(relay.say({{"type", "choose"}, {"target", "dc1"}}).body == admitted("anna", "dc1"));
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
