// The guests of one session, who joined it by an approval: they are shown out when it is revoked, and with their sign-in or role.
#pragma once

#include <map>
#include <optional>

#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "gateway/serve/pause_watch.h"
#include "gateway/serve/relay_reply.h"

namespace frostgate::serve {

// Not thread-safe: one thread, that of the relay.
class GuestWatch {
 public:
  explicit GuestWatch(Core& core) : core_(core) {}

  // What invites it to the relay, which is about to go there.
  RelayReply invitation(SessionControl::Guest guest);
  // The same while there is no relay: it hears nothing, and its connection ends.
  void turned_away(const std::string& session, const SessionControl::Guest& guest, UtcTime now);
  // The relay's word (message `guest_left`). The error says what the relay did that it may not: it is to be ended.
  Result<RelayReply> relay_says(const std::string& session, const ipc::Message& message, UtcTime now);
  // Who is to be shown out: nobody, mostly.
  RelayReply due(const PauseWatch::Session& session, UtcTime now);
  // It has gone, and everybody with it.
  void relay_ended(const std::string& session, UtcTime now);

 private:
  struct Guest {
    std::string user, web_session, request;
    std::string shown_out{};  // and why
  };
  std::string why_not(const PauseWatch::Session& session, const Guest& guest, UtcTime now) const;
  void left(const std::string& session, const Guest& guest, const std::string& why, UtcTime now);

  Core& core_;
  std::map<int, Guest> guests_;
  std::optional<UtcTime> looked_;
};

}  // namespace frostgate::serve
