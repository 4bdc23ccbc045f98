// The program's log: one line an event on standard error, each naming the session it belongs to ("-": none).
// Messages never carry a secret. Thread-safe.
#pragma once

#include <string_view>

#include <fmt/format.h>

namespace frostgate::log {

enum class Level { debug, info, warning, error };

// Once, before the first line, from main. `process` is the role that each line starts with: serve, relay, redact.
void start(std::string_view process, Level level);
void write(Level level, std::string_view session, std::string_view message);

template <class... Args>
void debug(std::string_view session, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::debug, session, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view session, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::info, session, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(std::string_view session, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::warning, session, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view session, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, session, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace frostgate::log
