#include "gateway/policy/policy.h"

#include <algorithm>
#include <set>
#include <span>

#include "gateway/config/yaml_reader.h"
#include "gateway/policy/pattern.h"
#include "gateway/policy/rule_reader.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::policy {
namespace {

bool applies(const Rule& rule, const Request& request) {
  if (!any_matches(rule.users, request.user) || !any_matches(rule.targets, request.target)) return false;
  if (!rule.protocols.empty() && !any_matches(rule.protocols, request.protocol)) return false;
  return all_tags_match(rule.tags, request.target_tags);
}

// Whether the approval is for this session, as the rule wants it.
bool fits(const approvals::Approval* approval, const Rule& rule, const Request& request) {
  if (rule.gate(GateKind::connect).needed == 0) return true;
  if (!approval || approval->kind() != catalog::ApprovalKind::start) return false;
  if (approval->emergency() && !rule.gate(GateKind::connect).emergency) return false;
  return approval->requester() == request.user && approval->target() == request.target && approval->rule() == rule.name;
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
    in.mapping("groups", [&](config::MappingReader& groups) { out.groups_ = groups.all_lists(); });
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

const Rule* Policy::matching(const Request& request) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& rule) { return applies(rule, request); });
  return found == rules_.end() ? nullptr : &*found;
}

std::optional<Grant> Policy::decide(const Request& request, const approvals::Approval* approval) const {
  const Rule* rule = matching(request);
  if (!rule || !rule->allow || !fits(approval, *rule, request)) return std::nullopt;
  const Pretext pretext = approval ? Pretext{approval->reason(), approval->ticket()} : request.pretext;
  if (!missing(rule->gate(GateKind::connect), pretext).empty()) return std::nullopt;
  return Grant(GrantPasskey{}, request.user, request.target, rule->name, digest_, redaction::to_string(rule->detectors.profile),
               rule->terms);
}

bool Policy::any_vnc_plaintext() const {
  return std::any_of(rules_.begin(), rules_.end(), [](const Rule& rule) { return rule.allow && rule.terms.vnc_plaintext; });
}

std::vector<std::string> Policy::groups_of(const std::string& user) const {
  std::vector<std::string> out;
  for (const auto& [group, users] : groups_) {
    if (any_matches(users, user)) out.push_back(group);
  }
  return out;
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
