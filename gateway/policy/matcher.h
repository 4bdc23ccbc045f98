// The conditions of a policy's rules as decisions look at them. Each name and network that rules have in common stands once, beside the others, and is held
// against a request once: of a thousand rules most of the time would go into fetching them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/policy/policy.h"

namespace frostgate::policy {

class Matcher {
 public:
  explicit Matcher(const std::vector<Rule>& rules);

  // What is found out about one request. Refers to the matcher, the policy's rules and the request, which must outlive it. Of one thread.
  class Look {
   public:
    // `groups`: all that the user is in.
    Look(const Matcher& matcher, const std::vector<Rule>& rules, const Request& request, std::vector<std::string> groups);
    // The first condition of the rule of that index that does not hold.
    std::optional<Condition> mismatch(std::size_t rule);

   private:
    template <typename Holds>
    bool holds(std::uint32_t id, Holds holds);

    const Matcher& matcher_;
    const std::vector<Rule>& rules_;
    const Request& request_;
    std::vector<std::string> groups_;
    std::optional<Network::Address> address_;
    std::vector<std::uint8_t> known_;  // by id: 0 not looked at, 1 does not hold, 2 holds
  };

 private:
  // Ids that stand one after the other in ids_.
  struct Ids {
    std::uint32_t begin = 0, end = 0;
    bool empty() const { return begin == end; }
  };
  struct Conditions {
    Ids users, targets, groups, roles, tags, protocols, networks;
    bool hours = false, tickets = false;  // whether the rule itself has to be fetched for them
  };
  class Builder;

  std::vector<Conditions> rules_;
  std::vector<std::uint32_t> ids_;
  // By id; which of them an id means is known by where it stands.
  std::vector<std::string> patterns_;                         // of names, and values of tags
  std::vector<std::uint32_t> tag_names_;                      // of a tag's id, in names_; 0 for others
  std::vector<std::string> names_;
  std::vector<Network> networks_;                             // of ids from patterns_.size() on
};

}  // namespace frostgate::policy
