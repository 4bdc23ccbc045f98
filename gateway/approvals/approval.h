// The proof that others agreed, or that somebody answers for it afterwards. A policy makes no Grant without one where it asks for approval.
#pragma once

#include <string>
#include <utility>

#include "storage/catalog/approvals.h"

namespace frostgate::approvals {

// Only Approvals can make one.
class ApprovalPasskey {
  friend class Approvals;
  ApprovalPasskey() {}
};

class Approval {
 public:
  Approval(ApprovalPasskey, catalog::ApprovalRequest request) : request_(std::move(request)) {}

  const catalog::ApprovalRequest& request() const { return request_; }
  const std::string& id() const { return request_.id; }
  catalog::ApprovalKind kind() const { return request_.kind; }
  const std::string& requester() const { return request_.requester; }
  const std::string& target() const { return request_.target; }
  const std::string& recording() const { return request_.recording; }
  const std::string& rule() const { return request_.rule; }
  const std::string& policy_digest() const { return request_.policy_digest; }
  const std::string& reason() const { return request_.reason; }
  const std::string& ticket() const { return request_.ticket; }
  bool emergency() const { return request_.emergency; }

 private:
  catalog::ApprovalRequest request_;
};

}  // namespace frostgate::approvals
