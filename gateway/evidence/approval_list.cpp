#include "gateway/evidence/approval_list.h"

#include <nlohmann/json.hpp>

#include "storage/manifest/times.h"

namespace frostgate::evidence {
namespace {

using nlohmann::json;

json to_json(const catalog::ApprovalRequest& approval) {
  json decisions = json::array();
  for (const catalog::ApprovalVote& vote : approval.votes) {
    decisions.push_back({{"by", vote.approver}, {"approves", vote.approves}, {"at", storage::utc_text(vote.at)}, {"comment", vote.comment}});
  }
  json out{{"id", approval.id},
           {"gate", catalog::to_string(approval.kind)},
           {"rule", approval.rule},
           {"policy_sha256", approval.policy_digest},
           {"requester", approval.requester},
           {"asked_by", approval.asked_by},
           {"asked", storage::utc_text(approval.created)},
           {"reason", approval.reason},
           {"ticket", approval.ticket},
           {"needed", approval.needed},
           {"emergency", approval.emergency},
           {"decisions", std::move(decisions)}};
  if (approval.used) out["used"] = storage::utc_text(*approval.used);
  if (approval.state == catalog::ApprovalState::revoked) out["revoked"] = {{"by", approval.ended_by}, {"comment", approval.end_comment}};
  if (approval.reviewed) out["reviewed"] = {{"by", approval.reviewer}, {"at", storage::utc_text(*approval.reviewed)}, {"text", approval.review}};
  return out;
}

}  // namespace

std::string approvals_json(const std::vector<catalog::ApprovalRequest>& approvals) {
  json out = json::array();
  for (const catalog::ApprovalRequest& approval : approvals) out.push_back(to_json(approval));
  return out.dump();
}

}  // namespace frostgate::evidence
