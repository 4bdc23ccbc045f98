#include "storage/manifest/times.h"

#include <chrono>
#include <cstdio>

namespace frostgate::storage {

std::string utc_text(UtcTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text;
}

std::optional<UtcTime> utc_from_text(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%6dZ", &year, &month, &day, &hour, &minute, &second, &micros) != 7) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const UtcTime time = UtcTime(std::chrono::sys_days(date).time_since_epoch()) + std::chrono::hours(hour) +
                       std::chrono::minutes(minute) + std::chrono::seconds(second) + Microseconds(micros);
  // Signs, blanks and hours beyond the day parse as well, but are not what utc_text writes.
  if (utc_text(time) != text) return std::nullopt;
  return time;
}

}  // namespace frostgate::storage
