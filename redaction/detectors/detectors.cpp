#include "redaction/detectors/detectors.h"

#include <algorithm>
#include <tuple>

#include "redaction/detectors/families.h"
#include "redaction/detectors/screen_text.h"

namespace frostgate::redaction {
namespace {

// "token" names every rule of the family, "token.jwt" one.
bool names(std::string_view entry, std::string_view rule) {
  return rule == entry || (rule.size() > entry.size() && rule.starts_with(entry) && rule[entry.size()] == '.');
}

bool any_names(const std::vector<std::string>& entries, std::string_view rule) {
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return names(entry, rule); });
}

}  // namespace

Detectors::Detectors() : known_(std::make_unique<KnownSecrets>()) {}
Detectors::Detectors(Detectors&&) noexcept = default;
Detectors& Detectors::operator=(Detectors&&) noexcept = default;
Detectors::~Detectors() = default;

Result<Detectors> Detectors::make(const DetectorSettings& settings) {
  for (const auto& label : settings.extra_labels)
    if (label.find_first_not_of(' ') == std::string::npos) return Error{ErrorKind::invalid, "an extra label is empty"};
  Detectors made;
  made.detectors_.push_back(label_detector(settings.extra_labels));
  made.detectors_.push_back(token_detector());
  made.detectors_.push_back(connection_detector());
  made.detectors_.push_back(private_key_detector());
  made.detectors_.push_back(command_detector());
  made.detectors_.push_back(number_detector());
  made.detectors_.push_back(entropy_detector());
  made.detectors_.push_back(TRY(custom_detector(settings.custom)));
  const auto rules = made.rules();
  for (const auto* list : {&settings.enabled, &settings.disabled})
    for (const auto& entry : *list)
      if (std::none_of(rules.begin(), rules.end(), [&](const auto& rule) { return names(entry, rule); }))
        return Error{ErrorKind::invalid, "there is no detector \"" + entry + "\""};
  made.enabled_ = settings.enabled;
  made.disabled_ = settings.disabled;
  return made;
}

void Detectors::add_known_secret(Secret secret, std::string rule) { known_->add(std::move(secret), std::move(rule)); }

bool Detectors::enabled(std::string_view rule) const {
  return (enabled_.empty() || any_names(enabled_, rule)) && !any_names(disabled_, rule);
}

std::vector<Finding> Detectors::find(std::span<const TextLine> lines) const {
  const ScreenText screen = prepare(lines);
  Findings findings(screen);
  for (const auto& detector : detectors_) detector->find(screen, findings);
  auto found = findings.take();
  std::erase_if(found, [&](const Finding& finding) { return !enabled(finding.rule); });
  Findings known(screen);
  known_->find(screen, known);
  auto secrets = known.take();
  found.insert(found.end(), std::make_move_iterator(secrets.begin()), std::make_move_iterator(secrets.end()));
  std::sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.line, a.first, a.rule, a.end, a.to_line_end) < std::tie(b.line, b.first, b.rule, b.end, b.to_line_end);
  });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<std::string> Detectors::rules() const {
  std::vector<std::string> all;
  for (const auto& detector : detectors_) {
    const auto rules = detector->rules();
    all.insert(all.end(), rules.begin(), rules.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace frostgate::redaction
