// Times as text, in UTC.
#pragma once

#include <chrono>
#include <ctime>
#include <string>

#include "codec/base/time.h"

namespace frostgate {

// `format` as for strftime, for at most 63 characters; seconds are cut off, not rounded.
inline std::string utc_text(UtcTime time, const char* format) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  return std::string(text, std::strftime(text, sizeof text, format, &parts));
}

}  // namespace frostgate
