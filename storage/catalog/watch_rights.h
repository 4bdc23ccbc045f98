// Which recordings a caller may see. Every query that shows something of recordings takes them, so that hits, counts and pages outside
// them do not exist. Made by whoever knows the caller's roles; the catalog obeys them.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace frostgate::catalog {

// Recordings by some users, on some targets, and with some tags: those that the target had when the session began. In each pattern "*"
// stands for any run of characters; case counts.
struct WatchScope {
  std::vector<std::string> users;            // one must match; none: nobody's
  std::vector<std::string> targets;          // one must match; none: on nothing
  std::map<std::string, std::string> tags;   // names and patterns of values: all must be there
};

struct WatchRights {
  std::vector<WatchScope> scopes;  // one must match; none: nothing may be seen

  static WatchRights everything() { return {{{{"*"}, {"*"}, {}}}}; }
};

}  // namespace frostgate::catalog
