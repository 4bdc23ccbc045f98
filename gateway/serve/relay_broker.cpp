#include "gateway/serve/relay_broker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/disk_space.h"
#include "gateway/serve/paused_journal.h"
#include "gateway/serve/redaction_queue.h"
#include "gateway/serve/target_socket.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/targets.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"
#include "storage/file_system.h"
#include "storage/journal/entry.h"

namespace frostgate::serve {
namespace {

// For the relay's eyes: serve's own JSON may carry a credential, so its text is wiped by the channel.
constexpr std::size_t kMaxNtlmBytes = 1 << 16;

std::string text_of(const Secret& secret) { return std::string(secret.text()); }

RelayBroker::Reply reply(nlohmann::json body) { return {std::move(body), {}, false}; }

RelayBroker::Reply denied() { return reply({{"type", "denied"}}); }

std::string digest_of(const std::string& text) {
  return storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(text)))).substr(0, 16);
}

constexpr std::size_t kMaxChoices = 200;

RelayBroker::Reply refused(const std::string& reason) { return reply({{"type", "refused"}, {"reason", reason}}); }

}  // namespace

const char* to_string(FrontKind kind) { return kind == FrontKind::rdp ? "rdp" : "vnc"; }

RelayBroker::Reply RelayBroker::handle(ipc::Message& message, UtcTime now) {
  const std::string type = message.type();
  if (type == "authenticate") return authenticate(message, now);
  if (type == "ntlm") return check_ntlm(message, now);
  if (type == "vnc_challenge") return challenge();
  if (type == "vnc_response") return check_response(message, now);
  if (type == "login_screen") return login_screen();
  if (type == "choose") return choose(message, now);
  if (type == "consent") return consent(now);
  if (type == "justify") return justify(message, now);
  if (type == "open_target") return open_target(now);
  if (type == "reopen_target") return reopen_target(now);
  if (type == "journal_file") return journal_file(message, now);
  if (type == "back_connected") return back_connected(message, now);
  if (type == "back_failed") return back_failed(message, now);
  if (type == "ended") {
    if (!end_reason_.empty()) return broke_protocol("ended twice");
    const Result<std::string> reason = message.text("reason");
    const Result<std::int64_t> lost = message.number("client_lost", 0, 1);
    end_reason_ = reason && !reason.value().empty() ? reason.value() : "ended";
    client_lost_ = lost && lost.value() == 1;
    return {};
  }
  return broke_protocol("sent a message of unknown type");
}

RelayBroker::Reply RelayBroker::broke_protocol(const std::string& what) {
  log::error(origin_.id, "the relay {}; ending it", what);
  Reply out;
  out.end_relay = true;
  return out;
}

RelayBroker::Reply RelayBroker::authenticate(ipc::Message& message, UtcTime now) {
  if (guesses_left_ <= 0 || admitted()) return broke_protocol("asked to authenticate out of turn");
  --guesses_left_;
  const Result<std::string> user = message.text("user", 256);
  const Result<Secret> password = message.take_secret("password", 1024);
  if (!user || !password) return broke_protocol("sent a login that makes no sense");
  // A ticket travels in the user name, for clients that would ask their user for a password otherwise.
  if (origin_.front == FrontKind::rdp && user.value().find('#') != std::string::npos) {
    return admit(core_.access->by_rdp_ticket(user.value(), origin_.id, origin_.peer_address, now), now);
  }
  return admit(core_.access->by_password(user.value(), password.value(), origin_.peer_address, now), now);
}

