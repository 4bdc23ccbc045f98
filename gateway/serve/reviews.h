// What somebody has to look at again from time to time, and put their name to: rules and policies with `review_by`, and who may do what. For `frostgate review` and the API.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/access/entitlements.h"
#include "gateway/ipc/channel.h"
#include "gateway/policy/policy.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"
#include "storage/catalog/reviews.h"

namespace frostgate::serve {

struct PolicyReview {
  policy::Review review;
  std::optional<catalog::ReviewSignature> signature;  // for this date
};
// Of the policy in force.
Result<std::vector<PolicyReview>> policy_reviews(Core& core);

// Who may do what, as it is now: role bindings with everybody they reach, and the policy's digest.
struct AccessReview {
  nlohmann::json listing() const;
  std::string text;    // canonical JSON
  std::string digest;  // SHA-256 of it
  std::optional<catalog::ReviewSignature> last;
  std::optional<UtcTime> due;  // when the next signature is; nullopt: none is wanted (access_review_days)
};
Result<AccessReview> access_review(Core& core);

struct Reviewer {
  std::string user;
  access::Entitlements may;  // by what they have signed in with
};
// Signs for `what` (empty for access), which is what the reviewer has seen as long as `digest` is: of the policy in force, or of the listing. Noted in the audit log first.
// Errors: `denied` for who is not auditor or compliance officer of everything; `not_found`; `exists`, when it has changed meanwhile, or is signed already for its date.
Result<void> sign_review(Core& core, const Reviewer& reviewer, catalog::ReviewKind kind, const std::string& what, const std::string& digest, const std::string& comment, UtcTime now);

// Both, as JSON.
Result<nlohmann::json> reviews_json(Core& core);

Result<AdminReply> review_list(Core& core, ipc::Message& request, UtcTime now);
// As somebody who proves it with a password.
Result<AdminReply> review_sign(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
