#include "gateway/serve/recording_pause.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"

namespace frostgate::serve {
namespace {

std::string not_let(const approvals::Wish& wish) {
  return std::string("the policy does not let the recording ") + catalog::to_string(wish.kind) + " (rule \"" + wish.rule + "\")";
}

// What the user asked for and somebody agreed to; where the gate asks nothing, that it was asked for.
Result<approvals::Request> granted(Core& core, const approvals::Wish& wish, UtcTime now) {
  const policy::Gate& gate = wish.gate;
  if (!gate.allow) return Error{ErrorKind::denied, not_let(wish)};
  std::optional<approvals::Request> standing = TRY(core.approvals->standing(wish, now));
  if (!standing && !policy::asks(gate)) standing = TRY(core.approvals->ask(wish, now));
  if (standing && standing->state == approvals::State::approved) return std::move(*standing);
  if (standing) return Error{ErrorKind::denied, "nobody has decided on the request " + standing->id + " yet"};
  return Error{ErrorKind::denied, "it has to be asked for first (rule \"" + wish.rule + "\"): frostgate request create --user \"" + wish.requester +
                                      "\" --kind " + catalog::to_string(wish.kind) + " --recording " + wish.recording};
}

std::string approvers_of(const approvals::Request& request) {
  std::string out;
  for (const approvals::Vote& vote : request.votes) {
    if (vote.approves) out += (out.empty() ? "" : ", ") + vote.approver;
  }
  return out;
}

// Until when at the latest nothing is recorded; nullopt for a stop.
Result<std::optional<UtcTime>> switch_off(Core& core, approvals::Kind kind, const std::string& session, const std::string& user, UtcTime now) {
  approvals::Wish wish;
  wish.kind = kind;
  wish.requester = user;
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(session));
  TRY(aim_at_pause(core, wish, row));
  if (core.sessions.paused(session)) return Error{ErrorKind::exists, "the recording of " + session + " is paused or stopped already"};
  const approvals::Request request = TRY(granted(core, wish, now));
  TRY(core.approvals->use(request.id, session, now));
  nlohmann::json noted{{"request", request.id}, {"approved_by", approvers_of(request)}, {"reason", request.reason}};
  nlohmann::json order = noted;
  order.update({{"type", "stop_recording"}, {"from_us", now.time_since_epoch().count()}, {"by", user}});
  std::optional<UtcTime> until;
  if (kind == approvals::Kind::pause) {
    until = std::min(request.expires, now + wish.gate.longest);
    noted["until"] = to_text(*until);
    order.update({{"type", "pause_recording"}, {"until_us", until->time_since_epoch().count()}, {"seconds", std::chrono::ceil<std::chrono::seconds>(*until - now).count()}});
  }
  const auto begun = [&]() -> Result<void> {
    TRY(audit(core, until ? catalog::LedgerEvent::paused : catalog::LedgerEvent::stopped, session, user, noted, now));
    return core.sessions.pause(session, {until}, order);
  }();
  if (begun) return until;
  note(core, catalog::LedgerEvent::resumed, session, "", {{"request", request.id}, {"why", "it did not pause or stop: " + begun.error().message}}, now);
  if (const auto back = core.approvals->give_back(request.id, session, now); !back) log::error(session, "the approval {} is used up, though it is recorded on: {}", request.id, back.error().message);
  return begun.error();
}

}  // namespace

Result<void> aim_at_pause(Core& core, approvals::Wish& wish, const catalog::Recording& session) {
  if (session.status != catalog::RecordingStatus::recording) return Error{ErrorKind::not_found, "no session " + session.id + " runs"};
  if (session.user != wish.requester) return Error{ErrorKind::denied, "the recording of a session pauses or stops for its own user alone, " + session.user};
  return aim_at_film(core, wish, session);
}

Result<UtcTime> pause_recording(Core& core, const std::string& session, const std::string& user, UtcTime now) {
  return *TRY(switch_off(core, approvals::Kind::pause, session, user, now));
}

Result<void> stop_recording(Core& core, const std::string& session, const std::string& user, UtcTime now) {
  TRY(switch_off(core, approvals::Kind::stop, session, user, now));
  return {};
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
