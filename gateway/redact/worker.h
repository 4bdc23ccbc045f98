// `frostgate redact-worker`: one recording. Started by serve with a channel as descriptor 3, never by a person. It has
// the keys and known secrets of that recording, no catalog, no KEK, no network.
#pragma once

namespace frostgate::redact {

// Returns the process's exit status.
int run_worker(int channel);

}  // namespace frostgate::redact
