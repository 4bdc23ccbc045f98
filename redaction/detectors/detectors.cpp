#include "redaction/detectors/detectors.h"

#include <algorithm>
#include <tuple>

#include "redaction/detectors/detection_memory.h"
#include "redaction/detectors/families.h"
#include "redaction/detectors/harmless.h"
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

const char* to_string(Profile profile) { return profile == Profile::strict ? "strict" : "balanced"; }

Result<Profile> profile_named(std::string_view name) {
  for (const Profile profile : {Profile::balanced, Profile::strict})
    if (name == to_string(profile)) return profile;
  return Error{ErrorKind::invalid, "there is no redaction profile \"" + std::string(name) + "\""};
}

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
  made.detectors_.push_back(command_detector());
  made.detectors_.push_back(number_detector());
  made.detectors_.push_back(entropy_detector());
  made.detectors_.push_back(private_key_detector());  // after those that say where a line's secret begins
  made.detectors_.push_back(TRY(custom_detector(settings.custom)));
  if (settings.profile == Profile::strict) made.always_.push_back(strict_detector(settings));
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

JudgedText Detectors::judge(PreparedText text) const {
  JudgedText judged;
  judged.text = std::move(text);
  judged.begins_public_block = begins_public_block(judged.text);
  for (const auto& detector : detectors_) detector->judge(judged);
  std::erase_if(judged.hits, [&](const Hit& hit) { return !enabled(hit.rule); });
  known_->judge(judged);
  for (const auto& detector : always_) detector->judge(judged);
  return judged;
}

// Judges the texts that the screen before did not have.
class Detectors::Judging final : public JudgedTexts {
 public:
  Judging(const Detectors& detectors, DetectionMemory::State& memory) : detectors_(detectors), memory_(memory) {
    if (memory_.known_secrets != detectors_.known_->size()) memory_.texts.clear();
    memory_.known_secrets = detectors_.known_->size();
    for (auto& [key, entry] : memory_.texts) entry.seen = false;
  }
  Judging(const Judging&) = delete;
  ~Judging() override {
    std::erase_if(memory_.texts, [](const auto& entry) { return !entry.second.seen; });
  }

  std::shared_ptr<const JudgedText> judged(std::u32string characters, bool joined, const std::vector<bool>* harmless) override {
    auto [at, fresh] = memory_.texts.try_emplace(TextKey(std::move(characters), joined, harmless));
    at->second.seen = true;
    if (!fresh) return at->second.judged;
    PreparedText text;
    text.characters = at->first.characters;
    text.joined = joined;
    text.prepare();
    if (harmless) text.harmless = *harmless;
    at->second.judged = std::make_shared<const JudgedText>(detectors_.judge(std::move(text)));
    return at->second.judged;
  }

 private:
  const Detectors& detectors_;
  DetectionMemory::State& memory_;
};

std::vector<Finding> Detectors::find(std::span<const TextLine> lines) const {
  DetectionMemory memory;
  return find(lines, memory);
}

std::vector<Finding> Detectors::find(std::span<const TextLine> lines, DetectionMemory& memory) const {
  Judging judging(*this, *memory.state_);
  const ScreenText screen = prepare(lines, judging);
  Findings around(screen);
  for (const auto& detector : detectors_) detector->find(screen, around);
  auto found = around.take();
  std::erase_if(found, [&](const Finding& finding) { return !enabled(finding.rule); });
  Findings alone(screen);
  screen.each([&](const PlacedText& text) {
    for (const Hit& hit : text.judged->hits) alone.add(hit.rule, text, hit.first, hit.end, hit.to_line_end);
  });
  auto more = alone.take();
  found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.line, a.first, a.rule, a.end, a.to_line_end, a.from_column) < std::tie(b.line, b.first, b.rule, b.end, b.to_line_end, b.from_column);
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
