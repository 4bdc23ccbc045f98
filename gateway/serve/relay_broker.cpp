#include "gateway/serve/relay_broker.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/ipc/redirection_members.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"
#include "storage/catalog/targets.h"
#include "storage/crypto/hex.h"

namespace frostgate::serve {
namespace {

constexpr std::size_t kMaxChoices = 200;

RelayBroker::Reply reply(nlohmann::json body) { return {std::move(body), {}, false}; }

RelayBroker::Reply denied() { return reply({{"type", "denied"}}); }

bool take_delays(Core& core, const ipc::Message& message) {
  constexpr std::int64_t kMost = std::int64_t{1} << 50;
  const auto counts = message.body.find("counts");
  const auto sum = message.number("sum_us", 0, kMost);
  std::vector<std::uint64_t> numbers;
  if (counts != message.body.end() && counts->is_array() && counts->size() <= std::size(kRelayDelays) + 1) {
    for (const nlohmann::json& count : *counts) {
      if (count.is_number_unsigned() && count.get<std::uint64_t>() < kMost) numbers.push_back(count.get<std::uint64_t>());
    }
  }
  return sum && core.measures.relay_delays(numbers, Microseconds(sum.value()));
}

}  // namespace

RelayReply RelayReply::refused(const std::string& reason) { return reply({{"type", "refused"}, {"reason", reason}}); }

RelayBroker::Reply RelayBroker::handle(ipc::Message& message, UtcTime now) {
  const std::string type = message.type();
  if (RelayLogin::brings_proof(type)) return prove(message, now);
  if (type == "sign_handshake") return admitted() ? broke_protocol("asked for a signature out of turn") : unless_broken(signer_.sign(message));
  if (type == "vnc_challenge") return unless_broken(login_.challenge(origin_));
  if (type == "login_screen") return admitted() ? broke_protocol("asked for a login screen out of turn") : unless_broken(login_.ask_on_screen(origin_));
  if (type == "choose") return choose(message, now);
  if (type == "consent") return consent(now);
  if (type == "justify") return justify(message, now);
  if (type == "open_target") return open_target(now);
  if (type == "target_account") return said_account();
  if (type == "refused_channel") return admitted() || recording() ? unless_broken(channels_.refused(message, noted_session(), now)) : broke_protocol("refused a channel out of turn");
  if (type == "copied") return unless_broken(channels_.copied(message, noted_session(), now));
  if (type == "device") return unless_broken(channels_.device(message, noted_session(), now));
  if (type == "reopen_target") return reopen_target(now);
  if (type == "journal_file") return journal_file(message, now);
  if (type == "back_connected") return back_connected(message, now);
  if (type == "back_failed") return back_failed(message, now);
  if (type == "unrecorded") return goes_on_unrecorded(message, now);
  if (type == "recording") return unless_broken(pause_.relay_says(message, now));
  if (type == "guest_left") return unless_broken(guests_.relay_says(origin_.id, message, now));
  if (type == "ended") return ended(message);
  if (type == "delays") return take_delays(core_, message) ? Reply() : broke_protocol("sent delays that make no sense");
  return broke_protocol("sent a message of unknown type");
}

RelayBroker::Reply RelayBroker::broke_protocol(const std::string& what) {
  log::error(origin_.id, "the relay {}; ending it", what);
  Reply out;
  out.end_relay = true;
  return out;
}

RelayBroker::Reply RelayBroker::prove(ipc::Message& message, UtcTime now) {
  if (admitted()) return broke_protocol("said who its user is out of turn");
  Result<RelayLogin::Proof> proof = login_.prove(core_, origin_, message, now);
  if (!proof) return broke_protocol(proof.error().message);
  // Whether the sign-in at the browser's door still stands may have changed since.
  if (origin_.visit && signed_out(now)) return admit(Error{ErrorKind::denied, "\"" + origin_.visit->user + "\" has signed out of the portal"}, now);
  Reply out = admit(std::move(proof.value().identity), now);
  // Nothing for a client that the policy keeps out, though its ticket was right.
  const bool comes_in = admitted() || !out.comes_back_to.empty();
  if (proof.value().ntlm_hash && comes_in) out.body["hash"] = storage::to_hex(proof.value().ntlm_hash->bytes());
  return out;
}

policy::Request RelayBroker::wish_for(const catalog::Target& target, UtcTime now) const {
  return request_to_decide(core_, user_, target, origin_.peer_address, now, wanted_.pretext.ticket);
}

RelayBroker::Reply RelayBroker::admit(Result<access::Identity> identity, UtcTime now) {
  core_.measures.sign_in(to_string(origin_.front), identity.has_value());
  if (!identity) {
    log::warning(origin_.id, "denied {}: {}", origin_.peer_address, identity.error().message);
    if (identity.error().kind == ErrorKind::timeout) {
      alert_brute_force(core_, origin_.peer_address, identity.error().message, now);
      return denied();
    }
    note(core_, catalog::LedgerEvent::login, origin_.id, "", {{"accepted", false}, {"address", origin_.peer_address}, {"front", to_string(origin_.front)}, {"why", identity.error().message}}, now);
    return denied();
  }
  const Result<void> noted = audit(core_, catalog::LedgerEvent::login, origin_.id, identity.value().user,
                                   {{"accepted", true}, {"address", origin_.peer_address}, {"front", to_string(origin_.front)}}, now);
  if (!noted) return not_noted(noted.error());
  user_ = identity.value().user;
  policy_ = core_.policy.current();
  if (!identity.value().comes_back_to.empty()) return come_back(identity.value(), now);
  ticket_ = identity.value().ticket;
  const Result<catalog::Target> target = catalog::Targets(*core_.catalog).find(identity.value().target);
  return target ? admit_to(target.value(), now) : admit_to_some(identity.value().target, now);
}

// Nobody gets in of whom that could not be known later.
RelayBroker::Reply RelayBroker::not_noted(const Error& error) {
  log::error(origin_.id, "denied {}, since the audit log takes nothing: {}", origin_.peer_address, error.message);
  return denied();
}

Result<void> RelayBroker::note_decision(const std::string& target, const policy::Rule* rule, bool allowed, UtcTime now) {
  core_.measures.decision(allowed);
  nlohmann::json details{{"allowed", allowed}, {"target", target}, {"address", origin_.peer_address}, {"front", to_string(origin_.front)}, {"policy", policy_->digest()}};
  if (rule) details["rule"] = rule->name;
  if (!wanted_.pretext.ticket.empty()) details["ticket"] = wanted_.pretext.ticket;
  return audit(core_, catalog::LedgerEvent::decision, origin_.id, user_, details, now);
}

RelayBroker::Reply RelayBroker::admit_to(const catalog::Target& target, UtcTime now) {
  const policy::Request wish = wish_for(target, now);
  const policy::Prospect prospect = number_said_ ? policy::Prospect() : policy_->prospect(wish);
  if (prospect.asks_number && prospect.rule && (login_.encrypted() || prospect.rule->terms.vnc_plaintext)) {
    // Nothing is decided yet.
    choices_.clear();
    awaits_number_ = true;
    wanted_ = wish;
    return reply({{"type", "admitted"}, {"user", user_}, {"target", target.name}});
  }
  const policy::Rule* matching = policy_->matching(wish);
  const policy::Rule* rule = matching && matching->allow ? matching : nullptr;
  const bool allowed = rule && (login_.encrypted() || rule->terms.vnc_plaintext);
  if (const Result<void> noted = note_decision(target.name, matching, allowed, now); !noted) return not_noted(noted.error());
  if (!allowed) alert_unauthorised(core_, user_, origin_.peer_address, target.name, now);
  if (!rule) {
    log::warning(origin_.id, "denied {} from {}: no rule of the policy allows target \"{}\"", user_, origin_.peer_address,
                 target.name);
    return denied();
  }
  if (!login_.encrypted() && !rule->terms.vnc_plaintext) {
    log::warning(origin_.id, "denied {} from {}: its ticket came without TLS, and no rule allows that for target \"{}\" "
                 "(vnc_plaintext)", user_, origin_.peer_address, target.name);
    return denied();
  }
  choices_.clear();
  rule_ = rule;
  wanted_ = wish;
  log::info(origin_.id, "admitted {} from {} to {} by rule \"{}\"", user_, origin_.peer_address, target.name, rule->name);
  Reply out = reply({{"type", "admitted"}, {"user", user_}, {"target", target.name}});
  ipc::write_redirections(out.body, policy::redirections_to(wish.protocol, rule->terms));
  return out;
}

// No target has this name. Those that begin with it, and that the user may use, are offered.
RelayBroker::Reply RelayBroker::admit_to_some(const std::string& prefix, UtcTime now) {
  const Result<std::vector<catalog::Target>> all = catalog::Targets(*core_.catalog).list();
  std::vector<const catalog::Target*> allowed;
  for (std::size_t i = 0; all && i < all.value().size(); ++i) {
    const catalog::Target& target = all.value()[i];
    if (target.name.starts_with(prefix) && policy_->prospect(wish_for(target, now)).rule) allowed.push_back(&target);
  }
  if (allowed.size() == 1) return admit_to(*allowed.front(), now);
  if (allowed.empty()) {
    if (const Result<void> noted = note_decision(prefix, nullptr, false, now); !noted) return not_noted(noted.error());
    log::warning(origin_.id, "denied {} from {}: no target \"{}\", and none that begins so is allowed", user_,
                 origin_.peer_address, prefix);
    return denied();
  }
  for (const catalog::Target* target : allowed) {
    if (choices_.size() < kMaxChoices) choices_.push_back(target->name);
  }
  log::info(origin_.id, "admitted {} from {}, who chooses one of {} targets", user_, origin_.peer_address, allowed.size());
  return reply({{"type", "admitted"}, {"user", user_}, {"target", ""}});
}

RelayBroker::Reply RelayBroker::choose(ipc::Message& message, UtcTime now) {
  const Result<std::string> name = message.text("target", 64);
  if (!name || std::find(choices_.begin(), choices_.end(), name.value()) == choices_.end())
    return broke_protocol("chose a target that was not offered");
  const Result<catalog::Target> target = catalog::Targets(*core_.catalog).find(name.value());
  choices_.clear();
  return target ? admit_to(target.value(), now) : denied();
}

void RelayBroker::ordered(const nlohmann::json& order, UtcTime now) {
  const std::string type = order["type"].get<std::string>();
  if (type == "end") end_ordered_ = true;
  if (type == "pause_recording" || type == "stop_recording") pause_.begin(order, paused_session(), now);
  if (type == "record_again") pause_.end_by(order["why"].get<std::string>(), now);
}

RelayBroker::Reply RelayBroker::consent(UtcTime now) {
  if (!rule_ || rule_->terms.consent.empty() || consented_ || opened_) return broke_protocol("consented out of turn");
  consented_ = now;
  log::info(origin_.id, "{} agreed to the notice {} of rule \"{}\"", user_, notice_digest(rule_->terms), rule_->name);
  return {};
}

// One guess: of what the number was, or that there is none.
RelayBroker::Reply RelayBroker::admit_by_number(UtcTime now) {
  const Result<catalog::Target> target = catalog::Targets(*core_.catalog).find(wanted_.target);
  if (target && admit_to(target.value(), now).body["type"] == "admitted") return {};
  opened_ = true;
  const std::string& number = wanted_.pretext.ticket;
  return reply({{"type", "not_approved"}, {"reason", "No rule of the policy lets you connect to \"" + wanted_.target + "\"" + (number.empty() ? " without a ticket." : " for the ticket " + number + ".")}});
}

RelayBroker::Reply RelayBroker::open_target(UtcTime now) {
  if (!choices_.empty()) return reply({{"type", "choose"}, {"targets", choices_}});
  if (awaits_number_) {
    return reply({{"type", "justify"}, {"text", "Which ticket do you work on? What you may do, and what is asked of you, depends on its number. Leave it empty where there is none."},
                  {"reason", 0}, {"ticket", 1}, {"emergency", 0}});
  }
  if (number_said_ && !rule_ && !opened_) {
    if (Reply refused = admit_by_number(now); !refused.body.is_null()) return refused;
  }
  if (!rule_ || opened_ || !request_.empty()) return broke_protocol("asked for a target out of turn");
  if (recording()) return connect_again(now);
  const std::string& consent = rule_->terms.consent;
  if (!consent.empty() && !consented_) return reply({{"type", "consent"}, {"text", consent}});
  return pass_gate(now);
}

RelayBroker::Reply RelayBroker::journal_file(ipc::Message& message, UtcTime now) {
  Result<Descriptor> file = recording_.make_file(message);
  if (!file && file.error().kind == ErrorKind::corrupt) return broke_protocol(file.error().message);
  if (!file) {
    log::error(origin_.id, "{}", file.error().message);
    alert_unrecorded("a file of its journal could not be made", now);
    return Reply::refused("The session cannot be recorded any more.");
  }
  Reply out = reply({{"type", "journal_file"}});
  out.descriptors.push_back(std::move(file).value());
  return out;
}

void RelayBroker::alert_unrecorded(const std::string& why, UtcTime now) {
  raise_alert(core_, {"recording.failed", alerts::Severity::critical, origin_.id,
                      "A session of " + user_ + " on " + wanted_.target + " (" + origin_.id + ") cannot be recorded: " + why + "."},
              now);
}

// Its recorder has failed, and the rule lets the session go on.
RelayBroker::Reply RelayBroker::goes_on_unrecorded(ipc::Message& message, UtcTime now) {
  if (!grant_ || !grant_->terms().goes_on_unrecorded) return broke_protocol("goes on without a recording, which its rule does not allow");
  const Result<std::string> why = recording_.goes_on_without(message);
  if (!why) return broke_protocol(why.error().message);
  log::error(origin_.id, "the session goes on unrecorded: {}", why.value());
  raise_alert(core_, {"recording.failed", alerts::Severity::critical, origin_.id,
                      "The session of " + user_ + " on " + wanted_.target + " (" + origin_.id + ") goes on, as its rule \"" + rule_->name + "\" says, but is not recorded any more: " + why.value() + "."},
              now);
  return {};
}

RelayBroker::Reply RelayBroker::ended(ipc::Message& message) {
  if (!end_reason_.empty()) return broke_protocol("ended twice");
  const Result<std::string> reason = message.text("reason");
  const Result<std::int64_t> lost = message.number("client_lost", 0, 1);
  end_reason_ = reason && !reason.value().empty() ? reason.value() : "ended";
  client_lost_ = lost && lost.value() == 1;
  recording_.relay_says_end(message);
  return {};
}

void RelayBroker::relay_ended(const std::string& how, double cpu_seconds, UtcTime now) {
  pause_.relay_ended(now);
  guests_.relay_ended(origin_.id, now);
  recording_.relay_ended(cpu_seconds);
  if (!recording()) {
    // Whoever was approved, and left before the session began.
    if (!opened_) give_approval_back(now);
    return core_.sessions.leave(origin_.id);
  }
  if (client_lost_ && recording_.paused()) return may_return() ? begin_waiting(now) : conclude(end_reason_, now);
  const std::string reason = end_reason_.empty() ? "the relay died (" + how + ")" : end_reason_;
  // It wrote nothing, so that the journal is as the one before has left it.
  if (recording_.resumed_times() > 0 && !recording_.used()) return conclude(reason, now);
  end_session(reason, end_reason_.empty(), now);
}

void RelayBroker::end_session(const std::string& reason, bool interrupted, UtcTime now) {
  core_.access->forget_return(origin_.id);
  core_.sessions.leave(origin_.id);
  if (!recording_.failure().empty()) alert_unrecorded(recording_.failure(), now);
  nlohmann::json report;
  if (approval_) report["approval"] = {{"request", approval_->id()}, {"emergency", approval_->emergency()}};
  const policy::Pretext why = approval_ ? policy::Pretext{approval_->reason(), approval_->ticket()} : wanted_.pretext;
  if (!why.reason.empty()) report["reason"] = why.reason;
  if (!why.ticket.empty()) report["ticket"] = why.ticket;
  if (consented_) report["consent"] = {{"at", to_text(*consented_)}, {"notice_sha256", notice_digest(rule_->terms)}};
  report["file_bytes"] = channels_.file_bytes();
  recording_.end(std::move(report), reason, interrupted, now);
}

}  // namespace frostgate::serve
