#include "gateway/policy/review_date.h"

#include <cstdio>

namespace frostgate::policy {

Result<UtcTime> moment(const std::string& text) {
  const std::string plain = text.ends_with('Z') ? text.substr(0, text.size() - 1) : text;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, read = 0;
  const auto all_read = [&] { return static_cast<std::size_t>(read) == plain.size(); };
  bool good = std::sscanf(plain.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &read) == 3;
  if (good && !all_read()) good = std::sscanf(plain.c_str(), "%*d-%*d-%*dT%2d:%2d%n", &hour, &minute, &read) == 2;
  if (good && !all_read()) good = std::sscanf(plain.c_str(), "%*d-%*d-%*dT%*d:%*d:%2d%n", &second, &read) == 1;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day))};
  const auto within = [](int value, int most) { return value >= 0 && value <= most; };
  if (!good || !all_read() || !date.ok() || !within(hour, 23) || !within(minute, 59) || !within(second, 59))
    return Error{ErrorKind::invalid, "is \"" + text + "\"; expected a day such as 2027-01-31, or a time such as 2027-01-31T18:00"};
  return UtcTime(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second));
}

void read_review(config::MappingReader& in, const std::string& what, const std::string& file, std::vector<Review>& reviews) {
  const std::string date = in.text("review_by", "");
  if (date.empty()) return;
  const Result<UtcTime> by = moment(date);
  if (!by) return in.problem("review_by", by.error().message);
  reviews.push_back({what, file, in.line(), date, by.value()});
}

}  // namespace frostgate::policy
