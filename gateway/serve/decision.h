// What serve tells the policy about somebody who wants something, and asks the gates for them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/access/entitlements.h"
#include "gateway/approvals/approvals.h"
#include "gateway/policy/policy.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {

// Of the policy and of whatever else knows the user.
std::vector<std::string> groups_of(Core& core, const std::string& user);
approvals::Actor actor_named(Core& core, const std::string& user);
// Whether somebody who may do this approves here: with the role on what has these tags, and as one of those whom the rule names.
bool approves(const access::Entitlements& may, const approvals::Request& request, const access::Tags& tags, const approvals::Actor& actor, UtcTime now);

// `address`: the client's, without port; empty when it is not known. `ticket`: the number that was given; empty: none was.
policy::Request request_to_decide(Core& core, const std::string& user, const catalog::Target& target, const std::string& address, UtcTime now,
                                  const std::string& ticket = "");

// By which a notice is known that somebody agreed to: the beginning of its SHA-256.
std::string notice_digest(const policy::SessionTerms& terms);

// What governs a film: the rule of its name in the policy in force, or where that is gone, the one of the policy that it was
// recorded under. Where that is gone too, the gate lets nobody through.
struct FilmGate {
  std::string rule, policy_digest;
  policy::Gate gate;
};
Result<FilmGate> film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind);

// Completes a wish, of which kind, requester, reason and ticket are given: what it aims at, and the rule whose gate it has to pass. For a session that is
// the rule that would decide now on a client at `address` (empty: not known). Error: `denied`, when no rule lets the requester connect.
Result<void> aim_at_target(Core& core, approvals::Wish& wish, const catalog::Target& target, const std::string& address, UtcTime now);
Result<void> aim_at_film(Core& core, approvals::Wish& wish, const catalog::Recording& recording);

// Tells those who look on that the request has changed.
void announce(Core& core, const approvals::Request& request);
// By which roles are scoped: of the film that it is about as it was recorded, or of its target. Empty when that is gone.
std::map<std::string, std::string> tags_of(Core& core, const approvals::Request& request);

// Of a film; both 0: all of it.
struct FilmSpan {
  SessionTime from{}, to{};
  Rect area{};  // of its pictures; empty: all of them
};

// Passes a film's gate for somebody whose roles allow it already, and uses up an approval where one is needed; nullopt: none was. `by`
// is what it is used for. Error: `denied`, with a sentence for the user.
Result<std::optional<approvals::Approval>> pass_film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind,
                                                          const std::string& user, const policy::Pretext& pretext, const FilmSpan& span,
                                                          const std::string& by, UtcTime now);
// As that, but nothing is used up: whether it would be passed. Error: `denied`, with a sentence for the user.
Result<void> ask_film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind, const std::string& user,
                           const policy::Pretext& pretext, const FilmSpan& span, UtcTime now);
// Whether it would be passed now: nobody has to agree, or somebody has. Error: `denied`, whoever agrees.
Result<bool> may_pass_film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind, const std::string& user,
                                const policy::Pretext& pretext, const FilmSpan& span, UtcTime now);

// Passes the gate to a film or a running session for somebody who watches, and asks for it again and again while watching: an approval
// that was granted is used up by the first, and lets its user watch on until it is no longer valid. Error: `denied`, as above.
Result<void> pass_watch_gate(Core& core, const catalog::Recording& recording, const std::string& user, UtcTime now);

approvals::Kind kind_of(policy::GateKind kind);

}  // namespace frostgate::serve
