#include "gateway/redact/detector_json.h"

namespace frostgate::redact {

using nlohmann::json;

json to_json(const redaction::DetectorSettings& settings) {
  json custom = json::array();
  for (const redaction::CustomDetector& rule : settings.custom)
    custom.push_back({{"name", rule.name}, {"pattern", rule.pattern}, {"context", rule.context}});
  return {{"profile", redaction::to_string(settings.profile)},
          {"enabled", settings.enabled},
          {"disabled", settings.disabled},
          {"labels", settings.extra_labels},
          {"harmless", settings.harmless},
          {"custom", std::move(custom)}};
}

Result<redaction::DetectorSettings> detector_settings(const json& from) {
  redaction::DetectorSettings out;
  try {
    out.profile = TRY(redaction::profile_named(from.at("profile").get<std::string>()));
    from.at("enabled").get_to(out.enabled);
    from.at("disabled").get_to(out.disabled);
    from.at("labels").get_to(out.extra_labels);
    from.at("harmless").get_to(out.harmless);
    for (const json& rule : from.at("custom"))
      out.custom.push_back({rule.at("name").get<std::string>(), rule.at("pattern").get<std::string>(), rule.at("context").get<std::string>()});
  } catch (const json::exception&) {
    return Error{ErrorKind::invalid, "the detectors' settings are not as gateway/ipc/FORMAT.md says"};
  }
  return out;
}

}  // namespace frostgate::redact
