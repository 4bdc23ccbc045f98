#include "gateway/policy/matcher.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "gateway/policy/pattern.h"

namespace frostgate::policy {

// Finds what was there before.
class Matcher::Builder {
 public:
  explicit Builder(Matcher& out) : out_(out) {}

  Ids patterns(Condition condition, const std::vector<std::string>& all) {
    const auto begin = static_cast<std::uint32_t>(out_.ids_.size());
    for (const std::string& pattern : all) out_.ids_.push_back(pattern_id(condition, "", pattern));
    return {begin, static_cast<std::uint32_t>(out_.ids_.size())};
  }
  Ids tags(const std::map<std::string, std::string>& all) {
    const auto begin = static_cast<std::uint32_t>(out_.ids_.size());
    for (const auto& [name, value] : all) out_.ids_.push_back(pattern_id(Condition::tags, name, value));
    return {begin, static_cast<std::uint32_t>(out_.ids_.size())};
  }
  // Networks are numbered behind all patterns, which must be known.
  Ids networks(const std::vector<Network>& all) {
    const auto begin = static_cast<std::uint32_t>(out_.ids_.size());
    for (const Network& network : all) {
      out_.ids_.push_back(static_cast<std::uint32_t>(out_.patterns_.size() + out_.networks_.size()));
      out_.networks_.push_back(network);
    }
    return {begin, static_cast<std::uint32_t>(out_.ids_.size())};
  }

 private:
  std::uint32_t pattern_id(Condition condition, const std::string& name, const std::string& pattern) {
    const auto [known, fresh] = known_.try_emplace({condition, name, pattern}, static_cast<std::uint32_t>(out_.patterns_.size()));
    if (!fresh) return known->second;
    out_.patterns_.push_back(pattern);
    const auto place = std::find(out_.names_.begin(), out_.names_.end(), name);
    out_.tag_names_.push_back(static_cast<std::uint32_t>(place - out_.names_.begin()));
    if (place == out_.names_.end()) out_.names_.push_back(name);
    return known->second;
  }

  Matcher& out_;
  std::map<std::tuple<Condition, std::string, std::string>, std::uint32_t> known_;
};

Matcher::Matcher(const std::vector<Rule>& rules) {
  Builder builder(*this);
  for (const Rule& rule : rules) {
    rules_.push_back({builder.patterns(Condition::users, rule.users), builder.patterns(Condition::targets, rule.targets),
                      builder.patterns(Condition::groups, rule.groups), builder.patterns(Condition::roles, rule.roles), builder.tags(rule.tags),
                      builder.patterns(Condition::protocols, rule.protocols), {}, !rule.hours.empty(), !rule.tickets.empty()});
  }
  for (std::size_t i = 0; i < rules.size(); ++i) rules_[i].networks = builder.networks(rules[i].networks);
}

Matcher::Look::Look(const Matcher& matcher, const std::vector<Rule>& rules, const Request& request, std::vector<std::string> groups)
    : matcher_(matcher), rules_(rules), request_(request), groups_(std::move(groups)), known_(matcher.patterns_.size() + matcher.networks_.size()) {
  if (const auto address = Network::parse_address(request.address)) address_ = address.value();
}

template <typename Holds>
bool Matcher::Look::holds(std::uint32_t id, Holds holds) {
  std::uint8_t& known = known_[id];
  if (known == 0) known = holds(id) ? 2 : 1;
  return known == 2;
}

std::optional<Condition> Matcher::Look::mismatch(std::size_t rule) {
  const Conditions& conditions = matcher_.rules_[rule];
  const auto begin = matcher_.ids_.begin();
  const auto any = [&](Ids ids, auto matches_id) { return std::any_of(begin + ids.begin, begin + ids.end, [&](std::uint32_t id) { return holds(id, matches_id); }); };
  const auto names = [&](const std::string& name) { return [&](std::uint32_t id) { return matches(matcher_.patterns_[id], name); }; };
  const auto one_of = [&](const std::vector<std::string>& all) {
    return [&](std::uint32_t id) { return std::any_of(all.begin(), all.end(), [&](const std::string& name) { return matches(matcher_.patterns_[id], name); }); };
  };
  const auto on_target = [&](std::uint32_t id) {
    const auto have = request_.target_tags.find(matcher_.names_[matcher_.tag_names_[id]]);
    return have != request_.target_tags.end() && matches(matcher_.patterns_[id], have->second);
  };
  const auto from = [&](std::uint32_t id) { return address_ && matcher_.networks_[id - matcher_.patterns_.size()].contains(*address_); };
  if (!any(conditions.users, names(request_.user))) return Condition::users;
  if (!any(conditions.targets, names(request_.target))) return Condition::targets;
  if (!conditions.groups.empty() && !any(conditions.groups, one_of(groups_))) return Condition::groups;
  if (!conditions.roles.empty() && !any(conditions.roles, one_of(request_.roles))) return Condition::roles;
  const auto tags_begin = begin + conditions.tags.begin, tags_end = begin + conditions.tags.end;
  if (!std::all_of(tags_begin, tags_end, [&](std::uint32_t id) { return holds(id, on_target); })) return Condition::tags;
  if (!conditions.protocols.empty() && !any(conditions.protocols, names(request_.protocol))) return Condition::protocols;
  const auto at = [&](const Hours& hours) { return hours.contain(request_.at); };
  if (conditions.hours && std::none_of(rules_[rule].hours.begin(), rules_[rule].hours.end(), at)) return Condition::hours;
  if (!conditions.networks.empty() && !any(conditions.networks, from)) return Condition::networks;
  // Last: a rule that fails by it matches but for the number.
  const auto of = [&](const TicketNumbers& numbers) { return numbers.match(request_.pretext.ticket); };
  if (conditions.tickets && std::none_of(rules_[rule].tickets.begin(), rules_[rule].tickets.end(), of)) return Condition::tickets;
  return std::nullopt;
}

}  // namespace frostgate::policy
