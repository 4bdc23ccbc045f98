// A relay process that is started before its client comes: its libraries take longer to load than a client to log in.
#pragma once

#include <mutex>
#include <optional>

#include "gateway/base/descriptor.h"
#include "gateway/base/process.h"

namespace frostgate::serve {

struct StartedRelay {
  ChildProcess process;
  Descriptor channel;  // our end
};

// Keeps at most one. A spare has been told nothing yet: it is a process of its own with its own random addresses, in its sandbox.
// Ends with this object. Thread-safe.
class SpareRelay {
 public:
  // The spare, or one started now when there is none or it has died.
  Result<StartedRelay> take();
  // Starts the next when there is none. Cheap to call; a failure is left to take(), which tells.
  void refill();

 private:
  std::mutex mutex_;
  std::optional<StartedRelay> spare_;
};

}  // namespace frostgate::serve
