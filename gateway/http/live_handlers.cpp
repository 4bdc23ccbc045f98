#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/http/administration.h"
#include "gateway/http/authentication.h"
#include "gateway/http/handlers.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/joining.h"
#include "gateway/serve/recording_pause.h"
#include "storage/catalog/views.h"

namespace frostgate::http {
namespace {

using nlohmann::json;
using access::Role;

constexpr std::int64_t kMaxSessions = 1000;

// The caller's own, or one on a target in the scope of one of the roles.
Result<catalog::Recording> running(const Call& call, const std::vector<Role>& roles, bool own) {
  const std::string& id = call.path.at("id");
  const Error nothing{ErrorKind::not_found, "no session " + id + " runs"};
  const Result<catalog::Recording> found = catalog::Recordings(*call.core.catalog).find(id);
  if (!found) return found.error().kind == ErrorKind::not_found || found.error().kind == ErrorKind::invalid ? nothing : found.error();
  if (found.value().status != catalog::RecordingStatus::recording) return nothing;
  if (own && found.value().user == call.caller.user) return found;
  const auto covered = recording_for(call, id, roles);
  if (!covered && covered.error().kind == ErrorKind::not_found) return nothing;
  return covered;
}

// A watcher of a live session, as long as its stream.
class Watch {
 public:
  Watch(const Call& call, std::uint64_t number, catalog::View view) : core_(call.core), proof_(call.request), number_(number), view_(std::move(view)) {}
  ~Watch() { core_.live.leave(number_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  StreamPiece next() {
    StreamPiece out;
    Result<serve::LiveHub::Next> next = core_.live.next(number_, std::chrono::milliseconds(0));
    if (!next) return {"", true};
    for (const serve::LivePiece& piece : next.value().pieces) {
      if (!piece.init && !(may_go_on() && noted(piece.end))) return {"", true};
      out.bytes.append(reinterpret_cast<const char*>(piece.bytes->data()), piece.bytes->size());
    }
    out.over = next.value().over;
    return out;
  }

 private:
  // A stream that was begun with a right does not outlive it: not the sign-in, the role, nor the approval.
  bool may_go_on() {
    const UtcTime now = serve::utc_now();
    const auto allowed = [&]() -> Result<void> {
      const access::Caller caller = TRY(proof_.caller(*core_.web_access, now));
      const catalog::Recording session = TRY(catalog::Recordings(*core_.catalog).find(view_.recording));
      if (!caller.entitlements.covers(Role::auditor, session.target, session.tags)) return Error{ErrorKind::denied, "the role was taken back"};
      return serve::pass_watch_gate(core_, session, caller.user, now);
    }();
    if (!allowed) log::info(view_.recording, "{} watches live no more: {}", view_.user, allowed.error().message);
    return allowed.has_value();
  }

  // What cannot be noted is not shown.
  bool noted(SessionTime end) {
    if (view_.to == SessionTime{}) view_.from = end;
    view_.to = std::max(view_.to, end);
    view_.at = serve::utc_now();
    const Result<void> added = catalog::Views(*core_.catalog).add(view_, std::chrono::minutes(1));
    if (!added) log::error(view_.recording, "a view could not be noted, and is ended: {}", added.error().message);
    return added.has_value();
  }

  serve::Core& core_;
  const Proof proof_;
  const std::uint64_t number_;
  catalog::View view_;
};

}  // namespace

Result<Response> live_sessions(Call& call) {
  catalog::RecordingFilter filter;
  filter.status = catalog::RecordingStatus::recording;
  filter.limit = kMaxSessions;
  filter.with_report = false;
  json items = json::array();
  for (const auto& session : TRY(catalog::Recordings(*call.core.catalog).list(filter))) {
    const access::Entitlements& may = call.caller.entitlements;
    const bool own = session.user == call.caller.user && may.has(Role::operator_);
    const bool watches = may.covers(Role::auditor, session.target, session.tags);
    if (!own && !watches && !may.covers(Role::admin, session.target, session.tags)) continue;
    const auto paused = call.core.sessions.paused(session.id);
    items.push_back({{"id", session.id},
                     {"user", session.user},
                     {"target", session.target},
                     {"front", catalog::to_string(session.front)},
                     {"back", catalog::to_string(session.back)},
                     {"started", serve::to_text(session.started)},
                     {"watchable", watches && call.core.live.followed(session.id)},
                     {"may_pause", own && TRY(serve::film_gate(call.core, session, policy::GateKind::pause)).gate.allow},
                     {"may_stop", own && TRY(serve::film_gate(call.core, session, policy::GateKind::stop)).gate.allow},
                     {"may_join", session.user != call.caller.user && serve::may_join(may, session.target, session.tags) && TRY(serve::film_gate(call.core, session, policy::GateKind::join)).gate.allow},
                     {"paused_until", time_or_null(paused ? paused->until : std::nullopt)},
                     {"stopped", paused && !paused->until},
                     {"input_locked", call.core.sessions.input_locked(session.id)}});
  }
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> end_live_session(Call& call) {
  const auto session = TRY(running(call, {Role::auditor, Role::admin}, true));
  Body body = TRY(Body::of(call.request));
  const std::string message = TRY(body.text("message", 256));
  TRY(body.finish());
  TRY(administered(call, {{"type", "sessions.end"}, {"id", session.id}, {"message", message}}));
  return no_content();
}

Result<Response> lock_input(Call& call) {
  const auto session = TRY(running(call, {Role::auditor, Role::admin}, false));
  Body body = TRY(Body::of(call.request));
  const bool locked = TRY(body.flag("locked"));
  TRY(body.finish());
  TRY(administered(call, {{"type", locked ? "sessions.lock_input" : "sessions.unlock_input"}, {"id", session.id}}));
  return no_content();
}

Result<Response> pause_recording(Call& call) {
  const auto session = TRY(running(call, {Role::auditor, Role::admin}, true));
  Body body = TRY(Body::of(call.request));
  const bool paused = TRY(body.flag("paused"));
  const bool stopped = body.has("stopped") && TRY(body.flag("stopped"));
  TRY(body.finish());
  if (stopped && !paused) return Error{ErrorKind::invalid, "member \"stopped\" must be false unless \"paused\" is true"};
  std::optional<UtcTime> until;
  if (stopped) TRY(serve::stop_recording(call.core, session.id, call.caller.user, call.now));
  else if (paused) until = TRY(serve::pause_recording(call.core, session.id, call.caller.user, call.now));
  else TRY(serve::record_again(call.core, session.id, call.caller.user));
  return json_response(200, {{"paused_until", time_or_null(until)}, {"stopped", stopped}});
}

Result<Response> live_film(Call& call) {
  const auto session = TRY(running(call, {Role::auditor}, false));
  TRY(serve::pass_watch_gate(call.core, session, call.caller.user, call.now));
  const std::uint64_t number = TRY(call.core.live.watch(session.id));
  const catalog::View view{session.id, call.caller.user, call.now, {}, {}, true};
  const auto watch = std::make_shared<Watch>(call, number, view);
  log::info(session.id, "{} watches live from {}", call.caller.user, call.request.peer);
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "video/mp4"}};
  out.body = Stream([watch] { return watch->next(); });
  return out;
}

namespace {

Result<serve::BrowserVisit> visit_to_join(const Call& call) {
  const auto session = TRY(running(call, {std::begin(serve::kJoiners), std::end(serve::kJoiners)}, false));
  if (call.caller.session.empty()) return Error{ErrorKind::denied, "this needs a sign-in, not a token"};
  TRY(serve::ask_to_join(call.core, session, call.caller.user, call.now));
  return serve::BrowserVisit{call.caller.user, session.target, call.caller.session, call.request.peer, session.id};
}

}  // namespace

Result<Response> issue_join_ticket(Call& call) {
  const serve::BrowserVisit visit = TRY(visit_to_join(call));
  const std::string ticket = TRY(call.core.browser_door.issue(visit, call.now));
  return json_response(201, {{"ticket", ticket}, {"clipboard", {{"to_target", false}, {"to_client", false}}}});
}

Result<Response> join(Call& call) { return upgraded_to_screen(call, TRY(visit_to_join(call))); }

}  // namespace frostgate::http
