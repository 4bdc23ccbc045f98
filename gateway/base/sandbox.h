// What a process gives up before it touches a hostile byte.
#pragma once

#include "codec/base/result.h"

namespace frostgate {

// For the whole process, threads to come included; call before the first one starts. From then on the process cannot
// open or use a socket to anybody (those it was given work on), run a program, make a process, see, signal or trace another,
// type into its terminal, gain privileges, leave a core file, or use more than 4 GiB of memory.
Result<void> give_up_powers();

// give_up_powers(), and started as root it becomes a user that nobody else is.
Result<void> enter_sandbox();

// From then on no path can be opened, made, renamed, changed or removed: what the process reads and writes are the
// descriptors that it has or is handed. Call after enter_sandbox(), when the libraries have read what they need.
Result<void> leave_file_system();

}  // namespace frostgate
