// The pauses of one session's recording, and its stop: whether its relay does as it was told, and that it is recorded again in time. Whatever goes wrong, it is recorded: a
// pause is in this memory alone, and its relay ends with it. What a serve that died has left is settled when the next starts.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "gateway/serve/relay_reply.h"

namespace frostgate::serve {

// Not thread-safe: one thread, that of the relay. The errors say what the relay did that it may not: it is to be ended.
class PauseWatch {
 public:
  explicit PauseWatch(Core& core) : core_(core) {}

  struct Session {
    std::string id, user, target;
    std::map<std::string, std::string> tags;
  };
  // The order to pause or to stop is about to go to the relay, or cannot, for it has gone.
  void begin(const nlohmann::json& order, Session session, UtcTime now);
  void cannot_begin(const nlohmann::json& order, Session session, UtcTime now);
  // The order to record again is about to go.
  void end_by(const std::string& why, UtcTime now);
  // The relay's word (message `recording`).
  Result<RelayReply> relay_says(const ipc::Message& message, UtcTime now);
  // What the relay is told when it is time: nothing, mostly.
  Result<RelayReply> due(UtcTime now);
  // It has gone. What was stopped stays so.
  void relay_ended(UtcTime now);
  bool stopped() const { return pause_ && !pause_->until; }

 private:
  struct Pause {
    Session session;
    std::string request, approved_by;
    UtcTime since;
    std::optional<UtcTime> until{};   // nullopt: it was stopped
    bool confirmed = false;           // by the relay
    std::optional<UtcTime> looked{};  // at the approval
    std::optional<UtcTime> ending{};  // the relay was told to record again
    std::string why{};
  };
  void give_back(UtcTime now);
  void over(const std::string& why, UtcTime now);

  Core& core_;
  std::optional<Pause> pause_;
};

}  // namespace frostgate::serve
