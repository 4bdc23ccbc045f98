// What a relay says of the channels of its session, for the audit log: what it refused, pictures and files that passed over the clipboard, and what was done with
// the user's devices. What of it were bytes is summed.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "gateway/ipc/channel.h"
#include "gateway/policy/grant.h"
#include "gateway/serve/core.h"
#include "gateway/serve/device_notes.h"
#include "gateway/serve/relay_reply.h"

namespace frostgate::serve {

class ChannelNotes {  // one thread, that of the relay
 public:
  // Whose relay it is.
  struct Session {
    const std::string &id, &user;
    const std::string& protocol;  // of its target
    const policy::SessionTerms* terms = nullptr;  // null: it has no target yet
  };
  explicit ChannelNotes(Core& core) : core_(core) {}

  // Errors: corrupt, and the relay is not to be trusted.
  Result<RelayReply> refused(const ipc::Message& message, const Session& session, UtcTime now);
  Result<RelayReply> copied(const ipc::Message& message, const Session& session, UtcTime now);
  Result<RelayReply> device(const ipc::Message& message, const Session& session, UtcTime now);

  // Of pictures and files, over the clipboard and devices, both ways; as far as the relays told, which while a recording is paused tell of no clipboard.
  std::int64_t file_bytes() const { return file_bytes_; }

 private:
  void sum(std::int64_t bytes);

  Core& core_;
  std::set<std::string> refused_;  // noted
  UtcTime copied_from_{};
  int copied_ = 0;  // since then
  DeviceNotes devices_;
  std::int64_t file_bytes_ = 0;
};

}  // namespace frostgate::serve
