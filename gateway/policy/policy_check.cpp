#include "gateway/policy/policy_check.h"

#include <algorithm>

#include "gateway/policy/pattern.h"

namespace frostgate::policy {
namespace {

constexpr auto kReminder = std::chrono::days(30);

// Patterns match patterns as they match text: a "*" of the narrow one is matched by a "*" only.
bool all_matched(const std::vector<std::string>& wide, const std::vector<std::string>& narrow) {
  return std::all_of(narrow.begin(), narrow.end(), [&](const std::string& pattern) { return any_matches(wide, pattern); });
}

// Where empty means anything.
bool restricts_less(const std::vector<std::string>& wide, const std::vector<std::string>& narrow) {
  return wide.empty() || (!narrow.empty() && all_matched(wide, narrow));
}

bool same_hours(const Hours& a, const Hours& b) { return a.days == b.days && a.from == b.from && a.to == b.to && a.zone_name == b.zone_name; }

bool hours_cover(const Rule& wide, const Rule& narrow) {
  if (wide.hours.empty()) return true;
  return !narrow.hours.empty() && std::all_of(narrow.hours.begin(), narrow.hours.end(), [&](const Hours& one) {
    return std::any_of(wide.hours.begin(), wide.hours.end(), [&](const Hours& other) { return same_hours(one, other); });
  });
}

bool networks_cover(const Rule& wide, const Rule& narrow) {
  if (wide.networks.empty()) return true;
  return !narrow.networks.empty() && std::all_of(narrow.networks.begin(), narrow.networks.end(), [&](const Network& one) {
    return std::any_of(wide.networks.begin(), wide.networks.end(), [&](const Network& other) { return other.contains(one); });
  });
}

bool tags_cover(const Rule& wide, const Rule& narrow) {
  return std::all_of(wide.tags.begin(), wide.tags.end(), [&](const auto& tag) {
    const auto other = narrow.tags.find(tag.first);
    return other != narrow.tags.end() && matches(tag.second, other->second);
  });
}

// Of two patterns only the same one is known to match the same.
bool tickets_cover(const Rule& wide, const Rule& narrow) {
  if (wide.tickets.empty()) return true;
  return !narrow.tickets.empty() && std::all_of(narrow.tickets.begin(), narrow.tickets.end(), [&](const TicketNumbers& one) {
    return std::any_of(wide.tickets.begin(), wide.tickets.end(), [&](const TicketNumbers& other) { return other.text() == one.text(); });
  });
}

}  // namespace

std::vector<Condition> uncovered(const Rule& wide, const Rule& narrow) {
  std::vector<Condition> out;
  const auto look = [&](Condition condition, bool covered) {
    if (!covered) out.push_back(condition);
  };
  look(Condition::users, all_matched(wide.users, narrow.users));
  look(Condition::targets, all_matched(wide.targets, narrow.targets));
  look(Condition::groups, restricts_less(wide.groups, narrow.groups));
  look(Condition::roles, restricts_less(wide.roles, narrow.roles));
  look(Condition::tags, tags_cover(wide, narrow));
  look(Condition::protocols, restricts_less(wide.protocols, narrow.protocols));
  look(Condition::hours, hours_cover(wide, narrow));
  look(Condition::networks, networks_cover(wide, narrow));
  look(Condition::tickets, tickets_cover(wide, narrow));
  return out;
}

bool covers(const Rule& wide, const Rule& narrow) { return uncovered(wide, narrow).empty(); }

std::vector<std::string> warnings(const Policy& policy, UtcTime now) {
  std::vector<std::string> out;
  const std::vector<Rule>& rules = policy.rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string where = rules[i].file + ":" + std::to_string(rules[i].line) + ": ";
    const auto earlier = std::find_if(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(i), [&](const Rule& one) { return covers(one, rules[i]); });
    if (earlier != rules.begin() + static_cast<std::ptrdiff_t>(i)) {
      out.push_back(where + "the rule \"" + rules[i].name + "\" can never match: \"" + earlier->name + "\" (" + earlier->file + ":" +
                    std::to_string(earlier->line) + ") comes first and matches all that it matches");
    }
  }
  for (const Review& review : policy.reviews()) {
    const std::string where = review.file + ":" + std::to_string(review.line) + ": ";
    if (now >= review.by) out.push_back(where + review.what + " should have been reviewed by " + review.date);
    else if (now >= review.by - kReminder) out.push_back(where + review.what + " is to be reviewed by " + review.date);
  }
  return out;
}

}  // namespace frostgate::policy
