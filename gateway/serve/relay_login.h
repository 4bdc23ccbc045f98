// What a relay brings to prove who its user is: a password or a ticket, NLA, a VNC response, or that a browser's door has let somebody in. One guess each; three
// when the gateway itself asks for the password.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/access/access.h"
#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "gateway/serve/relay_reply.h"
#include "gateway/serve/session_origin.h"

namespace frostgate::serve {

// Not thread-safe: one thread, that of the relay. The errors say what the relay did that it may not: it is to be ended.
class RelayLogin {
 public:
  struct Proof {
    Result<access::Identity> identity;      // an error: nobody is let in
    std::optional<Secret> ntlm_hash{};      // for the relay to finish NLA with, once the policy lets the user in
  };

  static bool brings_proof(const std::string& type) { return type == "authenticate" || type == "ntlm" || type == "vnc_response" || type == "enter"; }
  // Of a message of these types. May ask a directory: blocks for as long as that does.
  Result<Proof> prove(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now);
  Result<RelayReply> challenge(const SessionOrigin& origin);
  // The user is about to type a password on a screen of ours.
  Result<RelayReply> ask_on_screen(const SessionOrigin& origin);

  bool asks_on_screen() const { return asks_on_screen_; }
  bool encrypted() const { return encrypted_; }  // how the proof came; RDP knows nothing else

 private:
  Result<Proof> by_password(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now);
  Result<Proof> by_ntlm(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now);
  Result<Proof> by_response(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now);

  int guesses_left_ = 1;
  bool asks_on_screen_ = false, encrypted_ = true;
  std::optional<std::array<std::byte, 16>> challenge_;
};

}  // namespace frostgate::serve
