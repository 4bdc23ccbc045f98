#include "gateway/export/time_point.h"

#include <chrono>
#include <optional>
#include <regex>

#include "storage/manifest/times.h"

namespace frostgate::exporting {
namespace {

// Digits after the point, up to microseconds.
Microseconds fraction_of(std::string digits) {
  digits.resize(6, '0');
  return Microseconds(std::stoll(digits));
}

std::optional<Microseconds> offset_of(const std::string& text) {
  static const std::regex form(R"((?:(\d{1,4}):)?(?:(\d{1,5}):)?(\d{1,7})(?:\.(\d{1,6}))?)");
  std::smatch found;
  if (!std::regex_match(text, found, form)) return std::nullopt;
  // With one colon the first number is minutes.
  const auto number = [&](int group) { return found[group].matched ? std::stoll(found[group].str()) : 0; };
  const bool hours = found[2].matched;
  const long long minutes = hours ? number(2) : number(1);
  if ((found[1].matched && number(3) > 59) || (hours && minutes > 59)) return std::nullopt;
  return std::chrono::hours(hours ? number(1) : 0) + std::chrono::minutes(minutes) + std::chrono::seconds(number(3)) +
         (found[4].matched ? fraction_of(found[4].str()) : Microseconds(0));
}

std::optional<UtcTime> moment_of(const std::string& text) {
  static const std::regex form(R"((\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z)");
  std::smatch found;
  if (!std::regex_match(text, found, form)) return std::nullopt;
  const auto number = [&](int group) { return std::stoi(found[group].str()); };
  const std::chrono::year_month_day day{std::chrono::year(number(1)), std::chrono::month(static_cast<unsigned>(number(2))),
                                        std::chrono::day(static_cast<unsigned>(number(3)))};
  if (!day.ok() || number(4) > 23 || number(5) > 59 || number(6) > 59) return std::nullopt;
  return UtcTime(std::chrono::sys_days(day).time_since_epoch()) + std::chrono::hours(number(4)) + std::chrono::minutes(number(5)) +
         std::chrono::seconds(number(6)) + (found[7].matched ? fraction_of(found[7].str()) : Microseconds(0));
}

}  // namespace

Result<SessionTime> time_in_recording(const std::string& text, UtcTime started) {
  if (const auto offset = offset_of(text)) return *offset;
  if (const auto moment = moment_of(text)) {
    if (*moment >= started) return *moment - started;
    return Error{ErrorKind::invalid, "\"" + text + "\" is before the recording began, at " + storage::utc_text(started)};
  }
  return Error{ErrorKind::invalid, "\"" + text + "\" is no time: give an offset such as 90, 1:30 or 1:02:03.5, or UTC such as 2026-01-31T23:59:59Z"};
}

}  // namespace frostgate::exporting
