// Requests for what a policy lets nobody do alone. Who asked sees it, and whoever approves or watches on its target; deciding is for
// those whom the rule names, and who have the role.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "gateway/http/handlers.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/joining.h"
#include "gateway/serve/recording_pause.h"

namespace frostgate::http {
namespace {

using access::Role;
using approvals::Kind;
using approvals::State;
using nlohmann::json;

constexpr std::size_t kRecentSessions = 5;
constexpr std::int64_t kMostSessions = 50;  // looked through for them

// What the caller is to requests.
struct Viewer {
  const Call& call;
  const approvals::Actor actor = serve::actor_named(call.core, call.caller.user);

  bool owns(const approvals::Request& request) const { return request.requester == actor.name; }
  bool sees(const approvals::Request& request, const access::Tags& tags) const {
    const access::Entitlements& may = call.caller.entitlements;
    return owns(request) || may.covers(Role::approver, request.target, tags) || may.may_watch(request.target, tags);
  }
  bool approves(const approvals::Request& request, const access::Tags& tags) const {
    return serve::approves(call.caller.entitlements, request, tags, actor, call.now);
  }
  bool has_voted(const approvals::Request& request) const {
    return std::any_of(request.votes.begin(), request.votes.end(), [&](const approvals::Vote& vote) { return vote.approver == actor.name; });
  }
};

bool open(const approvals::Request& request) { return request.state == State::requested || request.state == State::approved; }

json request_json(const Viewer& viewer, const approvals::Request& request, const access::Tags& tags) {
  json decisions = json::array();
  for (const approvals::Vote& vote : request.votes) {
    decisions.push_back({{"by", vote.approver}, {"approve", vote.approves}, {"comment", vote.comment}, {"at", serve::to_text(vote.at)}});
  }
  const bool approves = viewer.approves(request, tags), of_film = request.from != request.to;
  return {{"id", request.id},
          {"kind", catalog::to_string(request.kind)},
          {"state", catalog::to_string(request.state)},
          {"requester", request.requester},
          {"asked_by", request.asked_by.empty() ? json(nullptr) : json(request.asked_by)},
          {"target", request.target},
          {"recording", request.recording.empty() ? json(nullptr) : json(request.recording)},
          {"from", of_film ? json(seconds(request.from)) : json(nullptr)},
          {"to", of_film ? json(seconds(request.to)) : json(nullptr)},
          {"area", request.area.empty() ? json(nullptr) : json{request.area.x, request.area.y, request.area.width, request.area.height}},
          {"rule", request.rule},
          {"policy_digest", request.policy_digest},
          {"reason", request.reason},
          {"ticket", request.ticket},
          {"created", serve::to_text(request.created)},
          {"expires", serve::to_text(request.expires)},
          {"needed", request.needed},
          {"users", request.users},
          {"groups", request.groups},
          {"later_groups", request.later_groups},
          {"escalates", time_or_null(request.escalates)},
          {"valid_for", seconds(request.validity)},
          {"one_use", request.one_use},
          {"decisions", std::move(decisions)},
          {"used", time_or_null(request.used)},
          {"emergency", request.emergency},
          {"ended_by", request.ended_by},
          {"end_comment", request.end_comment},
          {"reviewed", time_or_null(request.reviewed)},
          {"reviewer", request.reviewer},
          {"review", request.review},
          {"may_decide", approves && request.state == State::requested && !viewer.has_voted(request)},
          {"may_review", approves && request.emergency && !request.reviewed},
          {"may_revoke", approves && (request.state == State::approved || request.state == State::used)},
          {"may_cancel", viewer.owns(request) && open(request)}};
}

// The cursor is the last request that was looked at: when it was made, in microseconds, and its number.
std::string cursor_after(const approvals::Request& request) { return std::to_string(request.created.time_since_epoch().count()) + "." + request.id; }

Result<std::optional<std::pair<UtcTime, std::string>>> cursor_of(const Call& call) {
  const auto found = call.query.find("cursor");
  if (found == call.query.end()) return std::optional<std::pair<UtcTime, std::string>>();
  const std::string& text = found->second;
  const std::size_t dot = std::min(text.find('.'), text.size());
  std::int64_t created = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + dot, created);
  if (failure != std::errc() || stop != text.data() + dot || dot + 1 >= text.size()) return Error{ErrorKind::invalid, "parameter \"cursor\" is none of ours"};
  return std::optional(std::pair(UtcTime(Microseconds(created)), text.substr(dot + 1)));
}

enum class List { all, mine, to_decide };

Result<List> list_of(const Call& call) {
  const auto found = call.query.find("list");
  if (found == call.query.end() || found->second == "all") return List::all;
  if (found->second == "mine") return List::mine;
  if (found->second == "to_decide") return List::to_decide;
  return Error{ErrorKind::invalid, "parameter \"list\" must be all, mine or to_decide"};
}

// With the tags by which roles are scoped. What the caller may not see is not there.
struct Found {
  approvals::Request request;
  access::Tags tags;
};

Result<Found> request_for(const Call& call, const Viewer& viewer) {
  const std::string& id = call.path.at("id");
  const Error nothing{ErrorKind::not_found, "there is no request " + id};
  Result<approvals::Request> request = call.core.approvals->find(id, call.now);
  if (!request) return request.error().kind == ErrorKind::not_found || request.error().kind == ErrorKind::invalid ? nothing : request.error();
  Found out{std::move(request).value(), {}};
  out.tags = serve::tags_of(call.core, out.request);
  if (!viewer.sees(out.request, out.tags)) return nothing;
  return out;
}

// Who approves on the target, but is none of those whom the rule names, is told so.
Result<Found> request_to_approve(const Call& call, const Viewer& viewer) {
  Found found = TRY(request_for(call, viewer));
  if (viewer.owns(found.request)) return Error{ErrorKind::denied, "nobody decides on a request of their own"};
  if (!viewer.approves(found.request, found.tags)) return Error{ErrorKind::denied, "you are none of those who may decide on it"};
  return found;
}

// The texts were checked before: what the lifecycle still finds wrong is the request's state.
Result<Response> changed(const Viewer& viewer, const access::Tags& tags, const Result<approvals::Request>& outcome) {
  if (!outcome) return Error{outcome.error().kind == ErrorKind::invalid ? ErrorKind::exists : outcome.error().kind, outcome.error().message};
  return json_response(200, request_json(viewer, outcome.value(), tags));
}

Result<std::string> comment_of(Body& body) { return body.text_or("comment", kMaxReason, ""); }

// What was asked for a film must be for those whose roles allow it already.
Result<catalog::Recording> film_asked_for(const Call& call, Body& body, Kind kind) {
  const std::string id = TRY(body.text("recording", 64));
  return recording_for(call, id, kind == Kind::export_film || kind == Kind::delete_early ? std::vector{Role::compliance} : kWatchers);
}

// The caller's own session; of others nobody learns here that they run.
Result<void> aim_at_own_session(Call& call, Body& body, approvals::Wish& wish) {
  const std::string id = TRY(body.text("recording", 64));
  const Result<catalog::Recording> found = catalog::Recordings(*call.core.catalog).find(id);
  if (!found && found.error().kind != ErrorKind::not_found && found.error().kind != ErrorKind::invalid) return found.error();
  if (!found || found.value().user != wish.requester) return Error{ErrorKind::not_found, "you have no session " + id};
  TRY(serve::aim_at_pause(call.core, wish, found.value()));
  if (!wish.gate.allow) return Error{ErrorKind::denied, "the policy does not let the recording " + std::string(catalog::to_string(wish.kind)) + " (rule \"" + wish.rule + "\")"};
  return {};
}

// Empty when none was sent.
Result<Rect> area_of(Body& body) {
  if (!body.has("area")) return Rect{};
  const std::vector<std::int64_t> numbers = TRY(body.numbers("area", 0, kMaxScreenSide));
  if (numbers.size() != 4 || numbers[2] == 0 || numbers[3] == 0) return Error{ErrorKind::invalid, "member \"area\" must be x, y, width and height within a screen"};
  return Rect{static_cast<int>(numbers[0]), static_cast<int>(numbers[1]), static_cast<int>(numbers[2]), static_cast<int>(numbers[3])};
}

Result<void> aim(Call& call, Body& body, approvals::Wish& wish) {
  if (wish.kind == Kind::start) {
    const std::string name = TRY(body.text("target", 64));
    const catalog::Target target = TRY(target_for(call, name, {Role::operator_}));
    return serve::aim_at_target(call.core, wish, target, call.request.peer, call.now);
  }
  if (wish.kind == Kind::pause || wish.kind == Kind::stop) return aim_at_own_session(call, body, wish);
  if (wish.kind == Kind::join) {
    const std::string id = TRY(body.text("recording", 64));
    return serve::aim_at_join(call.core, wish, TRY(recording_for(call, id, {std::begin(serve::kJoiners), std::end(serve::kJoiners)})));
  }
  const catalog::Recording film = TRY(film_asked_for(call, body, wish.kind));
  TRY(serve::aim_at_film(call.core, wish, film));
  if (wish.kind == Kind::watch || wish.kind == Kind::delete_early) return {};
  if (wish.kind == Kind::watch_original) {
    if (film.original != catalog::Original::sealed) return Error{ErrorKind::exists, "recording " + film.id + " has no original: the rule \"" + film.rule + "\" does not keep it"};
    if (!wish.gate.allow) return Error{ErrorKind::denied, "the policy lets nobody watch this original (rule \"" + wish.rule + "\")"};
    wish.area = TRY(area_of(body));
  }
  if (!(body.has("from") || body.has("to")) && wish.kind == Kind::export_film) return {};
  const double length = seconds(film.film_duration);
  const double from = TRY(body.real_or("from", 0, 0, length)), to = TRY(body.real_or("to", length, 0, length));
  wish.from = Microseconds(std::llround(from * 1e6));
  wish.to = Microseconds(std::llround(to * 1e6));
  if (wish.from >= wish.to) return Error{ErrorKind::invalid, "member \"to\" must be later than \"from\""};
  return {};
}

}  // namespace