RelayBroker::Reply RelayBroker::check_ntlm(ipc::Message& message, UtcTime now) {
  if (origin_.front != FrontKind::rdp || guesses_left_ <= 0 || admitted()) return broke_protocol("asked about NLA out of turn");
  --guesses_left_;
  auto proof = [&]() -> Result<crypto::NtlmProof> {
    crypto::NtlmProof out;
    out.user = TRY(message.text("user", 256));
    out.domain = TRY(message.text("domain", 256));
    out.challenge = TRY(message.bytes("challenge", kMaxNtlmBytes));
    out.messages = TRY(message.bytes("messages", kMaxNtlmBytes));
    const auto session_key = TRY(message.bytes("session_key", 16)), mic = TRY(message.bytes("mic", 16));
    if (session_key.size() != 16 || mic.size() != 16) return Error{ErrorKind::invalid, "not 16 bytes"};
    std::copy(session_key.begin(), session_key.end(), out.session_key.begin());
    std::copy(mic.begin(), mic.end(), out.mic.begin());
    return out;
  }();
  if (!proof) return broke_protocol("sent an NLA proof that makes no sense");
  Result<access::Access::NtlmIdentity> known = core_.access->by_ntlm(proof.value(), origin_.id, origin_.peer_address, now);
  if (!known) return admit(known.error(), now);
  Reply out = admit(known.value().identity, now);
  // Nothing for a client that the policy keeps out, though its ticket was right.
  if (admitted() || !out.comes_back_to.empty()) out.body["hash"] = storage::to_hex(known.value().hash.bytes());
  return out;
}

RelayBroker::Reply RelayBroker::challenge() {
  if (origin_.front != FrontKind::vnc || challenge_) return broke_protocol("asked for a challenge out of turn");
  challenge_.emplace();
  if (const Result<void> made = storage::random_bytes(*challenge_); !made) {
    return broke_protocol("could get no challenge: " + made.error().message);
  }
  return reply({{"type", "challenge"}, {"bytes", storage::to_hex(*challenge_)}});
}

RelayBroker::Reply RelayBroker::check_response(ipc::Message& message, UtcTime now) {
  if (!challenge_ || guesses_left_ <= 0 || admitted()) return broke_protocol("sent a response out of turn");
  --guesses_left_;
  const Result<std::vector<std::byte>> bytes = message.bytes("bytes", 16);
  const Result<std::int64_t> encrypted = message.number("encrypted", 0, 1);
  if (!bytes || bytes.value().size() != 16 || !encrypted) return broke_protocol("sent a response that makes no sense");
  encrypted_ = encrypted.value() == 1;
  return admit(core_.access->by_vnc_response(*challenge_, std::span<const std::byte, 16>(bytes.value().data(), 16),
                                             origin_.id, origin_.peer_address, now), now);
}

// A person at a keyboard mistypes; throttling by account and address holds all the same.
RelayBroker::Reply RelayBroker::login_screen() {
  if (asks_on_screen_ || guesses_left_ < 1 || admitted()) return broke_protocol("asked for a login screen out of turn");
  asks_on_screen_ = true;
  guesses_left_ = 3;
  return {};
}

policy::Request RelayBroker::wish_for(const catalog::Target& target, UtcTime now) const {
  return request_to_decide(core_, user_, target, origin_.peer_address, now);
}

const policy::Rule* RelayBroker::rule_for(const catalog::Target& target, UtcTime now) const {
  const policy::Rule* rule = policy_->matching(wish_for(target, now));
  return rule && rule->allow ? rule : nullptr;
}

RelayBroker::Reply RelayBroker::admit(Result<access::Identity> identity, UtcTime now) {
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
  nlohmann::json details{{"allowed", allowed}, {"target", target}, {"address", origin_.peer_address}, {"front", to_string(origin_.front)}, {"policy", policy_->digest()}};
  if (rule) details["rule"] = rule->name;
  return audit(core_, catalog::LedgerEvent::decision, origin_.id, user_, details, now);
}

RelayBroker::Reply RelayBroker::admit_to(const catalog::Target& target, UtcTime now) {
  const policy::Rule* matching = policy_->matching(wish_for(target, now));
  const policy::Rule* rule = matching && matching->allow ? matching : nullptr;
  const bool allowed = rule && (encrypted_ || rule->terms.vnc_plaintext);
  if (const Result<void> noted = note_decision(target.name, matching, allowed, now); !noted) return not_noted(noted.error());
  if (!allowed) alert_unauthorised(core_, user_, origin_.peer_address, target.name, now);
  if (!rule) {
    log::warning(origin_.id, "denied {} from {}: no rule of the policy allows target \"{}\"", user_, origin_.peer_address,
                 target.name);
    return denied();
  }
  if (!encrypted_ && !rule->terms.vnc_plaintext) {
    log::warning(origin_.id, "denied {} from {}: its ticket came without TLS, and no rule allows that for target \"{}\" "
                 "(vnc_plaintext)", user_, origin_.peer_address, target.name);
    return denied();
  }
  choices_.clear();
  rule_ = rule;
  wanted_ = wish_for(target, now);
  log::info(origin_.id, "admitted {} from {} to {} by rule \"{}\"", user_, origin_.peer_address, target.name, rule->name);
  return reply({{"type", "admitted"}, {"user", user_}, {"target", target.name}});
}

