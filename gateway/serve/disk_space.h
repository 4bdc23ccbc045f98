// Whether there is room on disk for another session.
#pragma once

#include <cstddef>

#include "codec/base/result.h"
#include "gateway/config/config.h"

namespace frostgate::serve {

// `no_space`, with how much is free, when less than the configured reserve is.
Result<void> room_for_a_session(const config::Config& config);

// Whether there is room for what can wait, films and exports, beside so many sessions that run: `no_space` while they do and less than the reserve is free, whose rest is
// theirs, or while the disk is as good as full.
Result<void> room_beside_sessions(const config::Config& config, std::size_t sessions);

// Ballast: a file in data_dir, a part of the reserve, whose room is given back on a full disk, so that the end of what could not be recorded any more, and the alert of it, can be
// written down. Made while the whole reserve is free.
void keep_ballast(const config::Config& config);
// Whether there was any.
bool spend_ballast(const config::Config& config);

// What `write` gives, or, where the disk is full, gives once the ballast is spent.
template <class Write>
auto write_with_ballast(const config::Config& config, Write write) {
  auto done = write();
  if (!done && done.error().kind == ErrorKind::no_space && spend_ballast(config)) return write();
  return done;
}

}  // namespace frostgate::serve