Result<Response> requests(Call& call) {
  const Viewer viewer{call};
  const List list = TRY(list_of(call));
  const auto limit = static_cast<std::size_t>(TRY(call.number("limit", kDefaultPage, 1, kMaxPage)));
  catalog::ApprovalFilter filter;
  filter.before = TRY(cursor_of(call));
  filter.waiting = list == List::to_decide;
  filter.limit = kMaxPage;
  if (list == List::mine) filter.requester = viewer.actor.name;
  if (const auto state = call.query.find("state"); state != call.query.end()) filter.state = TRY(catalog::approval_state(state->second));

  json items = json::array();
  std::string next;
  bool more = true;
  for (int page = 0; more && page < kMaxPages && items.size() < limit; ++page) {
    const std::vector<approvals::Request> found = TRY(call.core.approvals->list(filter, call.now));
    more = static_cast<std::int64_t>(found.size()) == kMaxPage;
    for (const approvals::Request& request : found) {
      if (items.size() == limit) {
        more = true;
        break;
      }
      next = cursor_after(request);
      filter.before = {request.created, request.id};
      const access::Tags tags = serve::tags_of(call.core, request);
      if (!viewer.sees(request, tags)) continue;
      json one = request_json(viewer, request, tags);
      if (list != List::to_decide || one["may_decide"] || one["may_review"]) items.push_back(std::move(one));
    }
  }
  return json_response(200, {{"items", std::move(items)}, {"next", more ? json(next) : json(nullptr)}});
}

