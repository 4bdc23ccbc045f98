// Requests for what a policy lets nobody do alone, with everybody's word on them. Which change is right is decided elsewhere
// (gateway/approvals); this keeps them, and sees to it that of two changes at the same time one fails.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

enum class ApprovalKind { start, pause, stop, watch, watch_original, export_film, delete_early, join };
const char* to_string(ApprovalKind kind);  // "start", ..., "watch-original", "export", "delete-early", "join"
Result<ApprovalKind> approval_kind(const std::string& word);

enum class ApprovalState { requested, approved, refused, expired, cancelled, used, revoked };
const char* to_string(ApprovalState state);
Result<ApprovalState> approval_state(const std::string& word);

struct ApprovalVote {
  std::string approver;
  bool approves = false;
  std::string comment;
  UtcTime at;

  bool operator==(const ApprovalVote&) const = default;
};

struct ApprovalRequest {
  std::string id;
  ApprovalKind kind = ApprovalKind::start;
  std::string requester;
  std::string asked_by;  // who asked in the requester's name without a proof of it; empty: the requester
  std::string target;
  std::string recording;  // of the film, or of the session that is paused or joined; empty: none
  Microseconds from{}, to{};  // of the film; both 0: all of it
  Rect area{};                // of its pictures; empty: all of them
  std::string reason, ticket;
  std::string rule, policy_digest;  // that ask for the approval
  // What the rule asks: so many, out of these.
  int needed = 1;
  std::vector<std::string> users, groups;
  std::vector<std::string> later_groups;  // these too, from `escalates` on
  std::optional<UtcTime> escalates;
  Microseconds validity{};  // how long it can be used once it is granted
  bool one_use = true;

  UtcTime created;
  UtcTime expires;  // nobody can decide from then on; once it is granted, nobody can use it
  ApprovalState state = ApprovalState::requested;
  std::vector<ApprovalVote> votes;
  std::optional<UtcTime> used;  // first
  std::string used_by;          // the session or export that used it last
  bool emergency = false;       // used without anybody's word, and to be reviewed
  std::string ended_by, end_comment;  // who cancelled or revoked it
  std::optional<UtcTime> reviewed;
  std::string reviewer, review;
  std::int64_t version = 0;  // counts the changes

  bool operator==(const ApprovalRequest&) const = default;
};

struct ApprovalFilter {
  std::optional<ApprovalState> state;
  std::optional<ApprovalKind> kind;
  std::optional<std::string> requester, target, recording;
  bool unreviewed = false;  // emergencies that nobody has signed yet
  bool waiting = false;     // for somebody: these, and those that are not decided
  std::optional<UtcTime> in_use;  // used before, and to be used at this time still
  std::int64_t limit = 100;
  // Those that come after this one in the list: when it was made, and its number.
  std::optional<std::pair<UtcTime, std::string>> before;
};

class ApprovalRequests {
 public:
  explicit ApprovalRequests(Catalog& catalog) : database_(catalog.database()) {}

  Result<void> create(const ApprovalRequest& request);
  // Keeps the request as it is now, with the next version. Error: `exists` when somebody else has changed it since it was read.
  Result<void> replace(const ApprovalRequest& request);
  Result<ApprovalRequest> find(const std::string& id);
  Result<std::vector<ApprovalRequest>> list(const ApprovalFilter& filter);  // newest first
  // How many there are of each kind in each state, in the words of to_string().
  Result<std::map<std::pair<std::string, std::string>, std::int64_t>> counts();

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
