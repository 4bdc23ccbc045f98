#include "gateway/approvals/approvals.h"

#include <array>

#include "storage/catalog/users.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::approvals {
namespace {

constexpr std::size_t kMaxReason = 2000, kMaxTicket = 200;
constexpr int kTries = 20;  // on top of what others change at the same moment
constexpr std::int64_t kPage = 200;

// "r-1a2b3c4d5e6f": short enough to say on the phone.
Result<std::string> new_id() {
  std::array<std::byte, 6> noise{};
  TRY(storage::random_bytes(noise));
  return "r-" + storage::to_hex(noise);
}

// Of the film: all of it, or the wish's span and area at least. A question is the same only about the same.
bool reaches(const Request& request, const Wish& wish) {
  if (request.from == wish.from && request.to == wish.to && request.area == wish.area) return true;
  if (request.state != State::approved) return false;
  const bool span = request.from == request.to || (wish.from < wish.to && request.from <= wish.from && wish.to <= request.to);
  return span && (request.area.empty() || (!wish.area.empty() && request.area.contains(wish.area)));
}

// Of the same rule, whatever else of the policy has changed since, and asking the same of the same people.
bool same(const Request& request, const Wish& wish) {
  if (!wish.ticket.empty() && request.ticket != wish.ticket) return false;  // what was agreed to is for other work
  return request.recording == wish.recording && reaches(request, wish) && request.rule == wish.rule && request.needed == wish.gate.needed && request.users == wish.gate.users && request.groups == wish.gate.groups;
}

}  // namespace

void Approvals::tell(const Request& request, const char* what) const {
  if (listener_) listener_(request, what);
}

Result<Request> Approvals::new_request(const Wish& wish, UtcTime now) const {
  if (wish.reason.size() > kMaxReason || wish.ticket.size() > kMaxTicket) return Error{ErrorKind::invalid, "the reason or the ticket is too long"};
  if (const std::string missing = policy::missing(wish.gate, {wish.reason, wish.ticket}); !missing.empty()) return Error{ErrorKind::invalid, missing};
  // A film's gate that asks its questions alone is answered by a request as well: it says why, and can be used. A pause and a stop always have one, for the film to name.
  if (wish.gate.needed <= 0 && wish.kind != Kind::pause && wish.kind != Kind::stop && (wish.recording.empty() || !policy::asks(wish.gate))) return Error{ErrorKind::invalid, "nobody has to approve it"};
  Request request;
  request.id = TRY(new_id());
  request.kind = wish.kind;
  request.requester = wish.requester;
  request.asked_by = wish.asked_by;
  request.target = wish.target;
  request.recording = wish.recording;
  request.from = wish.from;
  request.to = wish.to;
  request.area = wish.area;
  request.reason = wish.reason;
  request.ticket = wish.ticket;
  request.rule = wish.rule;
  request.policy_digest = wish.policy_digest;
  request.needed = wish.gate.needed;
  request.users = wish.gate.users;
  request.groups = wish.gate.groups;
  if (wish.gate.escalate_after.count() > 0) {
    request.escalates = now + wish.gate.escalate_after;
    request.later_groups = wish.gate.escalate_to;
  }
  request.validity = wish.gate.validity;
  request.one_use = wish.gate.one_use;
  request.created = now;
  request.expires = now + wish.gate.patience;
  if (request.needed == 0) {
    request.state = State::approved;  // its answers are all that was asked for
    request.expires = now + request.validity;
  }
  return request;
}

Result<std::optional<Request>> Approvals::standing(const Wish& wish, UtcTime now) {
  for (const State state : {State::approved, State::requested}) {
    catalog::ApprovalFilter filter;
    filter.state = state;
    filter.kind = wish.kind;
    filter.requester = wish.requester;
    filter.target = wish.target;
    for (const Request& request : TRY(catalog::ApprovalRequests(catalog_).list(filter))) {
      if (same(request, wish) && lapsed(request, now).state == state) return std::optional<Request>(request);
    }
  }
  return std::optional<Request>();
}

Result<Request> Approvals::ask(const Wish& wish, UtcTime now) {
  if (!wish.gate.allow) return Error{ErrorKind::denied, "the policy does not allow it, whoever agrees"};
  if (std::optional<Request> before = TRY(standing(wish, now))) return std::move(*before);
  const Request request = TRY(new_request(wish, now));
  TRY(catalog::ApprovalRequests(catalog_).create(request));
  tell(request, request.needed == 0 ? to_string(request.state) : "requested");
  return request;
}

Result<Approval> Approvals::begin_in_emergency(const Wish& wish, const std::string& by, UtcTime now) {
  if (!wish.gate.allow || !wish.gate.emergency) return Error{ErrorKind::denied, "the policy knows no emergency here"};
  if (wish.reason.empty()) return Error{ErrorKind::invalid, "an emergency needs a reason"};
  Request request = TRY(new_request(wish, now));
  request.emergency = true;
  request.state = State::used;
  request.used = now;
  request.used_by = by;
  TRY(catalog::ApprovalRequests(catalog_).create(request));
  tell(request, "emergency");
  return Approval(ApprovalPasskey{}, request);
}