namespace {

// That the session was; who asked knows of the own ones.
bool may_know_of(const Call& call, const catalog::Recording& row) {
  if (row.user == call.caller.user) return true;
  return may(call, {access::Role::approver, access::Role::auditor, access::Role::compliance}, row.target, row.tags);
}

}  // namespace

Result<Response> request(Call& call) {
  const Viewer viewer{call};
  const Found found = TRY(request_for(call, viewer));
  catalog::RecordingFilter filter;
  filter.user = found.request.requester;
  filter.target = found.request.target;
  filter.limit = kMostSessions;
  filter.with_report = false;
  json sessions = json::array();
  for (const catalog::Recording& row : TRY(catalog::Recordings(*call.core.catalog).list(filter))) {
    // The target may have had other tags then: what was recorded out of the viewer's scope is not there.
    if (sessions.size() == kRecentSessions || !may_know_of(call, row)) continue;
    sessions.push_back({{"id", row.id}, {"started", serve::to_text(row.started)}, {"ended", time_or_null(row.ended)}, {"end_reason", row.end_reason}});
  }
  json out = request_json(viewer, found.request, found.tags);
  out["sessions"] = std::move(sessions);
  return json_response(200, out);
}

Result<Response> create_request(Call& call) {
  Body body = TRY(Body::of(call.request));
  approvals::Wish wish;
  const std::string kind = TRY(body.text("kind", 64));
  wish.kind = TRY(catalog::approval_kind(kind));
  wish.requester = call.caller.user;
  wish.reason = TRY(body.text_or("reason", kMaxReason, ""));
  wish.ticket = TRY(body.text_or("ticket", kMaxTicket, ""));
  TRY(aim(call, body, wish));
  TRY(body.finish());
  const approvals::Request made = TRY(call.core.approvals->ask(wish, call.now));
  return json_response(201, request_json(Viewer{call}, made, serve::tags_of(call.core, made)));
}

Result<Response> decide_request(Call& call) {
  const Viewer viewer{call};
  const Found found = TRY(request_to_approve(call, viewer));
  Body body = TRY(Body::of(call.request));
  const bool approve = TRY(body.flag("approve"));
  const std::string comment = TRY(comment_of(body));
  TRY(body.finish());
  return changed(viewer, found.tags, call.core.approvals->decide(found.request.id, viewer.actor, approve, comment, call.now));
}

Result<Response> cancel_request(Call& call) {
  const Viewer viewer{call};
  const Found found = TRY(request_for(call, viewer));
  if (!viewer.owns(found.request)) return Error{ErrorKind::not_found, "you have no request " + found.request.id};
  return changed(viewer, found.tags, call.core.approvals->cancel(found.request.id, viewer.actor, "", call.now));
}

Result<Response> revoke_request(Call& call) {
  const Viewer viewer{call};
  const Found found = TRY(request_to_approve(call, viewer));
  Body body = TRY(Body::of(call.request));
  const std::string comment = TRY(comment_of(body));
  TRY(body.finish());
  return changed(viewer, found.tags, call.core.approvals->revoke(found.request.id, viewer.actor, comment, call.now));
}

Result<Response> review_request(Call& call) {
  const Viewer viewer{call};
  const Found found = TRY(request_to_approve(call, viewer));
  Body body = TRY(Body::of(call.request));
  const std::string text = TRY(body.text("text", kMaxReason));
  TRY(body.finish());
  if (text.empty()) return Error{ErrorKind::invalid, "a review says what was found"};
  return changed(viewer, found.tags, call.core.approvals->review(found.request.id, viewer.actor, text, call.now));
}

}  // namespace frostgate::http
