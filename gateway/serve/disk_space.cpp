#include "gateway/serve/disk_space.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include <cstdint>

namespace frostgate::serve {

Result<void> room_for_a_session(const config::Config& config) {
  struct statvfs space {};
  if (statvfs(config.data_dir.c_str(), &space) != 0) {
    return Error{ErrorKind::io, "cannot see how much is free in " + config.data_dir.string() + ": " + strerror(errno)};
  }
  const auto free = static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
  if (free >= config.disk_reserve) return {};
  return Error{ErrorKind::no_space, config.data_dir.string() + " is nearly full: " + std::to_string(free >> 20) + " MiB are free, and " +
                                        std::to_string(config.disk_reserve >> 20) + " MiB are kept for the sessions that run"};
}

Result<void> room_beside_sessions(const config::Config& config, std::size_t sessions) { return sessions == 0 ? Result<void>() : room_for_a_session(config); }

}  // namespace frostgate::serve
