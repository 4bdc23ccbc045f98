// The target of a session: reached by serve, handed to the relay as a socket, and what the relay says of it afterwards.
#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/ipc/redirection_members.h"
#include "gateway/base/tcp_client.h"
#include "gateway/serve/disk_space.h"
#include "gateway/serve/relay_broker.h"
#include "gateway/serve/target_trust.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/users.h"
#include "storage/crypto/hex.h"

namespace frostgate::serve {
namespace {

constexpr auto kReopenWindow = std::chrono::minutes(10);
constexpr std::size_t kMostReopened = 12;

nlohmann::json clipboard_json(const policy::ClipboardTerms& terms) {
  nlohmann::json out = nlohmann::json::array();
  if (terms.text) out.push_back("text");
  if (terms.images) out.push_back("images");
  if (terms.files) out.push_back("files");
  return out;
}

}  // namespace

// Between the login and now lie a notice, a question, or hours of waiting for an approval: the policy of now counts, and what it asks must be what the
// user was asked.
bool RelayBroker::still_allowed(const catalog::Target& target, UtcTime now) {
  const Result<catalog::User> user = catalog::Users(*core_.catalog).find(user_);
  const auto policy = core_.policy.current();
  const policy::Rule* rule = policy->matching(wish_for(target, now));
  if (!user || user.value().disabled || signed_out(now) || !rule || !rule->allow || rule->name != rule_->name) return false;
  if (rule->gate(policy::GateKind::connect) != rule_->gate(policy::GateKind::connect) || rule->terms.consent != rule_->terms.consent) return false;
  policy_ = policy;
  rule_ = rule;
  return true;
}

// What was granted is used up by a session that is recorded, not by a target that does not answer or a disk that takes nothing.
RelayBroker::Reply RelayBroker::connect(UtcTime now) {
  if (const auto target = catalog::Targets(*core_.catalog).find(wanted_.target); target && wants_account(target.value())) return ask_account(target.value());
  opened_ = true;
  Reply out = begin_session(now);
  if (!recording()) give_approval_back(now);
  return out;
}

RelayBroker::Reply RelayBroker::begin_session(UtcTime now) {
  const Result<catalog::Target> target = catalog::Targets(*core_.catalog).find(wanted_.target);
  if (!target) return Reply::refused("the target is not known any more");
  if (!still_allowed(target.value(), now)) {
    log::warning(origin_.id, "denied {} to {}: the user is disabled or signed out by now, or rule \"{}\" does not let them in any more", user_, wanted_.target, rule_->name);
    if (const Result<void> noted = note_decision(wanted_.target, rule_, false, now); !noted) return not_noted(noted.error());
    return Reply::refused("This session is not allowed any more. Connect again to learn whether another is.");
  }
  grant_ = policy_->decide(wanted_, approval_ ? &*approval_ : nullptr);
  if (!grant_) {
    log::error(origin_.id, "the rule \"{}\" gives {} no grant for {}", rule_->name, user_, wanted_.target);
    return Reply::refused("The policy does not allow this session.");
  }
  const policy::SessionTerms& terms = grant_->terms();
  const Result<void> entered = core_.sessions.enter(origin_.id, grant_->user(), grant_->target(), {terms.per_user, terms.per_target});
  if (!entered) {
    log::warning(origin_.id, "{} to {}: {}", grant_->user(), grant_->target(), entered.error().message);
    return Reply::refused(entered.error().message);
  }
  Result<TargetAccount> signs_in = account(target.value(), now);
  if (!signs_in) return Reply::refused(signs_in.error().message);
  Result<Descriptor> socket = reach(target.value());
  if (!socket) return Reply::refused(socket.error().message);
  account_ = std::move(signs_in).value();
  Result<nlohmann::json> body = start_recording(target.value(), now);
  if (!body) {
    // Unrecordable means no session.
    log::error(origin_.id, "the session cannot be recorded: {}", body.error().message);
    alert_unrecorded(body.error().message, now);
    return Reply::refused("The session cannot be recorded. Tell your administrator the session number " + origin_.id + ".");
  }
  Reply out{std::move(body).value(), {}, false};
  out.descriptors.push_back(std::move(socket).value());
  return out;
}

Result<nlohmann::json> RelayBroker::start_recording(const catalog::Target& target, UtcTime now) {
  catalog::Recording row;
  row.user = grant_->user();
  row.target = grant_->target();
  row.tags = target.tags;
  row.front = origin_.front;
  row.back = target.protocol;
  row.peer = origin_.peer_address;
  row.rule = grant_->rule();
  row.policy_digest = grant_->policy_digest();
  row.original = grant_->terms().keep_original ? catalog::Original::sealed : catalog::Original::discard;
  row.retention_class = grant_->terms().retention_class;
  const SessionRecording::Keys keys = TRY(recording_.begin(std::move(row), now));
  if (ticket_ && login_.encrypted() && grant_->terms().reconnect_seconds > 0) core_.access->allow_return(*ticket_, origin_.id, origin_.peer_address);
  return target_message(target, keys);
}

// The user types it into the relay, which keeps it; nobody else hears of it.
bool RelayBroker::wants_account(const catalog::Target& target) const { return target.account == catalog::Account::asked && !account_said_; }

RelayBroker::Reply RelayBroker::ask_account(const catalog::Target& target) {
  account_asked_ = true;
  const std::string proposed = target.login_user.empty() && target.protocol == catalog::Protocol::rdp ? user_ : target.login_user;
  return {{{"type", "target_account"}, {"user", (target.domain.empty() ? "" : target.domain + "\\") + proposed}}, {}, false};
}

RelayBroker::Reply RelayBroker::said_account() {
  if (!account_asked_ || account_said_) return broke_protocol("has an account of the user's out of turn");
  account_said_ = true;
  return {};
}

void RelayBroker::give_approval_back(UtcTime now) {
  if (!approval_ || approval_->emergency()) return;
  if (const auto back = core_.approvals->give_back(approval_->id(), origin_.id, now); !back) {
    log::error(origin_.id, "the approval {} is used up, though no session began: {}", approval_->id(), back.error().message);
  }
}

// The errors are sentences for the user.
Result<TargetAccount> RelayBroker::account(const catalog::Target& target, UtcTime now) {
  Result<TargetAccount> found = account_for(core_, target, user_);
  const std::string number = " The session number is " + origin_.id + ".";
  if (!found) {
    log::error(origin_.id, "no account for {} on target {}: {}", user_, target.name, found.error().message);
    if (found.error().kind == ErrorKind::not_found) return Error{ErrorKind::denied, "No account of yours is stored for the target \"" + target.name + "\". Tell your administrator." + number};
    return Error{ErrorKind::denied, "The gateway has no account that it could use on the target \"" + target.name + "\". Tell your administrator." + number};
  }
  if (found.value().refused) {
    // Trying again could lock the account, or this machine's address, and so everybody out.
    log::error(origin_.id, "target {} refused its stored credential at {}; it is not tried until somebody runs \"target retry\" or "
               "\"target credential\"", target.name, to_text(*found.value().refused));
    return Error{ErrorKind::denied, "The target \"" + target.name + "\" has refused the stored credential, which is set aside until your administrator has looked." + number};
  }
  if (too_many_refused(core_, found.value(), now)) {
    log::warning(origin_.id, "target {} has refused too many typed passwords lately; none is tried for a while", target.name);
    return Error{ErrorKind::denied, "The target \"" + target.name + "\" has refused too many passwords lately. Try again in some minutes." + number};
  }
  return found;
}

// The error is a sentence for the user.
Result<Descriptor> RelayBroker::reach(const catalog::Target& target) {
  if (const Result<void> room = room_for_a_session(core_.config); !room) {
    log::error(origin_.id, "no session begins: {}", room.error().message);
    return Error{ErrorKind::unavailable, "The gateway's disk is nearly full, so no new session can be recorded. Tell your administrator "
                                         "the session number " + origin_.id + "."};
  }
  Result<Descriptor> socket = connect_tcp(target.host, target.port, std::chrono::seconds(core_.config.target_connect_seconds));
  if (socket) return socket;
  // Where targets live is none of the user's business; the log says it.
  log::error(origin_.id, "target {}: {}", target.name, socket.error().message);
  return Error{ErrorKind::unavailable, "The target \"" + target.name + "\" cannot be reached. Tell your administrator the session number " +
                                           origin_.id + "."};
}

nlohmann::json RelayBroker::target_message(const catalog::Target& target, const SessionRecording::Keys& keys) {
  known_certificate_ = known_certificate(core_, target);
  nlohmann::json out = target_login(core_, target, *account_, known_certificate_);
  account_->password = Secret();  // sent; what is left says whose it was
  const policy::SessionTerms& terms = grant_->terms();
  const int elapsed = static_cast<int>(std::chrono::floor<std::chrono::seconds>(recording_.lasts()).count());
  out.update({{"type", "target"},
              {"recording", origin_.id},
              {"journal_key", storage::to_hex(keys.screen.bytes())},
              {"keystroke_key", storage::to_hex(keys.keystrokes.bytes())},
              {"journal_file", recording_.next_file()},
              {"keystroke_file", recording_.next_keystroke_file()},
              {"elapsed_us", recording_.lasts().count()},
              {"asked", account_->kind == catalog::Account::asked ? 1 : 0},
              {"clipboard_to_target", clipboard_json(terms.clipboard_to_target)},
              {"clipboard_to_client", clipboard_json(terms.clipboard_to_client)},
              {"goes_on_unrecorded", terms.goes_on_unrecorded ? 1 : 0},
              {"idle_seconds", terms.idle_seconds},
              {"max_seconds", terms.max_seconds > 0 ? std::max(terms.max_seconds - elapsed, 1) : 0},
              {"states_per_second", core_.config.states_per_second}});
  ipc::write_redirections(out, policy::redirections_to(wanted_.protocol, terms));
  return out;
}

RelayBroker::Reply RelayBroker::back_connected(ipc::Message& message, UtcTime now) {
  if (!recording() || connected_) return broke_protocol("reported a target out of turn");
  connected_ = true;
  const Result<std::string> certificate = message.text("certificate", 64);
  const Result<std::int64_t> graphics = message.number("graphics", 0, KnownGraphics::kMost);
  if (!certificate || !graphics) return broke_protocol("reported a target that makes no sense");
  // Its own part of the relay lets in no other. One that was taken over must not choose whom later sessions trust.
  if (!known_certificate_.empty() && !certificate.value().empty() && certificate.value() != known_certificate_) {
    return broke_protocol("reported a certificate that it may not accept");
  }
  log::info(origin_.id, "target {} is reached", grant_->target());
  certificate_seen(core_, origin_.id, grant_->target(), certificate.value(), now);
  graphics_seen(core_, grant_->target(), graphics.value());
  return {};
}

// What an administrator has to know and only the relay saw.
RelayBroker::Reply RelayBroker::back_failed(ipc::Message& message, UtcTime now) {
  if (!recording() || connected_) return broke_protocol("reported a target out of turn");
  connected_ = true;
  const Result<std::string> certificate = message.text("certificate", 64);
  const Result<std::int64_t> refused = message.number("certificate_refused", 0, 1), credential = message.number("credential_refused", 0, 1);
  if (!certificate || !refused || !credential) return broke_protocol("reported a failure that makes no sense");
  if (refused.value() == 1) certificate_refused(core_, grant_->target(), certificate.value(), now);
  if (credential.value() == 1) account_refused(core_, origin_.id, *account_, now);
  return {};
}

// The relay has lost the target, which it reported before as connected or failed.
RelayBroker::Reply RelayBroker::reopen_target(UtcTime now) {
  if (!recording() || !connected_) return broke_protocol("asked for its target again out of turn");
  std::erase_if(reopened_, [&](UtcTime at) { return at + kReopenWindow < now; });
  if (reopened_.size() >= kMostReopened) return Reply::refused("The connection to the target \"" + grant_->target() + "\" breaks too often.");
  reopened_.push_back(now);
  connected_ = false;
  Reply again = connect_again(now);
  if (again.body["type"] != "target") connected_ = true;  // it may ask again
  return again;
}

RelayBroker::Reply RelayBroker::connect_again(UtcTime now) {
  const Result<catalog::Target> target = catalog::Targets(*core_.catalog).find(grant_->target());
  if (target && wants_account(target.value())) return ask_account(target.value());
  opened_ = true;
  if (!target) return Reply::refused("the target is not known any more");
  Result<TargetAccount> signs_in = account(target.value(), now);
  if (!signs_in) return Reply::refused(signs_in.error().message);
  Result<Descriptor> socket = reach(target.value());
  if (!socket) return Reply::refused(socket.error().message);
  account_ = std::move(signs_in).value();
  auto body = [&]() -> Result<nlohmann::json> {
    const SessionRecording::Keys keys = TRY(recording_.keys());
    return target_message(target.value(), keys);
  }();
  if (!body) {
    log::error(origin_.id, "the session cannot go on: {}", body.error().message);
    return Reply::refused("The session cannot go on. Tell your administrator the session number " + origin_.id + ".");
  }
  Reply out{std::move(body).value(), {}, false};
  out.descriptors.push_back(std::move(socket).value());
  return out;
}

}  // namespace frostgate::serve
