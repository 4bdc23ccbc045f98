// Brings one alert to one sink. Blocks.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/alerts/settings.h"
#include "storage/catalog/alerts.h"

namespace frostgate::alerts {

// How long a delivery may take: `most`, and at a stop a second more.
struct Patience {
  std::chrono::seconds most{10};
  std::stop_token stop;
};

// Success: the sink has taken it (webhook: an answer 2xx; syslog over UDP: it was sent; over TCP: the network has it). Errors say what the
// sink said, never a secret.
Result<void> deliver(const Sink& sink, const catalog::Alert& alert, const std::string& node, UtcTime now, const Patience& patience);

// Before the first delivery, while there is one thread.
void prepare_deliveries();

}  // namespace frostgate::alerts
