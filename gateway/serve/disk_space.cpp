#include "gateway/serve/disk_space.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "gateway/base/descriptor.h"
#include "gateway/base/log.h"

namespace frostgate::serve {

namespace {

constexpr std::int64_t kMostBallast = std::int64_t{32} << 20;

std::int64_t ballast_of(const config::Config& config) { return std::min(config.disk_reserve / 8, kMostBallast); }
std::filesystem::path ballast_file(const config::Config& config) { return config.data_dir / "ballast"; }

Result<void> room_of(const config::Config& config, std::int64_t wanted) {
  struct statvfs space {};
  if (statvfs(config.data_dir.c_str(), &space) != 0) {
    return Error{ErrorKind::io, "cannot see how much is free in " + config.data_dir.string() + ": " + strerror(errno)};
  }
  const auto free = static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
  if (free >= wanted) return {};
  return Error{ErrorKind::no_space, config.data_dir.string() + " is nearly full: " + std::to_string(free >> 20) + " MiB are free, and " +
                                        std::to_string(config.disk_reserve >> 20) + " MiB are kept for the sessions that run"};
}

}  // namespace

Result<void> room_for_a_session(const config::Config& config) { return room_of(config, config.disk_reserve); }

Result<void> room_beside_sessions(const config::Config& config, std::size_t sessions) { return room_of(config, sessions == 0 ? ballast_of(config) : config.disk_reserve); }

void keep_ballast(const config::Config& config) {
  const std::int64_t size = ballast_of(config);
  if (size == 0 || !room_of(config, config.disk_reserve + size)) return;
  const Descriptor file(open(ballast_file(config).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.valid() && posix_fallocate(file.fd(), 0, size) != 0) spend_ballast(config);
}

bool spend_ballast(const config::Config& config) {
  if (unlink(ballast_file(config).c_str()) != 0) return false;
  log::warning("-", "the disk of {} is full: the ballast was spent for what has to be written down", config.data_dir.string());
  return true;
}

}  // namespace frostgate::serve
