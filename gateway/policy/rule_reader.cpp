#include "gateway/policy/rule_reader.h"

#include "gateway/policy/detector_rules.h"
#include "gateway/policy/gate_rules.h"
#include "gateway/policy/region_rules.h"

namespace frostgate::policy {
namespace {

constexpr std::size_t kMaxConsent = 8192;

}  // namespace

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
  read_gates(in, rule);
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
  rule.index_text = in.flag("index_text", true);
  rule.detectors = read_detector_rules(in);
  in.each("regions", [&](config::MappingReader& region) { rule.regions.push_back(read_region(region)); });
  return rule;
}

}  // namespace frostgate::policy
