// What serve looks after every few seconds, whether or not anybody asks.
#pragma once

#include <thread>

#include "codec/base/time.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// One look: views that are over get the rest of their entries in the audit log, and what is not as it should be is told.
void make_round(Core& core, UtcTime now);

// Makes rounds until destroyed.
class Rounds {
 public:
  explicit Rounds(Core& core);

 private:
  std::jthread thread_;
};

}  // namespace frostgate::serve
