// What serve asks the directory by itself, whether or not anybody signs in.
#pragma once

#include <thread>

#include "codec/base/time.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// What the directory says now of its users who were here: their groups are renewed, and whoever it does not let in any more counts as disabled, with the
// running sessions ended. Other groups end no session: those who are in had the right when they began. Changes nothing while no server answers.
void refresh_directory_users(Core& core, UtcTime now);

// Where no directory is configured any more: nobody vouches for its users, so none is let in until one does again.
void refuse_directory_users(Core& core, UtcTime now);

// Refreshes them every directory.refresh_minutes, and looks every minute whether the servers answer; on a thread of its own, which a server that hangs holds up alone. Until
// destroyed; `core` has a directory.
class DirectoryWatch {
 public:
  explicit DirectoryWatch(Core& core);

 private:
  std::jthread thread_;
};

}  // namespace frostgate::serve
