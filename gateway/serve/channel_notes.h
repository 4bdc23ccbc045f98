// What a relay says of the channels of its session, for the audit log: what it refused, and pictures and files that passed over the clipboard.
#pragma once

#include <set>
#include <string>

#include "gateway/ipc/channel.h"
#include "gateway/policy/grant.h"
#include "gateway/serve/core.h"
#include "gateway/serve/relay_reply.h"

namespace frostgate::serve {

class ChannelNotes {  // one thread, that of the relay
 public:
  explicit ChannelNotes(Core& core) : core_(core) {}

  // Errors: corrupt, and the relay is not to be trusted.
  Result<RelayReply> refused(const ipc::Message& message, const std::string& session, const std::string& user, UtcTime now);
  // `terms` are the session's; none: it has no target yet.
  Result<RelayReply> copied(const ipc::Message& message, const policy::SessionTerms* terms, const std::string& session, const std::string& user, UtcTime now);

 private:
  Core& core_;
  std::set<std::string> refused_;  // noted
  UtcTime copied_from_{};
  int copied_ = 0;  // since then
};

}  // namespace frostgate::serve
