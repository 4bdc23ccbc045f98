#include "gateway/serve/admin_requests.h"

#include "gateway/serve/decision.h"
#include "gateway/serve/original.h"
#include "gateway/serve/joining.h"
#include "gateway/serve/recording_pause.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxRequestPage = 200;
constexpr std::size_t kMaxComment = 4096;
constexpr std::int64_t kMaxSessionTime = std::int64_t{1} << 50;
constexpr const char* kHere = "the control socket";  // in place of a client's address

json time_or_null(const std::optional<UtcTime>& time) { return time ? json(to_text(*time)) : json(nullptr); }

Result<AdminReply> shown(const Result<approvals::Request>& outcome) {
  if (!outcome) return outcome.error();
  AdminReply out;
  out.body = {{"request", to_json(outcome.value())}};
  return out;
}

// Who may decide on the request, or review it.
Result<approvals::Actor> approver(Core& core, ipc::Message& request, const std::string& id, UtcTime now) {
  const std::string user = TRY(proved_user(core, request, now));
  approvals::Actor actor = actor_named(core, user);
  const approvals::Request subject = TRY(core.approvals->find(id, now));
  if (subject.requester == user) return Error{ErrorKind::denied, "nobody decides on a request of their own"};
  const access::Entitlements may = TRY(access::entitlements_of(*core.catalog, user));
  if (approves(may, subject, tags_of(core, subject), actor, now)) return actor;
  return Error{ErrorKind::denied, user + " is none of those who may decide on " + id + ": it takes the role approver on the target, and to be named by the rule"};
}

approvals::Actor administrator(const std::string& by) { return {by, {}, true}; }

// In whose name something is asked for.
Result<void> name_requester(Core& core, ipc::Message& request, approvals::Wish& wish, UtcTime now) {
  const std::string user = TRY(request.text("user", 64)), by = TRY(request.text("by", 512));
  if (request.body.contains("as")) {
    wish.requester = TRY(proved_user(core, request, now));
  } else {
    wish.requester = user.empty() ? by : user;
    if (!user.empty()) wish.asked_by = by;
  }
  if (wish.kind != approvals::Kind::start || wish.requester != by) return {};
  return Error{ErrorKind::invalid, "a session is somebody's: say whose (--user), or prove to be them (--as)"};
}

}  // namespace

Result<std::string> proved_user(Core& core, ipc::Message& request, UtcTime now) {
  const std::string name = TRY(request.text("as", 256));
  const Secret password = TRY(request.take_secret("password", 1024));
  const std::string code = TRY(request.text("code", 32));
  const auto user = core.web_access->prove(name, password, code, kHere, now);
  if (!user && user.error().kind != ErrorKind::denied) return user.error();
  if (!user) return Error{ErrorKind::denied, "the name, the password or the code is wrong"};
  if (!user.value()) return Error{ErrorKind::denied, name + " has a second factor: give its code with --code"};
  return *user.value();
}

json to_json(const approvals::Request& request) {
  json votes = json::array();
  for (const approvals::Vote& vote : request.votes) {
    votes.push_back({{"approver", vote.approver}, {"approves", vote.approves}, {"comment", vote.comment}, {"at", to_text(vote.at)}});
  }
  return {{"id", request.id},
          {"kind", catalog::to_string(request.kind)},
          {"requester", request.requester},
          {"asked_by", request.asked_by},
          {"target", request.target},
          {"recording", request.recording},
          {"from_us", request.from.count()},
          {"to_us", request.to.count()},
          {"area", request.area.empty() ? json(nullptr) : json{request.area.x, request.area.y, request.area.width, request.area.height}},
          {"reason", request.reason},
          {"ticket", request.ticket},
          {"rule", request.rule},
          {"policy_digest", request.policy_digest},
          {"needed", request.needed},
          {"users", request.users},
          {"groups", request.groups},
          {"later_groups", request.later_groups},
          {"escalates", time_or_null(request.escalates)},
          {"valid_seconds", std::chrono::duration_cast<std::chrono::seconds>(request.validity).count()},
          {"one_use", request.one_use},
          {"created", to_text(request.created)},
          {"expires", to_text(request.expires)},
          {"state", catalog::to_string(request.state)},
          {"votes", std::move(votes)},
          {"used", time_or_null(request.used)},
          {"used_by", request.used_by},
          {"emergency", request.emergency},
          {"ended_by", request.ended_by},
          {"end_comment", request.end_comment},
          {"reviewed", time_or_null(request.reviewed)},
          {"reviewer", request.reviewer},
          {"review", request.review}};
}

