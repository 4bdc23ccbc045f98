// A relay that says what it likes to serve's broker.
#pragma once

#include "gateway/serve/relay_broker.h"
#include "storage/crypto/hex.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

namespace frostgate::serve {

using Reply = RelayBroker::Reply;

// What a relay is told whose user may have `target`, with no redirection of devices or sound.
inline nlohmann::json admitted(const std::string& user, const std::string& target) {
  return {{"type", "admitted"}, {"user", user}, {"target", target}, {"drives", 0}, {"printers", 0}, {"ports", 0}, {"smartcards", 0}, {"sound", 0}};
}

class Relay {
 public:
  explicit Relay(Gateway& gateway, FrontKind front = FrontKind::rdp, const std::string& address = "192.0.2.7",
                 std::string id = "")
      : gateway_(gateway), id_(id.empty() ? new_session_id(kNow).value() : std::move(id)),
        broker(*gateway.core, {id_, front, address}) {}

  // Of a browser, with what its door has let pass.
  Relay(Gateway& gateway, BrowserVisit visit)
      : gateway_(gateway), id_(new_session_id(kNow).value()), broker(*gateway.core, {id_, FrontKind::browser, visit.peer_address, visit}) {}

  Reply say(nlohmann::json body, UtcTime now = kNow) {
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
    CHECK(last.body == nlohmann::json{{"type", "denied"}});
    is_not_let_in(last);
  }

 private:
  Gateway& gateway_;
  const std::string id_;

 public:
  RelayBroker broker;
};

}  // namespace frostgate::serve
