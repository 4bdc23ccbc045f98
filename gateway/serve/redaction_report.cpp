#include "gateway/serve/redaction_report.h"

#include <nlohmann/json.hpp>

namespace frostgate::serve {

std::string shortcoming(const nlohmann::json& redaction, bool interrupted) {
  const auto journal = redaction.find("journal");
  if (journal == redaction.end() || !journal->is_object()) return "the worker did not say whether the journal was whole";
  const auto damage = journal->find("damage"), complete = journal->find("complete");
  if (damage != journal->end() && damage->is_string() && !damage->get_ref<const std::string&>().empty()) {
    return "the journal is damaged (" + damage->get<std::string>() + ")";
  }
  // A session that was cut off has no proper end. One that ended well had.
  const bool whole = complete != journal->end() && complete->is_boolean() && complete->get<bool>();
  return whole || interrupted ? "" : "the journal ends before the session did";
}

std::map<std::string, std::int64_t> masks_of(const nlohmann::json& redaction) {
  std::map<std::string, std::int64_t> out;
  const auto rules = redaction.find("masks_by_rule");
  if (rules == redaction.end() || !rules->is_object()) return out;
  for (const auto& [rule, count] : rules->items()) {
    if (count.is_number_unsigned()) out[rule] = count.get<std::int64_t>();
  }
  return out;
}

std::vector<std::string> motion_in(const nlohmann::json& redaction) {
  std::vector<std::string> ways;
  const auto areas = redaction.find("area_time_pixel_seconds");
  if (areas == redaction.end() || !areas->is_object()) return ways;
  const auto some = [&](const char* name) {
    const auto area = areas->find(name);
    return area != areas->end() && area->is_number() && area->get<double>() > 0;
  };
  if (some("held")) ways.emplace_back("motion_held");
  if (some("moving")) ways.emplace_back("motion_covered");
  return ways;
}

}  // namespace frostgate::serve