Result<Request> Approvals::break_glass(const Wish& wish, UtcTime now) {
  if (!wish.gate.allow) return Error{ErrorKind::denied, "the policy does not allow it, whoever agrees (rule \"" + wish.rule + "\")"};
  if (wish.reason.empty()) return Error{ErrorKind::invalid, "breaking the glass needs a reason"};
  if (wish.recording.empty() || wish.gate.needed <= 0) return Error{ErrorKind::invalid, "nobody has to approve it, so there is no glass to break"};
  Request request = TRY(new_request(wish, now));
  request.emergency = true;
  request.one_use = true;
  request.state = State::approved;
  request.expires = now + request.validity;
  TRY(catalog::ApprovalRequests(catalog_).create(request));
  tell(request, "emergency");
  return request;
}

Result<Request> Approvals::change(const std::string& id, UtcTime now, const char* what, const Step& step) {
  catalog::ApprovalRequests requests(catalog_);
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const Request before = TRY(requests.find(id));
    if (before.state != lapsed(before, now).state) TRY(expire(now));
    Request after = TRY(step(before));
    const Result<void> kept = requests.replace(after);
    if (!kept && kept.error().kind == ErrorKind::exists) continue;
    TRY(kept);
    ++after.version;
    tell(after, what ? what : after.state == State::requested ? "approved-by" : to_string(after.state));
    return after;
  }
  return Error{ErrorKind::unavailable, "too many are at the request " + id + " at the same time; try again"};
}

// The word of somebody who was disabled since does not count any more.
Result<Request> Approvals::with_votes_that_count(Request request) {
  for (auto vote = request.votes.begin(); vote != request.votes.end();) {
    const Result<catalog::User> user = catalog::Users(catalog_).find(vote->approver);
    if (!user && user.error().kind != ErrorKind::not_found) return user.error();
    const bool counts = !vote->approves || !user || !user.value().disabled;
    vote = counts ? vote + 1 : request.votes.erase(vote);
  }
  return request;
}

Result<Approval> Approvals::use(const std::string& id, const std::string& by, UtcTime now) {
  const auto step = [&](Request before) -> Result<Request> {
    const Request counted = TRY(with_votes_that_count(before));
    if (!counted.emergency && approvals_of(counted) < counted.needed) return Error{ErrorKind::denied, "somebody who approved the request " + id + " has been disabled since; ask again"};
    return used(std::move(before), by, now);
  };
  Request request = TRY(change(id, now, "used", step));
  return Approval(ApprovalPasskey{}, std::move(request));
}

Result<Request> Approvals::give_back(const std::string& id, const std::string& by, UtcTime now) {
  return change(id, now, "given-back", [&](Request before) { return given_back(std::move(before), by); });
}

Result<Request> Approvals::decide(const std::string& id, const Actor& actor, bool approve, const std::string& comment, UtcTime now) {
  return change(id, now, nullptr, [&](Request before) -> Result<Request> {
    Request counted = TRY(with_votes_that_count(std::move(before)));
    return decided(std::move(counted), actor, approve, comment, now);
  });
}

Result<Request> Approvals::cancel(const std::string& id, const Actor& actor, const std::string& comment, UtcTime now) {
  return change(id, now, nullptr, [&](Request before) { return cancelled(std::move(before), actor, comment, now); });
}

Result<Request> Approvals::revoke(const std::string& id, const Actor& actor, const std::string& comment, UtcTime now) {
  return change(id, now, nullptr, [&](Request before) { return revoked(std::move(before), actor, comment, now); });
}

Result<Request> Approvals::review(const std::string& id, const Actor& actor, const std::string& text, UtcTime now) {
  return change(id, now, "reviewed", [&](Request before) { return reviewed(std::move(before), actor, text, now); });
}

Result<Request> Approvals::find(const std::string& id, UtcTime now) { return lapsed(TRY(catalog::ApprovalRequests(catalog_).find(id)), now); }

Result<std::vector<Request>> Approvals::list(const catalog::ApprovalFilter& filter, UtcTime now) {
  TRY(expire(now));
  return catalog::ApprovalRequests(catalog_).list(filter);
}

Result<void> Approvals::expire(UtcTime now) {
  catalog::ApprovalRequests requests(catalog_);
  for (const State state : {State::requested, State::approved}) {
    catalog::ApprovalFilter filter;
    filter.state = state;
    filter.limit = kPage;
    for (bool more = true; more;) {
      const std::vector<Request> page = TRY(requests.list(filter));
      more = static_cast<std::int64_t>(page.size()) == kPage;
      if (more) filter.before = {page.back().created, page.back().id};
      for (const Request& request : page) {
        const Request after = lapsed(request, now);
        if (after.state == state) continue;
        // Whoever changed it meanwhile has seen that it is over.
        if (requests.replace(after)) tell(after, "expired");
      }
    }
  }
  return {};
}

}  // namespace frostgate::approvals
