#include "gateway/relay/wakeup.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace frostgate::relay {

Wakeup::Wakeup() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) std::abort();
}

Wakeup::~Wakeup() { close(fd_); }

void Wakeup::raise() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then it is raised already.
  (void)!write(fd_, &one, sizeof one);
}

bool Wakeup::lower() {
  std::uint64_t count = 0;
  return read(fd_, &count, sizeof count) == sizeof count;
}

}  // namespace frostgate::relay
