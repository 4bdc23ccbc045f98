// The sessions that run now, for those who limit and steer them. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/base/descriptor.h"

namespace frostgate::serve {

class SessionControl {
 public:
  // At most so many sessions at a time, 0: any number.
  struct Limits {
    int per_user = 0;
    int per_target = 0;
  };
  // Counts the session in. Error: denied, with a sentence for the user, when it is one too many.
  Result<void> enter(const std::string& id, const std::string& user, const std::string& target, Limits limits);
  void leave(const std::string& id);
  std::size_t count();

  // A message for the session's relay (ipc/FORMAT.md), which its thread takes within a moment. Error: not_found.
  Result<void> order(const std::string& id, nlohmann::json message);
  // Its user may look alone, and type again: an order too. Error: not_found.
  Result<void> lock_input(const std::string& id, bool locked);
  // As it was ordered last; false of one that does not run here.
  bool input_locked(const std::string& id);
  static nlohmann::json lock_order(bool locked);
  // The session's recording is paused, or to be, until then, or stopped (nullopt); and back. Error: `exists` when it is already, not_found.
  struct Pause {
    std::optional<UtcTime> until;
  };
  Result<void> pause(const std::string& id, Pause pause, nlohmann::json order);
  void recorded_again(const std::string& id);
  std::optional<Pause> paused(const std::string& id);
  // Somebody who is let in to look. `number` is given here: from 1, of this session.
  struct Guest {
    int number = 0;
    std::string user, web_session, request, approved_by;
    Descriptor client;
  };
  // For the session's thread to hand on within a moment. Error: not_found.
  Result<void> invite(const std::string& id, Guest guest);
  std::vector<Guest> take_guests(const std::string& id);
  // All of the user's are told why they end, and end. Their ids.
  std::vector<std::string> end_all_of(const std::string& user, const std::string& message);
  std::vector<nlohmann::json> take_orders(const std::string& id);

 private:
  struct Session {
    std::string user, target;
    std::vector<nlohmann::json> orders;
    bool input_locked = false;
    std::optional<Pause> paused{};
    std::vector<Guest> guests{};
    int invited = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;
};

}  // namespace frostgate::serve
