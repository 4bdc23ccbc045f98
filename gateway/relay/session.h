// `frostgate relay`: one session. Started by serve with a channel as descriptor 3, never by a person.
#pragma once

namespace frostgate::relay {

// Returns the process's exit status.
int run(int channel);

}  // namespace frostgate::relay
