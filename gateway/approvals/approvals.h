// Approvals as serve keeps them: the lifecycle over the catalog. Thread-safe; of two changes of a request at the same time, from
// any node, one is made anew on what the other left. Time is passed in.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/approvals/approval.h"
#include "gateway/approvals/lifecycle.h"
#include "gateway/policy/gate.h"
#include "storage/catalog/catalog.h"

namespace frostgate::approvals {

// What somebody wants to do. `rule`, `policy_digest` and `gate` are those of the policy's rule that asks for the approval.
struct Wish {
  Kind kind = Kind::start;
  std::string requester;
  std::string asked_by;       // who asks in the requester's name without a proof of it; empty: the requester
  std::string target;
  std::string recording;      // the film's; empty for start
  Microseconds from{}, to{};  // of the film; both 0: all
  Rect area{};                // of its pictures; empty: all
  std::string reason, ticket;
  std::string rule, policy_digest;
  policy::Gate gate;
};

class Approvals {
 public:
  using Listener = std::function<void(const Request& request, const char* what)>;

  // `listener` hears of each change after it is kept, in the thread that made it; `what` is "requested", "approved-by", "approved",
  // "refused", "cancelled", "revoked", "expired", "used", "given-back", "emergency" or "reviewed".
  explicit Approvals(catalog::Catalog& catalog, Listener listener = {}) : catalog_(catalog), listener_(std::move(listener)) {}

  // The same as it was asked for before (same kind, requester, target, film, rule, and approvers): granted and not yet used, of the span and area
  // at least, or else still open.
  Result<std::optional<Request>> standing(const Wish& wish, UtcTime now);
  // Asks, unless a request stands already: that is the answer then. Error: `invalid`, when the gate wants a reason or ticket that is missing, or asks nothing.
  // A film's gate that asks for a reason or a ticket and for nobody's approval is answered at once, and so is that of a pause that asks nothing: the request is approved.
  Result<Request> ask(const Wish& wish, UtcTime now);
  // Begins without approval, where the gate allows that: alert and review are due.
  Result<Approval> begin_in_emergency(const Wish& wish, const std::string& by, UtcTime now);
  // To a film, by the administrator of the gateway's own machine: approved by nobody's word, once, for as long as the gate lets an approval hold. Alert and review
  // are due. Errors: `denied` where the policy lets nobody through, `invalid` without a reason, and where nobody has to agree.
  Result<Request> break_glass(const Wish& wish, UtcTime now);
  // What was granted is used by a session or export (`by`). Errors: `denied`, `invalid`, `not_found`.
  Result<Approval> use(const std::string& id, const std::string& by, UtcTime now);

  // By the session that used it and never reached its target: it can be used again while it lasts.
  Result<Request> give_back(const std::string& id, const std::string& by, UtcTime now);

  Result<Request> decide(const std::string& id, const Actor& actor, bool approve, const std::string& comment, UtcTime now);
  Result<Request> cancel(const std::string& id, const Actor& actor, const std::string& comment, UtcTime now);
  // Sessions that used it end within a second.
  Result<Request> revoke(const std::string& id, const Actor& actor, const std::string& comment, UtcTime now);
  Result<Request> review(const std::string& id, const Actor& actor, const std::string& text, UtcTime now);

  Result<Request> find(const std::string& id, UtcTime now);
  Result<std::vector<Request>> list(const catalog::ApprovalFilter& filter, UtcTime now);  // newest first
  // Notes what has expired by now, and tells the listener.
  Result<void> expire(UtcTime now);

 private:
  using Step = std::function<Result<Request>(Request)>;
  Result<Request> change(const std::string& id, UtcTime now, const char* what, const Step& step);
  Result<Request> with_votes_that_count(Request request);
  Result<Request> new_request(const Wish& wish, UtcTime now) const;
  void tell(const Request& request, const char* what) const;

  catalog::Catalog& catalog_;
  Listener listener_;
};

}  // namespace frostgate::approvals
