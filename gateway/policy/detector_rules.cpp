#include "gateway/policy/detector_rules.h"

namespace frostgate::policy {
namespace {

// All of it travels to the worker in one message (gateway/ipc/FORMAT.md).
constexpr std::size_t kMaxCustom = 100;
constexpr std::size_t kMaxPatternBytes = 1000;
constexpr std::size_t kMaxWords = 2000;
constexpr std::size_t kMaxWordBytes = 100;

std::vector<std::string> read_words(config::MappingReader& in, const char* key) {
  std::vector<std::string> words = in.texts(key, {});
  if (words.size() > kMaxWords) in.problem(key, "has more than " + std::to_string(kMaxWords) + " entries");
  for (const std::string& word : words) {
    if (word.size() > kMaxWordBytes || word.find_first_not_of(' ') == std::string::npos)
      in.problem(key, "has \"" + word.substr(0, kMaxWordBytes) + "\"; expected 1 to " + std::to_string(kMaxWordBytes) + " bytes each");
  }
  return words;
}

// Adds to `valid` what RE2 accepts.
redaction::CustomDetector read_custom(config::MappingReader& in, std::vector<redaction::CustomDetector>& valid) {
  redaction::CustomDetector custom;
  custom.name = in.required_text("name").value_or("?");
  custom.pattern = in.required_text("pattern").value_or("?");
  custom.context = in.text("context", "");
  const bool plain = custom.name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-?") == std::string::npos;
  if (!plain || custom.name.size() > kMaxWordBytes) in.problem("name", "is \"" + custom.name + "\"; expected letters, digits, - and _");
  if (custom.pattern.size() > kMaxPatternBytes || custom.context.size() > kMaxPatternBytes)
    in.problem("pattern", "or \"context\" is longer than " + std::to_string(kMaxPatternBytes) + " bytes");
  redaction::DetectorSettings alone;
  alone.custom.push_back(custom);
  const auto made = redaction::Detectors::make(alone);
  if (made) valid.push_back(custom);
  else in.problem("pattern", "is refused: " + made.error().message);
  return custom;
}

// Names of rules can only be checked together with the custom ones.
void check_names(config::MappingReader& in, const char* key, const std::vector<std::string>& names,
                 const std::vector<redaction::CustomDetector>& custom) {
  if (names.empty()) return;
  redaction::DetectorSettings settings;
  settings.custom = custom;
  settings.enabled = names;
  if (const auto made = redaction::Detectors::make(settings); !made) in.problem(key, "is refused: " + made.error().message);
}

}  // namespace

redaction::DetectorSettings read_detector_rules(config::MappingReader& rule) {
  redaction::DetectorSettings out;
  const std::string profile = rule.choice("profile", "balanced", {"balanced", "strict"});
  if (profile == "strict") out.profile = redaction::Profile::strict;
  rule.mapping("detectors", [&](config::MappingReader& in) {
    std::vector<redaction::CustomDetector> valid;
    in.each("custom", [&](config::MappingReader& entry) { out.custom.push_back(read_custom(entry, valid)); });
    if (out.custom.size() > kMaxCustom) in.problem("custom", "has more than " + std::to_string(kMaxCustom) + " entries");
    out.enabled = read_words(in, "enabled");
    out.disabled = read_words(in, "disabled");
    out.extra_labels = read_words(in, "labels");
    out.harmless = read_words(in, "harmless");
    check_names(in, "enabled", out.enabled, valid);
    check_names(in, "disabled", out.disabled, valid);
  });
  return out;
}

}  // namespace frostgate::policy
