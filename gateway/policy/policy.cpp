#include "gateway/policy/policy.h"

#include <algorithm>
#include <set>
#include <span>

#include "gateway/config/yaml_reader.h"
#include "gateway/policy/matcher.h"
#include "gateway/policy/pattern.h"
#include "gateway/policy/review_date.h"
#include "gateway/policy/rule_reader.h"
#include "gateway/policy/sources.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::policy {
namespace {

// The rules, held against one request.
Matcher::Look look_at(const Policy& policy, const Matcher& matcher, const Request& request) {
  std::vector<std::string> groups = policy.groups_of(request.user);
  groups.insert(groups.end(), request.groups.begin(), request.groups.end());
  return {matcher, policy.rules(), request, std::move(groups)};
}

// Whether the approval is for this session, as the rule wants it.
bool fits(const approvals::Approval* approval, const Rule& rule, const Request& request) {
  if (rule.gate(GateKind::connect).needed == 0) return true;
  if (!approval || approval->kind() != catalog::ApprovalKind::start) return false;
  if (approval->emergency() && !rule.gate(GateKind::connect).emergency) return false;
  if (!rule.tickets.empty() && approval->ticket() != request.pretext.ticket) return false;
  return approval->requester() == request.user && approval->target() == request.target && approval->rule() == rule.name;
}

}  // namespace

const char* to_string(Condition condition) {
  switch (condition) {
    case Condition::users: return "users";
    case Condition::targets: return "targets";
    case Condition::groups: return "groups";
    case Condition::roles: return "roles";
    case Condition::tags: return "tags";
    case Condition::protocols: return "protocols";
    case Condition::hours: return "hours";
    case Condition::networks: return "networks";
    case Condition::tickets: return "tickets";
  }
  return "unknown";
}

Result<Policy> Policy::load(const std::filesystem::path& path) {
  const std::vector<Source> sources = TRY(read_sources(path));
  std::error_code ignored;
  return from(joined(sources, std::filesystem::is_directory(path, ignored)), sources, Text::fresh);
}

Result<Policy> Policy::parse(const std::string& text, const std::string& name) { return from(text, split(text, name), Text::kept); }

Result<Policy> Policy::from(std::string text, const std::vector<Source>& sources, Text text_is) {
  Policy out;
  out.text_ = std::move(text);
  out.digest_ = storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(out.text_))));
  std::vector<std::string> problems;
  for (const Source& source : sources) out.read(source, problems);
  std::map<std::string, const Rule*> names;
  for (const Rule& rule : out.rules_) {
    const auto [earlier, first] = names.emplace(rule.name, &rule);
    if (!first) {
      problems.push_back(rule.file + ":" + std::to_string(rule.line) + ": \"name\" \"" + rule.name + "\" is taken by an earlier rule (" +
                         earlier->second->file + ":" + std::to_string(earlier->second->line) + ")");
    }
  }
  for (Rule& rule : out.rules_) {
    for (const RegionPicture& each : rule.pictures) {
      auto picture = read_picture(each);
      if (picture) rule.regions[each.region].picture = std::move(picture).value();
      else if (text_is == Text::fresh) problems.push_back(rule.file + ":" + std::to_string(each.line) + ": \"picture\" is refused: " + picture.error().message);
    }
  }
  TRY(config::as_result(problems));
  out.matcher_ = std::make_shared<const Matcher>(out.rules_);
  return out;
}

void Policy::read(const Source& source, std::vector<std::string>& problems) {
  const Result<config::Document> document = config::parse_yaml(source.text, source.name);
  if (!document) return problems.push_back(document.error().message);
  config::MappingReader in(document.value().root, source.name, problems);
  read_review(in, "the policy " + source.name, source.name, reviews_);
  in.mapping("groups", [&](config::MappingReader& groups) {
    for (auto& [name, users] : groups.all_lists()) {
      if (!groups_.emplace(name, users).second) groups.problem(name.c_str(), "is defined in an earlier file");
    }
  });
  in.each("rules", [&](config::MappingReader& entry) {
    rules_.push_back(read_rule(entry));
    rules_.back().file = source.name;
    rules_.back().line = entry.line();
    read_review(entry, "the rule \"" + rules_.back().name + "\"", source.name, reviews_);
  });
}

const Rule* Policy::matching(const Request& request) const {
  Matcher::Look look = look_at(*this, *matcher_, request);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!look.mismatch(i)) return &rules_[i];
  }
  return nullptr;
}

Prospect Policy::prospect(const Request& request) const {
  Matcher::Look look = look_at(*this, *matcher_, request);
  Prospect out;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const std::optional<Condition> failed = look.mismatch(i);
    const bool lacks_number = failed == Condition::tickets && request.pretext.ticket.empty();
    if (failed && !lacks_number) continue;
    out.asks_number = out.asks_number || lacks_number;
    if (rules_[i].allow && !out.rule) out.rule = &rules_[i];
    if (!failed) break;
  }
  return out;
}

std::vector<Policy::Step> Policy::explain(const Request& request) const {
  Matcher::Look look = look_at(*this, *matcher_, request);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    steps.push_back({&rules_[i], look.mismatch(i)});
    if (!steps.back().failed) break;
  }
  return steps;
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
