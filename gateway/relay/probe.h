// A relay's other work: one try of a target, as a session makes it, for an administrator who wants to know whether it can be used.
#pragma once

#include "gateway/relay/serve_link.h"

namespace frostgate::relay {

// Takes serve's `probe`, connects and signs in once, at most 10 s long, leaves again, and answers `probed`. Returns the process's exit status.
int probe(ServeLink& link, ipc::Message message);

}  // namespace frostgate::relay
