// Whether the gateway works: for load balancers, Prometheus, and the portal.
#pragma once

#include <string>
#include <vector>

#include "codec/base/time.h"
#include "gateway/http/message.h"
#include "gateway/serve/core.h"

namespace frostgate::http {

struct Part {
  std::string name;
  bool ok = false;
  std::string detail;
  bool vital = true;  // nobody gets a session without it
};
// Looks at each part: now, where that is cheap; else as it was found at most 20 s ago (serve/rounds.h).
std::vector<Part> parts_of(serve::Core& core, UtcTime now);

// /healthz: this process answers.
Response alive();
// /readyz: 200 when every vital part works, else 503. {"ready", "checks": [{"name", "ok", "vital"}]}: what is wrong with a part is for those who sign in.
Response ready(serve::Core& core, UtcTime now);
// In Prometheus' text format. Names no user, target or recording.
std::string metrics_text(serve::Core& core, UtcTime now);

}  // namespace frostgate::http
