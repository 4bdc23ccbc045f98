// `frostgate serve`: listeners, relays, redaction workers, administration.
#pragma once

#include "gateway/config/config.h"

namespace frostgate::serve {

// Until SIGTERM or SIGINT. Returns the process's exit status.
int run(config::Config config);

}  // namespace frostgate::serve
