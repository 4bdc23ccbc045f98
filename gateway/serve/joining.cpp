#include "gateway/serve/joining.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"

namespace frostgate::serve {
namespace {

Result<void> may_be_joined(const catalog::Recording& session, const std::string& user) {
  if (session.status != catalog::RecordingStatus::recording) return Error{ErrorKind::not_found, "no session " + session.id + " runs"};
  if (session.user == user) return Error{ErrorKind::denied, "nobody joins a session of their own"};
  return {};
}

}  // namespace

bool may_join(const access::Entitlements& may, const std::string& target, const access::Tags& tags) {
  return std::any_of(std::begin(kJoiners), std::end(kJoiners), [&](access::Role role) { return may.covers(role, target, tags); });
}

Result<void> aim_at_join(Core& core, approvals::Wish& wish, const catalog::Recording& session) {
  TRY(may_be_joined(session, wish.requester));
  TRY(aim_at_film(core, wish, session));
  if (!wish.gate.allow) return Error{ErrorKind::denied, "the policy lets nobody join this session (rule \"" + wish.rule + "\")"};
  return {};
}

Result<void> ask_to_join(Core& core, const catalog::Recording& session, const std::string& user, UtcTime now) {
  TRY(may_be_joined(session, user));
  return ask_film_gate(core, session, policy::GateKind::join, user, {}, {}, now);
}

Result<void> join_session(Core& core, Descriptor client, const BrowserVisit& visit, UtcTime now) {
  const catalog::Recording session = TRY(catalog::Recordings(*core.catalog).find(visit.joins));
  TRY(may_be_joined(session, visit.user));
  const auto approval = TRY(pass_film_gate(core, session, policy::GateKind::join, visit.user, {}, {}, session.id, now));
  if (!approval) return Error{ErrorKind::denied, "nobody joins without somebody's word"};
  const approvals::Request request = TRY(core.approvals->find(approval->id(), now));
  std::string approved_by;
  for (const approvals::Vote& vote : request.votes) {
    if (vote.approves) approved_by += (approved_by.empty() ? "" : ", ") + vote.approver;
  }
  const auto joined = [&]() -> Result<void> {
    TRY(audit(core, catalog::LedgerEvent::joined, session.id, visit.user,
              {{"request", request.id}, {"approved_by", approved_by}, {"reason", request.reason}, {"address", visit.peer_address}}, now));
    return core.sessions.invite(session.id, {0, visit.user, visit.web_session, request.id, approved_by, std::move(client)});
  }();
  if (!joined) {
    note(core, catalog::LedgerEvent::left, session.id, visit.user, {{"request", request.id}, {"why", joined.error().message}}, now);
    if (const auto back = core.approvals->give_back(request.id, session.id, now); !back) log::error(session.id, "the approval {} is used up, though nobody joined: {}", request.id, back.error().message);
    return joined.error();
  }
  raise_alert(core, {"guest.joined", alerts::Severity::warning, session.id,
                     visit.user + " looks on in the session of " + session.user + " on " + session.target + " (" + session.id + "), uncovered (request " + request.id + ", approved by " + approved_by + ")."},
              now);
  return {};
}

}  // namespace frostgate::serve
