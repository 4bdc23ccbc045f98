#include "gateway/serve/recording_pause.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"

namespace frostgate::serve {
namespace {

// What the user asked for and somebody agreed to; where the gate asks nothing, that it was asked for.
Result<approvals::Request> granted(Core& core, const approvals::Wish& wish, UtcTime now) {
  const policy::Gate& gate = wish.gate;
  if (!gate.allow) return Error{ErrorKind::denied, "the policy does not let the recording pause (rule \"" + wish.rule + "\")"};
  std::optional<approvals::Request> standing = TRY(core.approvals->standing(wish, now));
  if (!standing && !policy::asks(gate)) standing = TRY(core.approvals->ask(wish, now));
  if (standing && standing->state == approvals::State::approved) return std::move(*standing);
  if (standing) return Error{ErrorKind::denied, "nobody has decided on the request " + standing->id + " yet"};
  return Error{ErrorKind::denied, "it has to be asked for first (rule \"" + wish.rule + "\"): frostgate request create --user \"" + wish.requester +
                                      "\" --kind pause --recording " + wish.recording};
}

std::string approvers_of(const approvals::Request& request) {
  std::string out;
  for (const approvals::Vote& vote : request.votes) {
    if (vote.approves) out += (out.empty() ? "" : ", ") + vote.approver;
  }
  return out;
}

}  // namespace

Result<void> aim_at_pause(Core& core, approvals::Wish& wish, const catalog::Recording& session) {
  if (session.status != catalog::RecordingStatus::recording) return Error{ErrorKind::not_found, "no session " + session.id + " runs"};
  if (session.user != wish.requester) return Error{ErrorKind::denied, "the recording of a session pauses for its own user alone, " + session.user};
  wish.kind = approvals::Kind::pause;
  return aim_at_film(core, wish, session);
}

Result<UtcTime> pause_recording(Core& core, const std::string& session, const std::string& user, UtcTime now) {
  approvals::Wish wish;
  wish.requester = user;
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(session));
  TRY(aim_at_pause(core, wish, row));
  if (core.sessions.paused_until(session)) return Error{ErrorKind::exists, "the recording of " + session + " is paused already"};
  const approvals::Request request = TRY(granted(core, wish, now));
  TRY(core.approvals->use(request.id, session, now));
  const UtcTime until = std::min(request.expires, now + wish.gate.longest);
  const std::string approved_by = approvers_of(request);
  const auto begun = [&]() -> Result<void> {
    TRY(audit(core, catalog::LedgerEvent::paused, session, user,
              {{"request", request.id}, {"approved_by", approved_by}, {"reason", request.reason}, {"until", to_text(until)}}, now));
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(until - now).count();
    return core.sessions.pause(session, until,
                               {{"type", "pause_recording"}, {"from_us", now.time_since_epoch().count()}, {"until_us", until.time_since_epoch().count()},
                                {"by", user}, {"request", request.id}, {"approved_by", approved_by}, {"reason", request.reason}, {"seconds", seconds}});
  }();
  if (begun) return until;
  note(core, catalog::LedgerEvent::resumed, session, "", {{"request", request.id}, {"why", "it did not pause: " + begun.error().message}}, now);
  if (const auto back = core.approvals->give_back(request.id, session, now); !back) log::error(session, "the approval {} is used up, though nothing paused: {}", request.id, back.error().message);
  return begun.error();
}

void settle_pause(Core& core, const std::string& session, UtcTime now) {
  catalog::LedgerQuery query;
  query.subject = session;
  query.limit = 1;
  const auto last = [&](catalog::LedgerEvent event) {
    query.event = event;
    const auto found = catalog::Ledger(*core.catalog).find(query);
    return found && !found.value().empty() ? found.value().front() : catalog::LedgerEntry{};
  };
  const catalog::LedgerEntry paused = last(catalog::LedgerEvent::paused), resumed = last(catalog::LedgerEvent::resumed);
  if (paused.number <= resumed.number) return;
  const nlohmann::json detail = nlohmann::json::parse(paused.details, nullptr, false);
  note(core, catalog::LedgerEvent::resumed, session, "", {{"request", detail.is_object() ? detail.value("request", "") : ""}, {"why", "the session ended with the gateway"}}, now);
}

Result<void> record_again(Core& core, const std::string& session, const std::string& by) {
  return core.sessions.order(session, {{"type", "record_again"}, {"why", by + " asked for it"}});
}

}  // namespace frostgate::serve
