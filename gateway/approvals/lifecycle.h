// How a request goes from question to answer to use. Pure: each step gives the request as it is afterwards, or the error that
// says why it may not be, with nothing changed.
//
//   requested -> approved -> used            an emergency begins as used (a broken glass as approved), and stays open until it is reviewed
//       |  |        |  |  \-> expired
//       |  |        |  \-> revoked <- used   what began with it is ended
//       |  \-> refused, expired, cancelled <- approved (cancelled)
//
// Nothing leads back: what was used once, in whatever state it is by then, cannot be used for another session again (where
// it holds for a window it stays `approved`, and can be used until it expires). Who asks never has a word on it.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "storage/catalog/approvals.h"

namespace frostgate::approvals {

using Kind = catalog::ApprovalKind;
using State = catalog::ApprovalState;
using Vote = catalog::ApprovalVote;
using Request = catalog::ApprovalRequest;

struct Actor {
  std::string name;
  std::vector<std::string> groups;
  bool administrator = false;  // of the gateway's own machine: takes back what others have, and decides on nothing
};

// Whether the actor is one of those that the rule names, by now. Never the requester.
bool may_decide(const Request& request, const Actor& actor, UtcTime now);
// Of those who have approved.
int approvals_of(const Request& request);

// Errors of all: `denied` (not this actor), `invalid` (not in this state).
// One vote for each approver; a single refusal refuses. Granted with the last approval needed; it can be used for `validity`.
Result<Request> decided(Request request, const Actor& actor, bool approve, const std::string& comment, UtcTime now);
// By the requester, or by the administrator, as long as it was not used.
Result<Request> cancelled(Request request, const Actor& actor, const std::string& comment, UtcTime now);
// By an approver, or by the administrator.
Result<Request> revoked(Request request, const Actor& actor, const std::string& comment, UtcTime now);
// `by`: the session or export.
Result<Request> used(Request request, const std::string& by, UtcTime now);
// By the session or export that used it, and for which nothing came of it: approved again, for as long as it would have been. Error: `denied` for others and emergencies.
Result<Request> given_back(Request request, const std::string& by);
// Somebody who could have approved it signs for an emergency.
Result<Request> reviewed(Request request, const Actor& actor, const std::string& text, UtcTime now);
// The request as time has left it.
Request lapsed(Request request, UtcTime now);

}  // namespace frostgate::approvals
