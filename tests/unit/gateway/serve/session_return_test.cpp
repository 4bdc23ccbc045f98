#include <arpa/inet.h>

#include "gateway/serve/client_line.h"
#include "gateway/serve/paused_journal.h"
#include "gateway/serve/relay_broker.h"
#include "storage/catalog/jobs.h"
#include "storage/crypto/hex.h"
#include "storage/journal/journal_reader.h"
#include "storage/journal/journal_writer.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

namespace {

constexpr const char* kAddress = "192.0.2.7";
const UtcTime kLater = kNow + std::chrono::minutes(4), kTooLate = kNow + std::chrono::minutes(6);

Secret key_in(const json& target, const char* name) {
  return Secret(message(target).bytes(name, 32).value());
}

// A connection whose relay writes its journals and says what it is told to.
class Connection {
 public:
  explicit Connection(Gateway& gateway, const std::string& address = kAddress, FrontKind front = FrontKind::rdp)
      : gateway_(gateway), broker(*gateway.core, {new_session_id(kNow).value(), front, address}) {}

  RelayBroker::Reply say(json body, UtcTime now = kNow) {
    ipc::Message question = message(std::move(body));
    return broker.handle(question, now);
  }
  RelayBroker::Reply login(const std::string& ticket, UtcTime now = kNow) {
    return say({{"type", "authenticate"}, {"user", "anna@dc1#" + ticket}, {"domain", ""}, {"password", ""}}, now);
  }
  // Reaches the target and writes an entry into either journal.
  void work(int seconds = 0) {
    target = say({{"type", "open_target"}}).body;
    INFO(target.dump());
    REQUIRE(target.value("type", "") == "target");
    screen.emplace(begin("", "journal_key", "journal_file"));
    keystrokes.emplace(begin(storage::kKeystrokeFolder, "keystroke_key", "keystroke_file"));
    REQUIRE(screen->append(storage::JournalEntryKind::event, std::chrono::seconds(seconds), {}));
    REQUIRE_FALSE(say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", ""}}).end_relay);
  }
  void pause() {
    REQUIRE(screen->pause());
    REQUIRE(keystrokes->pause());
  }
  void gone(int client_lost, UtcTime now = kNow) {
    say({{"type", "ended"}, {"reason", "the connection broke"}, {"client_lost", client_lost}, {"strokes", 7}, {"pasted_bytes", 1}, {"copied_bytes", 0}}, now);
    broker.relay_ended("exit status 0", 1, now);
  }

  json target;
  std::optional<storage::JournalWriter> screen, keystrokes;

 private:
  storage::JournalWriter begin(const std::string& folder, const char* key, const char* number) {
    const int file = target.at(number).get<int>();
    const auto name = std::filesystem::path(folder) / storage::journal_file_name(file);
    const auto path = gateway_.core->config.journal_dir() / target.at("recording").get<std::string>();
    REQUIRE(say({{"type", "journal_file"}, {"name", name.string()}}).descriptors.size() == 1);
    std::filesystem::remove(path / name);  // the writer makes it itself here
    auto writer = storage::JournalWriter::resume(storage::real_file_system(), path / folder, target.at("recording"), key_in(target, key), file);
    REQUIRE(writer);
    return std::move(writer).value();
  }

  Gateway& gateway_;

 public:
  RelayBroker broker;
};

std::string rdp_ticket(Gateway& gateway) { return ticket_for(gateway, "anna", "dc1", kNow, catalog::Protocol::rdp); }

void is_denied(const RelayBroker::Reply& reply) {
  CHECK(reply.body == json{{"type", "denied"}});
  CHECK(reply.comes_back_to.empty());
}

// A session by a new ticket, which is returned, whose relay has left its journals for another.
std::string pause_session(Gateway& gateway, Connection& connection) {
  std::string ticket = rdp_ticket(gateway);
  REQUIRE(connection.login(ticket).body["type"] == "admitted");
  connection.work();
  connection.pause();
  return ticket;
}

void check_journals_ended(Gateway& gateway, const Connection& connection) {
  const std::string recording = connection.target["recording"];
  for (const auto& [folder, key] : {std::pair("", "journal_key"), std::pair(storage::kKeystrokeFolder, "keystroke_key")}) {
    storage::DirectoryJournalSource source(storage::real_file_system(), gateway.core->config.journal_dir() / recording / folder);
    auto reader = storage::JournalReader::open(source, recording, key_in(connection.target, key));
    REQUIRE(reader);
    while (true) {
      const auto entry = reader.value().next();
      REQUIRE(entry);
      if (!entry.value()) break;
    }
    CHECK(reader.value().finished_cleanly());
  }
}

}  // namespace

TEST_CASE("a lost connection leaves the session open, and its ticket brings the same user back to it") {
  Gateway gateway;
  Connection first(gateway);
  const std::string ticket = pause_session(gateway, first);
  first.gone(1);
  CHECK(first.broker.awaits_return());
  CHECK_FALSE(gateway.recordings().at(0).ended);
  CHECK(gateway.core->sessions.count() == 1);

  Connection second(gateway);
  const auto back = second.login(ticket, kLater);
  CHECK(back.body == json{{"type", "admitted"}, {"user", "anna"}, {"target", "dc1"}});
  CHECK(back.comes_back_to == first.broker.origin().id);
  CHECK_FALSE(second.broker.admitted());  // it is the other's from here on
  CHECK_FALSE(second.broker.recording());

  // The thread of the session goes on with the other's relay.
  first.broker.resume("other");
  const json before = first.target;
  first.work(30);
  CHECK(first.target["recording"] == before["recording"]);
  CHECK(first.target["journal_key"] == before["journal_key"]);
  CHECK(first.target["journal_file"] == 1);
  CHECK(first.target["keystroke_file"] == 1);
  CHECK(first.target["elapsed_us"] >= before["elapsed_us"]);
  REQUIRE(first.keystrokes->finish());
  REQUIRE(first.screen->finish());
  first.gone(0, kLater);
  CHECK_FALSE(first.broker.awaits_return());
  REQUIRE(gateway.recordings().size() == 1);
  const catalog::Recording row = gateway.recordings().at(0);
  CHECK(row.ended == kLater);
  CHECK_FALSE(row.interrupted);
  CHECK(json::parse(row.report_json)["relay"]["returns"] == 1);
  CHECK(json::parse(row.report_json)["relay"]["cpu_seconds"] == 2);
  CHECK(json::parse(row.report_json)["relay"]["strokes"] == 14);
  Connection third(gateway);
  is_denied(third.login(ticket, kLater));
}

TEST_CASE("who comes back to a session that began for a ticket's number is not asked for it again") {
  Gateway gateway;
  gateway.core->policy.replace(policy::Policy::parse("rules: [{name: change, users: anna, targets: dc1, tickets: ['CHG-[0-9]+'], allow: true}]", "test").value());
  Connection first(gateway), second(gateway), third(gateway);
  const std::string ticket = rdp_ticket(gateway);
  REQUIRE(first.login(ticket).body["type"] == "admitted");
  REQUIRE(first.say({{"type", "open_target"}}).body["type"] == "justify");
  first.say({{"type", "justify"}, {"reason", ""}, {"ticket", "CHG-7"}, {"emergency", 0}});
  first.work();
  first.pause();
  first.gone(1);
  REQUIRE(first.broker.awaits_return());
  CHECK(second.login(ticket).comes_back_to == first.target["recording"]);
  // The rule is gone: so is the way back.
  gateway.core->policy.replace(policy::Policy::parse("rules: [{name: other, users: anna, targets: dc1, allow: true}]", "test").value());
  is_denied(third.login(ticket));
}

TEST_CASE("nobody comes back to a session but with its own ticket, from its own address, while its policy lets them") {
  Gateway gateway;
  Connection first(gateway);
  const std::string ticket = pause_session(gateway, first);
  first.gone(1);
  Connection elsewhere(gateway, "192.0.2.8"), mistyped(gateway), vnc(gateway, kAddress, FrontKind::vnc);
  is_denied(elsewhere.login(ticket));
  is_denied(mistyped.login(ticket.substr(1) + "x"));
  is_denied(vnc.login(ticket));
  gateway.core->policy.replace(policy::Policy::parse("rules: [{name: other, users: \"*\", targets: \"*\", allow: true}]", "test").value());
  Connection under_another_rule(gateway);
  is_denied(under_another_rule.login(ticket));
  gateway.core->policy.replace(policy::Policy::parse("rules: [{name: operators, users: \"*\", targets: \"*\", allow: true}]", "test").value());
  Connection right(gateway);
  CHECK_FALSE(right.login(ticket).comes_back_to.empty());
  REQUIRE(catalog::Users(*gateway.core->catalog).disable("anna"));
  Connection disabled(gateway);
  is_denied(disabled.login(ticket));
}

TEST_CASE("a session that somebody ended, or that came by a password, waits for nobody") {
  Gateway gateway;
  Connection left(gateway), ended(gateway), unclosed(gateway), late(gateway), password(gateway);
  const std::string of_left = pause_session(gateway, left);
  left.gone(0);
  const std::string of_ended = pause_session(gateway, ended);
  ended.broker.end_was_ordered();
  ended.gone(1);
  // A relay that lies about its journal would hide what follows.
  const std::string of_unclosed = rdp_ticket(gateway);
  REQUIRE(unclosed.login(of_unclosed).body["type"] == "admitted");
  unclosed.work();
  unclosed.gone(1);
  password.say({{"type", "authenticate"}, {"user", "anna@dc1"}, {"domain", ""}, {"password", kPassword}});
  password.work();
  password.pause();
  password.gone(1);
  for (Connection* connection : {&left, &ended, &unclosed, &password}) CHECK_FALSE(connection->broker.awaits_return());
  for (const std::string& ticket : {of_left, of_ended, of_unclosed}) {
    Connection again(gateway);
    is_denied(again.login(ticket));
  }
  for (const catalog::Recording& row : gateway.recordings()) CHECK(row.ended);
  for (const Connection* connection : {&ended, &password}) check_journals_ended(gateway, *connection);
}

TEST_CASE("a session to which nobody comes back is ended in its row and in its journal") {
  Gateway gateway;
  Connection first(gateway);
  const std::string ticket = pause_session(gateway, first);
  first.gone(1);
  first.broker.wait_for_return(kLater);
  CHECK(first.broker.awaits_return());
  first.broker.wait_for_return(kTooLate);
  CHECK_FALSE(first.broker.awaits_return());
  const catalog::Recording row = gateway.recordings().at(0);
  CHECK(row.ended == kTooLate);
  CHECK_FALSE(row.interrupted);
  CHECK(row.end_reason == "the connection broke, and the user did not come back");
  CHECK(catalog::Jobs(*gateway.core->catalog).find("redact", row.id));
  CHECK(gateway.core->sessions.count() == 0);
  check_journals_ended(gateway, first);
  Connection again(gateway);
  is_denied(again.login(ticket, kTooLate));
}

TEST_CASE("who comes back and never reaches the target wins no time") {
  Gateway gateway;
  Connection first(gateway);
  const std::string ticket = pause_session(gateway, first);
  first.gone(1);
  first.broker.resume("other");
  CHECK(first.broker.admitted());
  // Neither a login nor an approval is due again.
  first.gone(1, kLater);
  CHECK(first.broker.awaits_return());
  first.broker.resume("a third");
  CHECK(first.say({{"type", "justify"}, {"reason", "x"}, {"ticket", ""}, {"emergency", 1}}).end_relay);
  first.broker.relay_ended("killed by signal 9", 1, kLater);
  CHECK_FALSE(first.broker.awaits_return());
  CHECK(gateway.recordings().at(0).end_reason == "the relay died (killed by signal 9)");
}

TEST_CASE("a grace of nothing and a proof without TLS bring nobody back") {
  Gateway gateway;
  gateway.core->policy.replace(policy::Policy::parse(
      "rules: [{name: a, users: \"*\", targets: \"*\", allow: true, session: {reconnect_grace: 0}}]", "test").value());
  Connection first(gateway);
  const std::string ticket = pause_session(gateway, first);
  Connection second(gateway);
  is_denied(second.login(ticket));
  first.gone(1);
  CHECK_FALSE(first.broker.awaits_return());
  check_journals_ended(gateway, first);

  gateway.core->policy.replace(policy::Policy::parse(
      "rules: [{name: a, users: \"*\", targets: \"*\", allow: true, vnc_plaintext: allow}]", "test").value());
  const std::string overheard = ticket_for(gateway, "anna", "kiosk");
  const auto answer = [&](Connection& connection, int encrypted) {
    const auto challenge = message(connection.say({{"type", "vnc_challenge"}}).body).bytes("bytes", 16).value();
    const auto response = crypto::vnc_response(std::span<const std::byte, 16>(challenge.data(), 16), overheard);
    return connection.say({{"type", "vnc_response"}, {"bytes", storage::to_hex(response)}, {"encrypted", encrypted}});
  };
  Connection plain(gateway, kAddress, FrontKind::vnc);
  REQUIRE(answer(plain, 0).body["type"] == "admitted");
  plain.work();
  plain.pause();
  Connection thief(gateway, kAddress, FrontKind::vnc);
  is_denied(answer(thief, 1));
  plain.gone(1);
  CHECK_FALSE(plain.broker.awaits_return());
}

TEST_CASE("a journal that has ended, or whose last file is open, does not go on") {
  storage::TemporaryDirectory folder;
  const Secret key(std::vector<std::byte>(32, std::byte{3}));
  const auto write = [&](const char* name) {
    return storage::JournalWriter::create(storage::real_file_system(), folder.path() / name, "rec", key).value();
  };
  auto paused = write("paused"), ended = write("ended"), open = write("open");
  REQUIRE(paused.pause());
  REQUIRE(ended.finish());
  REQUIRE(open.append(storage::JournalEntryKind::event, {}, {}));
  REQUIRE(open.flush());
  CHECK(check_paused(folder.path() / "paused", "rec", key));
  CHECK_FALSE(check_paused(folder.path() / "paused", "other", key));
  CHECK_FALSE(check_paused(folder.path() / "ended", "rec", key));
  CHECK_FALSE(check_paused(folder.path() / "open", "rec", key));
  CHECK_FALSE(check_paused(folder.path() / "none", "rec", key));
  REQUIRE(end_paused(folder.path() / "paused", "rec", key, std::chrono::seconds(9), "over"));
  CHECK(next_journal_file(folder.path() / "paused") == 2);
  CHECK_FALSE(check_paused(folder.path() / "paused", "rec", key));
}

TEST_CASE("a client is heard as long as its end is open, and a broken line never") {
  const auto listening = listen_on({"127.0.0.1", 0});
  REQUIRE(listening);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(listening.value().port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Descriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(connect(client.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
  const Descriptor accepted(accept4(listening.value().socket.fd(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(accepted.valid());
  const ClientLine line(accepted.fd());
  CHECK(line.heard_within(std::chrono::minutes(1)));
  client.reset();
  CHECK_FALSE(line.heard_within(std::chrono::minutes(1)));
}