Result<AdminReply> request_list(Core& core, ipc::Message& request, UtcTime now) {
  catalog::ApprovalFilter filter;
  filter.limit = TRY(request.number("limit", 1, kMaxRequestPage));
  if (request.body.contains("state")) {
    const std::string state = TRY(request.text("state", 64));
    filter.state = TRY(catalog::approval_state(state));
  }
  if (request.body.contains("requester")) filter.requester = TRY(request.text("requester", 64));
  filter.unreviewed = request.body.contains("unreviewed");
  AdminReply out;
  out.body = {{"requests", json::array()}};
  for (const approvals::Request& one : TRY(core.approvals->list(filter, now))) out.body["requests"].push_back(to_json(one));
  return out;
}

Result<AdminReply> request_show(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64));
  return shown(core.approvals->find(id, now));
}

Result<AdminReply> request_create(Core& core, ipc::Message& request, UtcTime now) {
  approvals::Wish wish;
  const std::string kind = TRY(request.text("kind", 64));
  wish.kind = TRY(catalog::approval_kind(kind));
  TRY(name_requester(core, request, wish, now));
  wish.target = TRY(request.text("target", 64));
  wish.recording = TRY(request.text("recording", 64));
  wish.reason = TRY(request.text("reason", kMaxComment));
  wish.ticket = TRY(request.text("ticket", 256));
  if (request.body.contains("to_us")) {
    wish.from = Microseconds(TRY(request.number("from_us", 0, kMaxSessionTime)));
    wish.to = Microseconds(TRY(request.number("to_us", 0, kMaxSessionTime)));
    if (wish.to <= wish.from) return Error{ErrorKind::invalid, "the end must be later than the beginning"};
  }
  wish.area = TRY(area_of(request));
  if (wish.kind == approvals::Kind::start) {
    const catalog::Target target = TRY(catalog::Targets(*core.catalog).find(wish.target));
    TRY(aim_at_target(core, wish, target, "", now));
  } else {
    const catalog::Recording recording = TRY(catalog::Recordings(*core.catalog).find(wish.recording));
    if (wish.kind == approvals::Kind::pause || wish.kind == approvals::Kind::stop) TRY(aim_at_pause(core, wish, recording));
    else if (wish.kind == approvals::Kind::join) TRY(aim_at_join(core, wish, recording));
    else TRY(aim_at_film(core, wish, recording));
  }
  return shown(core.approvals->ask(wish, now));
}

Result<AdminReply> request_decide(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), comment = TRY(request.text("comment", kMaxComment));
  const bool approve = TRY(request.number("approve", 0, 1)) == 1;
  const approvals::Actor actor = TRY(approver(core, request, id, now));
  return shown(core.approvals->decide(id, actor, approve, comment, now));
}

Result<AdminReply> request_cancel(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), comment = TRY(request.text("comment", kMaxComment)), by = TRY(request.text("by", 512));
  return shown(core.approvals->cancel(id, administrator(by), comment, now));
}

// Takes something away only, which an administrator may do without anybody's password.
Result<AdminReply> request_revoke(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), comment = TRY(request.text("comment", kMaxComment)), by = TRY(request.text("by", 512));
  return shown(core.approvals->revoke(id, administrator(by), comment, now));
}

Result<AdminReply> request_review(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), text = TRY(request.text("comment", kMaxComment));
  const approvals::Actor actor = TRY(approver(core, request, id, now));
  return shown(core.approvals->review(id, actor, text, now));
}

}  // namespace frostgate::serve
