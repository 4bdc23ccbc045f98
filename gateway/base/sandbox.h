// What relays and workers give up before they touch a hostile byte.
#pragma once

#include "codec/base/result.h"

namespace frostgate {

// For the whole process, threads to come included; call before the first one starts. From then on the process cannot
// open a socket to any network, run a program, trace another process, gain privileges, or leave a core file.
Result<void> enter_sandbox();

}  // namespace frostgate