// No target has this name. Those that begin with it, and that the user may use, are offered.
RelayBroker::Reply RelayBroker::admit_to_some(const std::string& prefix, UtcTime now) {
  const Result<std::vector<catalog::Target>> all = catalog::Targets(*core_.catalog).list();
  std::vector<const catalog::Target*> allowed;
  for (std::size_t i = 0; all && i < all.value().size(); ++i) {
    const catalog::Target& target = all.value()[i];
    if (target.name.starts_with(prefix) && rule_for(target, now)) allowed.push_back(&target);
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

RelayBroker::Reply RelayBroker::consent(UtcTime now) {
  if (!rule_ || rule_->terms.consent.empty() || consented_ || opened_) return broke_protocol("consented out of turn");
  consented_ = now;
  log::info(origin_.id, "{} agreed to the notice {} of rule \"{}\"", user_, digest_of(rule_->terms.consent), rule_->name);
  return {};
}

RelayBroker::Reply RelayBroker::open_target(UtcTime now) {
  if (!choices_.empty()) return reply({{"type", "choose"}, {"targets", choices_}});
  if (!rule_ || opened_ || !request_.empty()) return broke_protocol("asked for a target out of turn");
  if (recording_) return connect_again();
  const std::string& consent = rule_->terms.consent;
  if (!consent.empty() && !consented_) return reply({{"type", "consent"}, {"text", consent}});
  return pass_gate(now);
}

void RelayBroker::alert_unrecorded(const std::string& why, UtcTime now) {
  raise_alert(core_, {"recording.failed", alerts::Severity::critical, origin_.id,
                      "A session of " + user_ + " on " + wanted_.target + " (" + origin_.id + ") cannot be recorded: " + why + "."},
              now);
}

RelayBroker::Reply RelayBroker::connect(UtcTime now) {
  opened_ = true;
  grant_ = policy_->decide(wanted_, approval_ ? &*approval_ : nullptr);
  if (!grant_) {
    log::error(origin_.id, "the rule \"{}\" gives {} no grant for {}", rule_->name, user_, wanted_.target);
    return refused("The policy does not allow this session.");
  }
  const policy::SessionTerms& terms = grant_->terms();
  const Result<void> entered = core_.sessions.enter(origin_.id, grant_->user(), grant_->target(), {terms.per_user, terms.per_target});
  if (!entered) {
    log::warning(origin_.id, "{} to {}: {}", grant_->user(), grant_->target(), entered.error().message);
    return refused(entered.error().message);
  }
  const Result<catalog::Target> target = catalog::Targets(*core_.catalog).find(grant_->target());
  if (!target) return refused("the target is not known any more");
  Result<Descriptor> socket = reach(target.value());
  if (!socket) return refused(socket.error().message);
  Result<nlohmann::json> body = start_recording(target.value(), now);
  if (!body) {
    // Unrecordable means no session.
    log::error(origin_.id, "the session cannot be recorded: {}", body.error().message);
    alert_unrecorded(body.error().message, now);
    return refused("The session cannot be recorded. Tell your administrator the session number " + origin_.id + ".");
  }
  Reply out = reply(std::move(body).value());
  out.descriptors.push_back(std::move(socket).value());
  return out;
}

// The error is a sentence for the user.
Result<Descriptor> RelayBroker::reach(const catalog::Target& target) {
  if (target.credential_refused) {
    // Trying again could lock the account, or this machine's address, and so everybody out.
    log::error(origin_.id, "target {} refused its stored credential at {}; it is not tried until somebody runs \"target retry\" or "
               "\"target credential\"", target.name, to_text(*target.credential_refused));
    return Error{ErrorKind::denied, "The target \"" + target.name + "\" has refused the stored credential, which is set aside until your "
                                    "administrator has looked. The session number is " + origin_.id + "."};
  }
  if (const Result<void> room = room_for_a_session(core_.config); !room) {
    log::error(origin_.id, "no session begins: {}", room.error().message);
    return Error{ErrorKind::unavailable, "The gateway's disk is nearly full, so no new session can be recorded. Tell your administrator "
                                         "the session number " + origin_.id + "."};
  }
  Result<Descriptor> socket = connect_target(target.host, target.port, std::chrono::seconds(core_.config.target_connect_seconds));
  if (socket) return socket;
  // Where targets live is none of the user's business; the log says it.
  log::error(origin_.id, "target {}: {}", target.name, socket.error().message);
  return Error{ErrorKind::unavailable, "The target \"" + target.name + "\" cannot be reached. Tell your administrator the session number " +
                                           origin_.id + "."};
}

Result<nlohmann::json> RelayBroker::start_recording(const catalog::Target& target, UtcTime now) {
  const std::filesystem::path directory = core_.config.journal_dir() / origin_.id;
  catalog::Recording row;
  row.id = origin_.id;
  row.user = grant_->user();
  row.target = grant_->target();
  row.tags = target.tags;
  row.front = origin_.front == FrontKind::rdp ? catalog::Protocol::rdp : catalog::Protocol::vnc;
  row.back = target.protocol;
  row.peer = origin_.peer_address;
  row.node = core_.node;
  row.rule = grant_->rule();
  row.policy_digest = grant_->policy_digest();
  row.started = now;
  row.journal_directory = directory.string();

  const JournalKeys journal{TRY(storage::new_data_key()), TRY(storage::new_data_key())};
  const Secret film_key = TRY(storage::new_data_key());
  // With the folder of keystrokes: as long as it is there, their key is still to be destroyed.
  TRY(storage::real_file_system().make_directories(directory / storage::kKeystrokeFolder));
  TRY(catalog::Recordings(*core_.catalog).create(row));
  recording_ = true;
  began_ = std::chrono::steady_clock::now();
  core_.events.post({EventKind::session, origin_.id, "started", row.user, row.target, row.tags});
  alert_session(core_, row, now);
  journal_directory_ = directory;
  // The keys are committed before the first byte that they protect.
  catalog::Keys keys(*core_.catalog);
  const auto wrapped_journal_key = TRY(core_.kek->wrap(journal.screen, key_context(origin_.id, "journal")));
  TRY(keys.add(origin_.id, catalog::KeyKind::journal, wrapped_journal_key, now));
  const auto wrapped_keystroke_key = TRY(core_.kek->wrap(journal.keystrokes, key_context(origin_.id, "keystrokes")));
  TRY(keys.add(origin_.id, catalog::KeyKind::keystrokes, wrapped_keystroke_key, now));
  const auto wrapped_film_key = TRY(core_.kek->wrap(film_key, key_context(origin_.id, "film")));
  TRY(keys.add(origin_.id, catalog::KeyKind::film, wrapped_film_key, now));

  // Without it the film is made after the session.
  if (const auto queued = queue_following(core_, origin_.id, now); !queued) {
    log::error(origin_.id, "nobody will follow the session: {}", queued.error().message);
  }
  if (ticket_ && encrypted_ && grant_->terms().reconnect_seconds > 0) core_.access->allow_return(*ticket_, origin_.id, origin_.peer_address);
  return target_message(target, journal);
}

Result<nlohmann::json> RelayBroker::target_message(const catalog::Target& target, const JournalKeys& keys) {
  Secret credential;
  if (!target.wrapped_credential.empty()) {
    credential = TRY(core_.kek->unwrap(target.wrapped_credential, "credential of target " + target.name));
  }
  // A certificate that was trusted once must stay: until it is pinned, or forgotten, by an administrator.
  // Authorities vouch for VNC targets only.
  const bool first_use_counts = target.protocol == catalog::Protocol::rdp || core_.target_authorities.empty();
  known_certificate_ = target.pinned_certificate.empty() && first_use_counts ? target.last_certificate
                                                                             : target.pinned_certificate;
  const policy::SessionTerms& terms = grant_->terms();
  const int elapsed = static_cast<int>(std::chrono::floor<std::chrono::seconds>(recorded_for()).count());
  return nlohmann::json{{"type", "target"},
                        {"name", target.name},
                        {"recording", origin_.id},
                        {"protocol", catalog::to_string(target.protocol)},
                        {"user", target.login_user},
                        {"domain", target.domain},
                        {"credential", text_of(credential)},
                        {"pinned_certificate", known_certificate_},
                        {"authorities", core_.target_authorities},
                        {"host", core_.target_authorities.empty() ? "" : target.host},
                        {"journal_key", storage::to_hex(keys.screen.bytes())},
                        {"keystroke_key", storage::to_hex(keys.keystrokes.bytes())},
                        {"journal_file", next_journal_file(journal_directory_)},
                        {"keystroke_file", next_journal_file(journal_directory_ / storage::kKeystrokeFolder)},
                        {"elapsed_us", recorded_for().count()},
                        {"clipboard_to_target", terms.clipboard_to_target ? 1 : 0},
                        {"clipboard_to_client", terms.clipboard_to_client ? 1 : 0},
                        {"idle_seconds", terms.idle_seconds},
                        {"max_seconds", terms.max_seconds > 0 ? std::max(terms.max_seconds - elapsed, 1) : 0},
                        {"states_per_second", core_.config.states_per_second}};
}

// The relay has no file system: what it writes are descriptors from here, new files of its own session's folder.
RelayBroker::Reply RelayBroker::journal_file(ipc::Message& message, UtcTime now) {
  if (!recording_) return broke_protocol("asked for a journal file out of turn");
  const std::filesystem::path name = message.text("name", 64).has_value() ? message.text("name", 64).value() : "";
  const std::string last = name.filename().string();
  const bool own_folder = !name.has_parent_path() || name.parent_path() == storage::kKeystrokeFolder;
  const bool plain = !last.empty() && last.front() != '.' &&
                     last.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos;
  if (!own_folder || !plain) return broke_protocol("asked for a journal file that cannot be one");
  const std::filesystem::path path = journal_directory_ / name;
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(open(path.c_str(), kNew, 0600));
  const std::string failure = file.valid() ? "" : strerror(errno);
  // The name lasts before the first byte is written under it.
  const Result<void> synced = storage::real_file_system().sync_directory(path.parent_path());
  if (!file.valid() || !synced) {
    log::error(origin_.id, "no journal file {}: {}", path.string(), file.valid() ? synced.error().message : failure);
    alert_unrecorded("a file of its journal could not be made", now);
    return refused("The session cannot be recorded any more.");
  }
  journal_used_ = true;
  Reply out = reply({{"type", "journal_file"}});
  out.descriptors.push_back(std::move(file));
  return out;
}

RelayBroker::Reply RelayBroker::back_connected(ipc::Message& message, UtcTime now) {
  if (!recording_ || connected_) return broke_protocol("reported a target out of turn");
  connected_ = true;
  const Result<std::string> certificate = message.text("certificate", 64);
  if (!certificate) return broke_protocol("reported a certificate that makes no sense");
  log::info(origin_.id, "target {} is reached", grant_->target());
  if (certificate.value().empty()) return {};
  catalog::Targets targets(*core_.catalog);
  const Result<catalog::Target> target = targets.find(grant_->target());
  if (!target) return {};
  const std::string& before = target.value().last_certificate;
  if (before.empty() && target.value().pinned_certificate.empty()) {
    log::warning(origin_.id, "target {} is trusted with the certificate {} because it is the first that it shows; compare it",
                 grant_->target(), certificate.value());
  }
  if (!before.empty() && before != certificate.value()) {
    log::warning(origin_.id, "target {} shows another certificate than last time: {} instead of {}", grant_->target(),
                 certificate.value(), before);
    alert_certificate(certificate.value(), before, "it was let in, because it is pinned or vouched for", now);
  }
  if (const auto noted = targets.set_last_certificate(grant_->target(), certificate.value()); !noted) {
    log::warning(origin_.id, "the certificate of {} could not be noted: {}", grant_->target(), noted.error().message);
  }
  return {};
}

void RelayBroker::alert_certificate(const std::string& shown, const std::string& before, const std::string& outcome, UtcTime now) {
  raise_alert(core_, {"certificate.changed", alerts::Severity::critical, grant_->target(),
                      "The target " + grant_->target() + " shows the certificate " + shown + " instead of " + before + ": " + outcome},
              now);
}

// What an administrator has to know and only the relay saw.
RelayBroker::Reply RelayBroker::back_failed(ipc::Message& message, UtcTime now) {
  if (!recording_ || connected_) return broke_protocol("reported a target out of turn");
  connected_ = true;
  const Result<std::string> certificate = message.text("certificate", 64);
  const Result<std::int64_t> credential = message.number("credential_refused", 0, 1);
  if (!certificate || !credential) return broke_protocol("reported a failure that makes no sense");
  if (!known_certificate_.empty() && !certificate.value().empty() && certificate.value() != known_certificate_) {
    alert_certificate(certificate.value(), known_certificate_,
                      "refused. Somebody may be in between. If it was renewed, run: frostgate target pin " + grant_->target(), now);
  }
  if (credential.value() == 0) return {};
  raise_alert(core_, {"target.credential_refused", alerts::Severity::critical, grant_->target(),
                      "The target " + grant_->target() + " refused its stored credential, which is set aside from now on. When it is right again, run: frostgate target credential " +
                          grant_->target() + ", or target retry " + grant_->target()},
              now);
  if (const auto noted = catalog::Targets(*core_.catalog).set_credential_aside(grant_->target(), now); !noted) {
    log::error(origin_.id, "that could not be noted: {}", noted.error().message);
  }
  return {};
}

void RelayBroker::relay_ended(const std::string& how, double cpu_seconds, UtcTime now) {
  cpu_seconds_ += cpu_seconds;
  if (!recording_) return core_.sessions.leave(origin_.id);
  if (client_lost_ && journals_paused()) return may_return() ? begin_waiting(now) : conclude(end_reason_, now);
  // It wrote nothing, so that the journal is as the one before has left it.
  if (returns_ > 0 && !journal_used_) return conclude(end_reason_.empty() ? "the relay died (" + how + ")" : end_reason_, now);
  end_session(end_reason_.empty() ? "the relay died (" + how + ")" : end_reason_, end_reason_.empty(), now);
}

void RelayBroker::end_session(const std::string& reason, bool interrupted, UtcTime now) {
  core_.access->forget_return(origin_.id);
  core_.sessions.leave(origin_.id);
  catalog::RecordingChange change;
  change.ended = now;
  change.end_reason = reason;
  change.interrupted = interrupted;
  change.status = catalog::RecordingStatus::queued;
  nlohmann::json report{{"relay", {{"cpu_seconds", cpu_seconds_}, {"returns", returns_}}}};
  if (approval_) report["approval"] = {{"request", approval_->id()}, {"emergency", approval_->emergency()}};
  const policy::Pretext why = approval_ ? policy::Pretext{approval_->reason(), approval_->ticket()} : wanted_.pretext;
  if (!why.reason.empty()) report["reason"] = why.reason;
  if (!why.ticket.empty()) report["ticket"] = why.ticket;
  if (consented_) report["consent"] = {{"at", to_text(*consented_)}, {"notice_sha256", digest_of(grant_->terms().consent)}};
  change.report_json = report.dump();
  const Result<void> noted = catalog::Recordings(*core_.catalog).update(origin_.id, change);
  if (const auto row = catalog::Recordings(*core_.catalog).find(origin_.id)) {
    core_.events.post({EventKind::session, origin_.id, "ended", row.value().user, row.value().target, row.value().tags});
  }
  if (!noted) {
    // The row says "recording" still: the next start of serve finds it and queues it then.
    log::error(origin_.id, "the end of the session could not be noted: {}", noted.error().message);
    return;
  }
  note(core_, catalog::LedgerEvent::ended, origin_.id, "", {{"reason", *change.end_reason}, {"interrupted", *change.interrupted}}, now);
  log::info(origin_.id, "session ended: {}; relay used {:.2f} s of CPU", *change.end_reason, cpu_seconds_);
  if (const auto queued = queue_redaction(core_, origin_.id, now); !queued) {
    log::error(origin_.id, "redaction could not be queued: {}", queued.error().message);
  }
}

}  // namespace frostgate::serve
