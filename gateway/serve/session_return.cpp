// A session whose user's connection was lost: whether it waits, who may come back to it, and how it ends when nobody does.
#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/serve/relay_broker.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {
namespace {

constexpr auto kOverdue = std::chrono::seconds(60);  // with the screen that says so

}  // namespace

bool RelayBroker::overdue() const {
  const int most = rule_ ? rule_->terms.max_seconds : 0;
  return most > 0 && recording() && recording_.lasts() > std::chrono::seconds(most) + kOverdue;
}

// A proof that could be overheard is good for one session: with it somebody else at that address could come back. And who comes back is recorded, which
// somebody has agreed that this session is not any more.
bool RelayBroker::may_return() const {
  if (!client_lost_ || !ticket_ || !login_.encrypted() || end_ordered_ || revoked_ || pause_.stopped()) return false;
  const policy::SessionTerms& terms = grant_->terms();
  return terms.reconnect_seconds > 0 && (terms.max_seconds == 0 || recording_.lasts() < std::chrono::seconds(terms.max_seconds));
}

void RelayBroker::begin_waiting(UtcTime now) {
  waiting_ = true;
  // Connections that never reached the target win no time.
  if (connected_ || recording_.resumed_times() == 0) return_until_ = now + std::chrono::seconds(grant_->terms().reconnect_seconds);
  log::warning(origin_.id, "the connection of {} from {} is lost ({}); until {} the same ticket brings the user back", user_,
               origin_.peer_address, end_reason_, to_text(return_until_));
  core_.events.post({EventKind::session, origin_.id, "waiting", grant_->user(), grant_->target(), wanted_.target_tags});
  opened_ = connected_ = client_lost_ = account_asked_ = account_said_ = false;
}

void RelayBroker::wait_for_return(UtcTime now) {
  (void)poll(now);  // an approval that is revoked by now orders the end
  if (now >= return_until_) conclude(end_reason_ + ", and the user did not come back", now);
}

void RelayBroker::resume(const std::string& connection) {
  waiting_ = false;
  end_reason_.clear();
  recording_.resumed();
  log::info(origin_.id, "{} from {} comes back with the connection {}", user_, origin_.peer_address, connection);
  core_.events.post({EventKind::session, origin_.id, "started", grant_->user(), grant_->target(), wanted_.target_tags});
}

void RelayBroker::conclude(const std::string& reason, UtcTime now) {
  waiting_ = false;
  const bool closed = recording_.close_paused(reason);
  end_session(reason, !closed, now);
}

// The ticket is right, and so is the address. Whether the session wants this connection is for the thread that runs it to say.
RelayBroker::Reply RelayBroker::come_back(const access::Identity& identity, UtcTime now) {
  const std::string& session = identity.comes_back_to;
  const auto refused = [&](const std::string& why) {
    log::warning(origin_.id, "denied {} from {}: the ticket is that of session {}, {}", user_, origin_.peer_address, session, why);
    return Reply{{{"type", "denied"}}, {}, false};
  };
  if (!login_.encrypted()) return refused("and came without TLS");
  const Result<catalog::Recording> row = catalog::Recordings(*core_.catalog).find(session);
  const Result<catalog::Target> target = catalog::Targets(*core_.catalog).find(identity.target);
  if (!row || !target) return refused("which is not known any more");
  // The number of a ticket that was given when the session began stands.
  const std::vector<policy::Policy::Step> steps = policy_->explain(wish_for(target.value(), now));
  const auto began = std::find_if(steps.begin(), steps.end(), [&](const policy::Policy::Step& step) {
    return step.rule->name == row.value().rule && (!step.failed || step.failed == policy::Condition::tickets);
  });
  const policy::Rule* rule = began != steps.end() ? began->rule : steps.empty() || steps.back().failed ? nullptr : steps.back().rule;
  const bool allowed = began != steps.end() && rule->allow;
  if (const Result<void> noted = note_decision(identity.target, rule, allowed, now); !noted) return not_noted(noted.error());
  if (!allowed) return refused("which the policy does not allow now by the rule that it began under");
  Reply out{{{"type", "admitted"}, {"user", user_}, {"target", identity.target}}, {}, false};
  out.comes_back_to = session;
  return out;
}

}  // namespace frostgate::serve
