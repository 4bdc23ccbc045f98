// In which groups somebody is. Active Directory follows members of members by itself; elsewhere we walk up, a level at a time.
#include <algorithm>
#include <map>

#include "gateway/directory/person.h"

namespace frostgate::directory {
namespace {

constexpr int kMaxGroups = 1024;  // a Windows logon's token holds fewer
constexpr int kMaxLevels = 16;
constexpr std::size_t kMembersAtATime = 50;  // in one filter
constexpr const char* kInChain = ":1.2.840.113556.1.4.1941:";  // MS-ADTS 3.1.1.3.4.4.3, LDAP_MATCHING_RULE_TRANSITIVE_EVAL
constexpr const char* kActiveDirectory = "1.2.840.113556.1.4.800";  // MS-ADTS 3.1.1.3.4.3.1

class Groups {
 public:
  Groups(Connection& connection, const Settings& settings) : connection_(connection), settings_(settings) {}

  Result<void> add_chain(const std::string& dn) {
    Connection::Search search = any();
    search.filter = "(&" + settings_.group_filter + "(" + settings_.member_attribute + kInChain + "=" + escaped(dn) + "))";
    for (const Entry& group : TRY(connection_.search(search))) TRY(add(group));
    return {};
  }

  // The groups that these are members of, by the groups' own word and by theirs; what is new.
  Result<std::vector<Entry>> above(const std::vector<Entry>& members) {
    std::vector<Entry> out;
    for (std::size_t i = 0; i < members.size(); i += kMembersAtATime) {
      std::string any_of_them;
      for (std::size_t j = i; j < std::min(members.size(), i + kMembersAtATime); ++j) any_of_them += equals(settings_.member_attribute, members[j].dn);
      Connection::Search search = any();
      search.filter = "(&" + settings_.group_filter + "(|" + any_of_them + "))";
      for (Entry& group : TRY(connection_.search(search))) {
        const bool fresh = TRY(add(group));
        if (fresh) out.push_back(std::move(group));
      }
    }
    for (const Entry& member : members) {
      for (const std::string& dn : member.values("memberOf")) {
        std::optional<Entry> group = TRY(read(dn));
        if (!group) continue;
        const bool fresh = TRY(add(*group));
        if (fresh) out.push_back(std::move(*group));
      }
    }
    return out;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [dn, name] : found_) out.push_back(name);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  Connection::Search any() const {
    Connection::Search search;
    search.base = settings_.group_base;
    search.attributes = {settings_.group_name_attribute, "memberOf"};
    search.limit = kMaxGroups;
    return search;
  }

  // Nothing, when it is known already, or no group of ours.
  Result<std::optional<Entry>> read(const std::string& dn) {
    const std::string comparable = TRY(comparable_dn(dn));
    const std::string base = TRY(comparable_dn(settings_.group_base));
    if (found_.contains(comparable) || (comparable != base && !comparable.ends_with("," + base))) return std::optional<Entry>();
    Connection::Search search = any();
    search.base = dn;
    search.filter = settings_.group_filter;
    search.below = false;
    std::vector<Entry> one = TRY(connection_.search(search));
    return one.empty() ? std::optional<Entry>() : std::optional<Entry>(std::move(one.front()));
  }

  // Whether it is new.
  Result<bool> add(const Entry& group) {
    const auto name = group.value(settings_.group_name_attribute);
    if (!name) return false;
    const std::string comparable = TRY(comparable_dn(group.dn));
    const bool fresh = found_.emplace(comparable, *name).second;
    if (found_.size() > kMaxGroups) return Error{ErrorKind::invalid, "more than " + std::to_string(kMaxGroups) + " groups"};
    return fresh;
  }

  Connection& connection_;
  const Settings& settings_;
  std::map<std::string, std::string> found_;  // names, by comparable DN
};

}  // namespace

Result<bool> follows_chains(Connection& connection) {
  Connection::Search search;
  search.filter = "(objectClass=*)";
  search.attributes = {"supportedCapabilities"};
  search.limit = 1;
  search.below = false;
  const std::vector<Entry> root = TRY(connection.search(search));
  if (root.empty()) return false;
  const auto& able = root.front().values("supportedCapabilities");
  return std::find(able.begin(), able.end(), kActiveDirectory) != able.end();
}

Result<std::vector<std::string>> groups_of(Connection& connection, const Settings& settings, const Entry& entry) {
  Groups groups(connection, settings);
  bool chain = settings.nesting == Nesting::chain;
  if (settings.nesting == Nesting::automatic) chain = TRY(follows_chains(connection));
  if (chain) {
    TRY(groups.add_chain(entry.dn));
    return groups.names();
  }
  std::vector<Entry> level{entry};
  for (int depth = 0; !level.empty(); ++depth) {
    if (depth == kMaxLevels) return Error{ErrorKind::invalid, entry.dn + ": groups are nested more than " + std::to_string(kMaxLevels) + " deep"};
    std::vector<Entry> next = TRY(groups.above(level));
    if (settings.nesting == Nesting::none) break;
    level = std::move(next);
  }
  return groups.names();
}

}  // namespace frostgate::directory
