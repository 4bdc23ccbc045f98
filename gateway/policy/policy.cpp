#include "gateway/policy/policy.h"

#include <algorithm>
#include <set>
#include <span>

#include "gateway/config/yaml_reader.h"
#include "gateway/policy/detector_rules.h"
#include "gateway/policy/region_rules.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::policy {
namespace {

constexpr std::size_t kMaxConsent = 8192;

// "*" stands for any run of characters. Linear in practice: one point to go back to.
bool matches(const std::string& pattern, const std::string& text) {
  std::size_t p = 0, t = 0, star = std::string::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return matches(pattern, text); });
}

bool matches(const Rule& rule, const Request& request) {
  if (!any_matches(rule.users, request.user) || !any_matches(rule.targets, request.target)) return false;
  if (!rule.protocols.empty() && !any_matches(rule.protocols, request.protocol)) return false;
  return std::all_of(rule.tags.begin(), rule.tags.end(), [&](const auto& wanted) {
    const auto have = request.target_tags.find(wanted.first);
    return have != request.target_tags.end() && matches(wanted.second, have->second);
  });
}

Rule read_rule(config::MappingReader& in) {
  Rule rule;
  rule.name = in.required_text("name").value_or("?");
  rule.users = in.texts("users", {});
  rule.targets = in.texts("targets", {});
  rule.protocols = in.texts("protocols", {});
  for (const std::string& protocol : rule.protocols) {
    if (protocol != "rdp" && protocol != "vnc") in.problem("protocols", "has \"" + protocol + "\"; expected rdp, vnc");
  }
  in.mapping("tags", [&](config::MappingReader& tags) {
    for (auto& [name, value] : tags.all_texts()) rule.tags.emplace(name, value);
  });
  if (rule.users.empty()) in.problem("users", "is missing or empty; name users, or \"*\" for every user");
  if (rule.targets.empty()) in.problem("targets", "is missing or empty; name targets, or \"*\" for every target");
  rule.allow = in.flag("allow", false);
  rule.terms.consent = in.text("consent", "");
  if (rule.terms.consent.size() > kMaxConsent) in.problem("consent", "is longer than " + std::to_string(kMaxConsent) + " bytes");
  in.mapping("clipboard", [&](config::MappingReader& clipboard) {
    rule.terms.clipboard_to_target = clipboard.choice("to_target", "nothing", {"nothing", "text"}) == "text";
    rule.terms.clipboard_to_client = clipboard.choice("to_client", "nothing", {"nothing", "text"}) == "text";
  });
  in.mapping("session", [&](config::MappingReader& session) {
    rule.terms.idle_seconds = static_cast<int>(session.number("idle_seconds", 0, 0, 7 * 86400));
    rule.terms.max_seconds = static_cast<int>(session.number("max_seconds", 0, 0, 7 * 86400));
    rule.terms.per_user = static_cast<int>(session.number("per_user", 0, 0, 10000));
    rule.terms.per_target = static_cast<int>(session.number("per_target", 0, 0, 10000));
  });
  rule.terms.vnc_plaintext = in.choice("vnc_plaintext", "deny", {"allow", "deny"}) == "allow";
  rule.detectors = read_detector_rules(in);
  in.each("regions", [&](config::MappingReader& region) { rule.regions.push_back(read_region(region)); });
  return rule;
}

}  // namespace

Result<Policy> Policy::load(const std::filesystem::path& file) {
  return from(TRY(config::load_yaml(file.string())), file.string());
}

Result<Policy> Policy::parse(const std::string& text, const std::string& name) {
  return from(TRY(config::parse_yaml(text, name)), name);
}

Result<Policy> Policy::from(config::Document document, const std::string& name) {
  std::vector<std::string> problems;
  Policy out;
  out.text_ = std::move(document.text);
  out.digest_ = storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(out.text_))));
  {
    std::set<std::string> names;
    config::MappingReader in(document.root, name, problems);
    in.each("rules", [&](config::MappingReader& entry) {
      out.rules_.push_back(read_rule(entry));
      if (!names.insert(out.rules_.back().name).second) {
        entry.problem("name", "\"" + out.rules_.back().name + "\" is taken by an earlier rule");
      }
    });
  }
  TRY(config::as_result(problems));
  return out;
}

std::optional<Grant> Policy::decide(const Request& request) const {
  for (const Rule& rule : rules_) {
    if (!matches(rule, request)) continue;
    if (!rule.allow) return std::nullopt;
    return Grant(GrantPasskey{}, request.user, request.target, rule.name, digest_,
                 redaction::to_string(rule.detectors.profile), rule.terms);
  }
  return std::nullopt;
}

bool Policy::any_vnc_plaintext() const {
  return std::any_of(rules_.begin(), rules_.end(), [](const Rule& rule) { return rule.allow && rule.terms.vnc_plaintext; });
}

const Rule* Policy::find(const std::string& rule) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& have) { return have.name == rule; });
  return found == rules_.end() ? nullptr : &*found;
}

std::vector<redaction::RegionRule> Policy::regions_of(const std::string& rule) const {
  const Rule* found = find(rule);
  return found ? found->regions : std::vector<redaction::RegionRule>{};
}

}  // namespace frostgate::policy
