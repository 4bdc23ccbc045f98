#include "gateway/alerts/settings.h"

namespace frostgate::alerts {

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::critical: return "critical";
  }
  return "unknown";
}

const char* to_string(Sink::Type type) {
  switch (type) {
    case Sink::Type::webhook: return "webhook";
    case Sink::Type::syslog: return "syslog";
    case Sink::Type::email: return "email";
    case Sink::Type::command: return "command";
  }
  return "unknown";
}

}  // namespace frostgate::alerts
