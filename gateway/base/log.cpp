#include "gateway/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace frostgate::log {
namespace {

spdlog::level::level_enum spd_level(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// What a peer chose (names, reasons) may end up in a line: it must not be able to start a second one.
std::string one_line(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (const char c : text) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return clean;
}

}  // namespace

void start(std::string_view process, Level level) {
  auto logger = spdlog::stderr_logger_mt(std::string(process));
  logger->set_level(spd_level(level));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

void write(Level level, std::string_view session, std::string_view message) {
  spdlog::log(spd_level(level), "session={} {}", session.empty() ? "-" : session, one_line(message));
}

}  // namespace frostgate::log
