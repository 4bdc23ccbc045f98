// A program of the administrator's that is told of alerts.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/alerts/delivery.h"

namespace frostgate::alerts {

// Starts it without a shell, with our environment and nothing of our descriptors, gives it the text on standard input, and waits; one that
// outlasts the patience is killed. Anything but exit status 0 is an error.
Result<void> run_command(const std::vector<std::string>& command, const std::string& text, const Patience& patience);

}  // namespace frostgate::alerts
