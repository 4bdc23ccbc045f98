// A rule's connect gate: what the user says, whom it waits for, and what comes of it.
#include "gateway/base/log.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/relay_broker.h"

namespace frostgate::serve {
namespace {

using approvals::State;

constexpr auto kBetweenLooks = std::chrono::milliseconds(400);
constexpr int kRefusedFarewellSeconds = 30;
constexpr std::size_t kMaxNames = 600;
constexpr const char* kSignedOut = "You have signed out of the portal, or your sign-in has run out.";

RelayBroker::Reply not_approved(const std::string& reason) { return {{{"type", "not_approved"}, {"reason", reason}}, {}, false}; }

void add(std::string& list, const std::vector<std::string>& names, const char* what) {
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + std::string(what) + name;
}

std::string approvers(const policy::Gate& gate) {
  std::string list;
  add(list, gate.users, "");
  add(list, gate.groups, "group ");
  return list.size() > kMaxNames ? list.substr(0, list.rfind(',', kMaxNames)) + " and others" : list;
}

// The last one's word, for the user to read.
std::string last_word(const approvals::Request& request) {
  for (auto vote = request.votes.rbegin(); vote != request.votes.rend(); ++vote) {
    if (!vote->approves) return vote->approver + " has refused the request " + request.id + (vote->comment.empty() ? "." : ": " + vote->comment);
  }
  return "The request " + request.id + " was refused.";
}

}  // namespace

approvals::Wish RelayBroker::approval_wish() const {
  approvals::Wish wish;
  wish.kind = approvals::Kind::start;
  wish.requester = user_;
  wish.target = wanted_.target;
  wish.reason = wanted_.pretext.reason;
  wish.ticket = wanted_.pretext.ticket;
  wish.rule = rule_->name;
  wish.policy_digest = policy_->digest();
  wish.gate = rule_->gate(policy::GateKind::connect);
  return wish;
}

// Whether the rule wants one that was not given yet.
bool RelayBroker::asks_number() const {
  policy::Gate number;
  number.allow = true;
  number.ticket = rule_->gate(policy::GateKind::connect).ticket;
  return !policy::missing(number, wanted_.pretext).empty();
}

RelayBroker::Reply RelayBroker::ask_for_pretext() const {
  const policy::Gate& gate = rule_->gate(policy::GateKind::connect);
  std::string text = pretext_problem_.empty() ? policy::missing(gate, wanted_.pretext) : pretext_problem_;
  if (gate.needed > 0) text += (text.empty() ? "" : "\n") + std::string("What you say is shown to those who approve: ") + approvers(gate) + ".";
  if (gate.emergency) text += "\nIn an emergency you can begin without approval: it is noted as such, and stays open until somebody has reviewed it.";
  return {{{"type", "justify"}, {"text", text}, {"reason", 1}, {"ticket", asks_number() ? 1 : 0}, {"emergency", gate.emergency ? 1 : 0}}, {}, false};
}

RelayBroker::Reply RelayBroker::pass_gate(UtcTime now) {
  if (approval_) return connect(now);
  const policy::Gate& gate = rule_->gate(policy::GateKind::connect);
  if (gate.needed > 0 && !justified_) {
    // What the user asked for before, also elsewhere.
    const auto before = core_.approvals->standing(approval_wish(), now);
    if (before && before.value()) return before.value()->state == State::approved ? answer_of(*before.value(), now) : wait_for(*before.value());
  }
  const bool questions = gate.emergency || !policy::missing(gate, wanted_.pretext).empty();
  if (questions && !justified_) return ask_for_pretext();
  if (gate.needed == 0) return connect(now);
  const Result<approvals::Request> asked = core_.approvals->ask(approval_wish(), now);
  if (!asked) {
    log::error(origin_.id, "no request for approval: {}", asked.error().message);
    return not_approved("The request for approval could not be made. Tell your administrator the session number " + origin_.id + ".");
  }
  log::info(origin_.id, "{} asks for approval: request {}", user_, asked.value().id);
  return asked.value().state == State::approved ? answer_of(asked.value(), now) : wait_for(asked.value());
}

RelayBroker::Reply RelayBroker::justify(ipc::Message& message, UtcTime now) {
  const bool in_turn = awaits_number_ || (rule_ && !opened_ && !recording() && !justified_ && request_.empty());
  if (!in_turn) return broke_protocol("gave a reason out of turn");
  const Result<std::string> reason = message.text("reason", 2000), ticket = message.text("ticket", 200);
  const Result<std::int64_t> emergency = message.number("emergency", 0, 1);
  if (!reason || !ticket || !emergency) return broke_protocol("gave a reason that makes no sense");
  if (awaits_number_) {
    awaits_number_ = false;
    number_said_ = true;
    wanted_.pretext.ticket = ticket.value();
    return {};
  }
  wanted_.pretext.reason = reason.value();
  if (asks_number()) wanted_.pretext.ticket = ticket.value();
  const policy::Gate& gate = rule_->gate(policy::GateKind::connect);
  justified_ = policy::missing(gate, wanted_.pretext).empty();
  if (!justified_ || emergency.value() == 0) return {};
  Result<approvals::Approval> begun = core_.approvals->begin_in_emergency(approval_wish(), origin_.id, now);
  justified_ = begun.has_value();
  if (!begun) {
    log::warning(origin_.id, "no emergency: {}", begun.error().message);
    pretext_problem_ = "It cannot begin so: " + begun.error().message + ".";
    return {};
  }
  approval_ = std::move(begun).value();
  log::warning(origin_.id, "{} begins without approval, in an emergency: {} (request {})", user_, reason.value(), approval_->id());
  return {};
}

RelayBroker::Reply RelayBroker::wait_for(const approvals::Request& request) {
  request_ = request.id;
  std::string text = "The request " + request.id + " was made at " + to_text(request.created).substr(11, 5) + " UTC, and stands until " +
                     to_text(request.expires).substr(11, 5) + " UTC.\nWho can approve it: " + approvers(rule_->gate(policy::GateKind::connect)) + " (" +
                     std::to_string(request.needed) + " needed).";
  if (!request.reason.empty()) text += "\nYour reason: " + request.reason.substr(0, kMaxNames);
  return {{{"type", "wait"}, {"text", text}}, {}, false};
}

RelayBroker::Reply RelayBroker::answer_of(const approvals::Request& request, UtcTime now) {
  request_.clear();
  switch (request.state) {
    case State::approved: {
      Result<approvals::Approval> used = core_.approvals->use(request.id, origin_.id, now);
      if (!used) return not_approved("The approval cannot be used: " + used.error().message + ".");
      approval_ = std::move(used).value();
      log::info(origin_.id, "{} was approved (request {})", user_, approval_->id());
      return connect(now);
    }
    case State::refused: return not_approved(last_word(request));
    case State::expired: return not_approved("Nobody has decided on the request " + request.id + " in time.");
    case State::cancelled: return not_approved("The request " + request.id + " was cancelled by " + request.ended_by + ".");
    case State::revoked: return not_approved("The approval " + request.id + " was revoked by " + request.ended_by + ".");
    default: return not_approved("The approval " + request.id + " was used for another session.");
  }
}

RelayBroker::Reply RelayBroker::poll(UtcTime now) {
  if (Reply due = unless_broken(pause_.due(now)); due.end_relay || !due.body.is_null()) return due;
  if (Reply due = guests_.due(paused_session(), now); !due.body.is_null()) return due;
  const bool may_end = recording() && !revoked_;
  const bool of_use = !request_.empty() || (may_end && (approval_ || origin_.visit));
  if (!of_use || (looked_ && now >= *looked_ && now < *looked_ + kBetweenLooks)) return {};
  looked_ = now;
  if (request_.empty()) {
    if (approval_) end_when_revoked(now);
    if (!revoked_ && signed_out(now)) order_end(kSignedOut);
    return {};
  }
  if (signed_out(now)) {
    request_.clear();
    return not_approved(kSignedOut);
  }
  const Result<approvals::Request> request = core_.approvals->find(request_, now);
  if (!request) {
    // Whoever waits goes on waiting while the catalog is busy.
    log::warning(origin_.id, "the request {} cannot be read: {}", request_, request.error().message);
    return {};
  }
  return request.value().state == State::requested ? Reply{} : answer_of(request.value(), now);
}

void RelayBroker::end_when_revoked(UtcTime now) {
  const Result<approvals::Request> request = core_.approvals->find(approval_->id(), now);
  if (!request || request.value().state != State::revoked) return;
  order_end("The approval of this session was revoked by " + request.value().ended_by +
            (request.value().end_comment.empty() ? "." : ": " + request.value().end_comment));
}

// Never, while the catalog is busy.
bool RelayBroker::signed_out(UtcTime now) const {
  if (!origin_.visit) return false;
  const Result<void> still = core_.web_access->still_signed_in(origin_.visit->user, origin_.visit->web_session, now);
  return !still && still.error().kind == ErrorKind::denied;
}

void RelayBroker::order_end(const std::string& text) {
  revoked_ = true;
  log::warning(origin_.id, "ending the session: {}", text);
  if (const auto told = core_.sessions.order(origin_.id, {{"type", "end"}, {"message", text}, {"seconds", kRefusedFarewellSeconds}}); !told) {
    log::error(origin_.id, "it could not be told so: {}", told.error().message);
  }
}

}  // namespace frostgate::serve
