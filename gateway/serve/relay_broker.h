// serve's side of the conversation with one relay. A relay handles hostile bytes and may have been taken over: it gets
// an answer only in the order admitted -> target opened, one guess each, and nothing that is not its own session's.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "gateway/ipc/channel.h"
#include "gateway/policy/grant.h"
#include "gateway/serve/core.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {

enum class FrontKind { rdp, vnc };
const char* to_string(FrontKind kind);

struct SessionOrigin {
  std::string id;
  FrontKind front = FrontKind::rdp;
  std::string peer_address;  // without the port
};

// Not thread-safe: one thread, that of the relay.
class RelayBroker {
 public:
  RelayBroker(Core& core, SessionOrigin origin) : core_(core), origin_(std::move(origin)) {}

  struct Reply {
    nlohmann::json body;                  // empty: no reply is due
    std::vector<Descriptor> descriptors;  // go with it
    bool end_relay = false;               // it broke the protocol: kill it
  };
  Reply handle(ipc::Message& message, UtcTime now);

  bool admitted() const { return grant_.has_value(); }
  bool recording() const { return recording_; }
  const SessionOrigin& origin() const { return origin_; }

  // The relay has gone. Closes the recording's row and queues its redaction.
  void relay_ended(const std::string& how, double cpu_seconds, UtcTime now);

 private:
  Reply authenticate(ipc::Message& message, UtcTime now);
  Reply check_ntlm(ipc::Message& message, UtcTime now);
  Reply challenge();
  Reply check_response(ipc::Message& message, UtcTime now);
  Reply admit(Result<access::Identity> identity);
  Reply open_target(UtcTime now);
  Reply journal_file(ipc::Message& message);
  Reply back_connected(ipc::Message& message);
  Reply back_failed(ipc::Message& message, UtcTime now);
  Reply broke_protocol(const std::string& what);
  Result<nlohmann::json> start_recording(const catalog::Target& target, UtcTime now);

  Core& core_;
  SessionOrigin origin_;
  bool guessed_ = false;
  bool encrypted_ = true;  // how the client's proof came; RDP knows nothing else
  std::optional<std::array<std::byte, 16>> challenge_;
  std::optional<policy::Grant> grant_;
  bool opened_ = false;
  bool recording_ = false;
  std::filesystem::path journal_directory_;  // when recording
  bool connected_ = false;  // or failed to
  std::string known_certificate_;  // the only one that the target may show; empty: any
  std::string end_reason_;
};

}  // namespace frostgate::serve
