// What serve asks the identity providers by itself, whether or not anybody signs in.
#pragma once

#include <thread>

#include "codec/base/time.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// Whom a provider has not vouched for within its trust_hours counts as disabled until the next sign-in, since nobody else says whether they are still
// let in there: no ticket and no token works. The same for all of a provider that is configured no more. Sessions that run go on.
void end_stale_trust(Core& core, UtcTime now);

// Does so every minute, and looks whether the providers answer; on a thread of its own, which one that hangs holds up alone. Until destroyed.
class ProviderWatch {
 public:
  explicit ProviderWatch(Core& core);

 private:
  std::jthread thread_;
};

}  // namespace frostgate::serve
