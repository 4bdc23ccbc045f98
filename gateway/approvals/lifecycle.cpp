#include "gateway/approvals/lifecycle.h"

#include <algorithm>

#include "gateway/policy/pattern.h"

namespace frostgate::approvals {
namespace {

constexpr std::size_t kMaxComment = 4096;

Error not_now(const Request& request, const char* what) {
  return {ErrorKind::invalid, "the request " + request.id + " is " + to_string(request.state) + " and cannot be " + what};
}

Result<void> check_comment(const std::string& comment) {
  if (comment.size() <= kMaxComment) return {};
  return Error{ErrorKind::invalid, "a comment has at most " + std::to_string(kMaxComment) + " bytes"};
}

bool in_any(const std::vector<std::string>& patterns, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return policy::any_matches(patterns, name); });
}

}  // namespace

bool may_decide(const Request& request, const Actor& actor, UtcTime now) {
  if (actor.name.empty() || actor.name == request.requester || actor.administrator) return false;
  if (policy::any_matches(request.users, actor.name) || in_any(request.groups, actor.groups)) return true;
  return request.escalates && now >= *request.escalates && in_any(request.later_groups, actor.groups);
}

int approvals_of(const Request& request) {
  return static_cast<int>(std::count_if(request.votes.begin(), request.votes.end(), [](const Vote& vote) { return vote.approves; }));
}

Request lapsed(Request request, UtcTime now) {
  const bool open = request.state == State::requested || request.state == State::approved;
  if (open && now >= request.expires) request.state = State::expired;
  return request;
}

Result<Request> decided(Request request, const Actor& actor, bool approve, const std::string& comment, UtcTime now) {
  TRY(check_comment(comment));
  request = lapsed(std::move(request), now);
  if (actor.name == request.requester) return Error{ErrorKind::denied, "nobody decides on a request of their own"};
  if (!may_decide(request, actor, now)) return Error{ErrorKind::denied, actor.name + " is none of those who may decide on the request " + request.id};
  if (request.state != State::requested) return not_now(request, "decided on");
  const auto same = [&](const Vote& vote) { return vote.approver == actor.name; };
  if (std::any_of(request.votes.begin(), request.votes.end(), same)) return Error{ErrorKind::invalid, actor.name + " has decided on the request already"};
  request.votes.push_back({actor.name, approve, comment, now});
  if (!approve) {
    request.state = State::refused;
  } else if (approvals_of(request) >= request.needed) {
    request.state = State::approved;
    request.expires = now + request.validity;
  }
  return request;
}

Result<Request> cancelled(Request request, const Actor& actor, const std::string& comment, UtcTime now) {
  TRY(check_comment(comment));
  request = lapsed(std::move(request), now);
  if (!actor.administrator && actor.name != request.requester) return Error{ErrorKind::denied, "only " + request.requester + " can cancel the request " + request.id};
  const bool open = request.state == State::requested || request.state == State::approved;
  if (!open) return not_now(request, "cancelled");
  request.state = State::cancelled;
  request.ended_by = actor.name;
  request.end_comment = comment;
  return request;
}

Result<Request> revoked(Request request, const Actor& actor, const std::string& comment, UtcTime now) {
  TRY(check_comment(comment));
  if (!actor.administrator && !may_decide(request, actor, now)) return Error{ErrorKind::denied, actor.name + " is none of those who may decide on the request " + request.id};
  // Also one that has lapsed: a session that began with it may still run.
  const bool granted = request.state == State::approved || request.used;
  if (!granted || request.state == State::revoked) return not_now(request, "revoked");
  request.state = State::revoked;
  request.ended_by = actor.name;
  request.end_comment = comment;
  return request;
}

Result<Request> used(Request request, const std::string& by, UtcTime now) {
  request = lapsed(std::move(request), now);
  if (request.state != State::approved) return not_now(request, "used");
  if (request.one_use) request.state = State::used;
  if (!request.used) request.used = now;
  request.used_by = by;
  return request;
}

Result<Request> given_back(Request request, const std::string& by) {
  if (request.used_by != by || request.emergency) return Error{ErrorKind::denied, "it was not " + by + " that used the request " + request.id};
  if (request.state != State::used && request.state != State::approved) return not_now(request, "given back");
  request.state = State::approved;
  request.used.reset();
  request.used_by.clear();
  return request;
}

Result<Request> reviewed(Request request, const Actor& actor, const std::string& text, UtcTime now) {
  TRY(check_comment(text));
  if (!request.emergency) return Error{ErrorKind::invalid, "the request " + request.id + " was no emergency"};
  if (request.reviewed) return Error{ErrorKind::invalid, "the emergency was reviewed already, by " + request.reviewer};
  if (!may_decide(request, actor, now)) return Error{ErrorKind::denied, actor.name + " is none of those who may review " + request.id};
  if (text.empty()) return Error{ErrorKind::invalid, "a review says what was found"};
  request.reviewed = now;
  request.reviewer = actor.name;
  request.review = text;
  return request;
}

}  // namespace frostgate::approvals
