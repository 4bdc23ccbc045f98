#include "gateway/serve/admin.h"

#include <algorithm>
#include <functional>
#include <map>

#include "gateway/access/web_access.h"
#include "gateway/base/log.h"
#include "gateway/crypto/passwords.h"
#include "gateway/serve/admin_recordings.h"
#include "gateway/serve/admin_requests.h"
#include "gateway/serve/admin_roles.h"
#include "gateway/serve/admin_sessions.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/alert_requests.h"
#include "gateway/serve/audit_requests.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/export.h"
#include "gateway/serve/policy_requests.h"
#include "gateway/serve/original.h"
#include "gateway/serve/rdp_file.h"
#include "gateway/serve/retention_requests.h"
#include "gateway/serve/reviews.h"
#include "gateway/serve/target_account.h"
#include "gateway/serve/target_probe.h"
#include "storage/catalog/personal_credentials.h"
#include "storage/catalog/sign_ins.h"
#include "storage/catalog/targets.h"
#include "storage/catalog/tickets.h"
#include "storage/catalog/users.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;
using Handler = Result<AdminReply> (*)(Core&, ipc::Message&, UtcTime);

constexpr std::int64_t kMaxTicketSeconds = 24 * 3600;
constexpr std::int64_t kMaxVncTicketSeconds = 60;  // eight characters, which can be guessed at

AdminReply reply(json body) { return {std::move(body), {}}; }

Result<AdminReply> user_add(Core& core, ipc::Message& request, UtcTime now) {
  const std::string name = TRY(request.text("name", 64));
  const Secret password = TRY(request.take_secret("password", 1024));
  const std::string hash = password.empty() ? std::string() : TRY(crypto::hash_password(password));
  TRY(catalog::Users(*core.catalog).add(name, hash, now));
  log::info("-", "user {} added", name);
  return reply({{"name", name}, {"password", !hash.empty()}});
}

Result<AdminReply> user_list(Core& core, ipc::Message&, UtcTime) {
  json users = json::array();
  for (const catalog::User& user : TRY(catalog::Users(*core.catalog).list())) {
    users.push_back({{"name", user.name}, {"disabled", user.disabled}, {"password", !user.password_hash.empty()},
                     {"created", to_text(user.created)}});
  }
  return reply({{"users", std::move(users)}});
}

Result<AdminReply> user_disable(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  TRY(catalog::Users(*core.catalog).disable(name));
  log::info("-", "user {} disabled", name);
  for (const std::string& session : core.sessions.end_all_of(name, "Your account was disabled.")) log::warning(session, "ends: {} was disabled", name);
  return reply({{"name", name}});
}

Result<AdminReply> user_enable(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  TRY(catalog::Users(*core.catalog).enable(name));
  log::info("-", "user {} enabled", name);
  return reply({{"name", name}});
}

// Whoever is signed in with what was forgotten, or stolen, is not any more.
Result<AdminReply> user_password(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  const Secret password = TRY(request.take_secret("password", 1024));
  TRY(access::check_new_password(name, password));
  const std::string hash = TRY(crypto::hash_password(password));
  TRY(catalog::Users(*core.catalog).set_password(name, hash));
  TRY(catalog::WebSessions(*core.catalog).end_others(name, ""));
  log::info("-", "user {} has another password", name);
  return reply({{"name", name}});
}

Result<AdminReply> user_drop_second_factor(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  TRY(catalog::Users(*core.catalog).find(name));
  TRY(catalog::SecondFactors(*core.catalog).remove(name));
  TRY(catalog::WebSessions(*core.catalog).end_others(name, ""));
  log::warning("-", "user {} has no second factor any more", name);
  return reply({{"name", name}});
}

// A name or address as it may stand in a certificate and in a resolver's question (RFC 1123 2.1, RFC 4291 2.2).
bool is_host(const std::string& text) {
  const auto in_host = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
  };
  return !text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), in_host);
}

Result<AdminReply> target_add(Core& core, ipc::Message& request, UtcTime now) {
  catalog::Target target;
  target.name = TRY(request.text("name", 64));
  const std::string protocol = TRY(request.text("protocol"));
  const std::string account = request.body.contains("account") ? TRY(request.text("account", 16)) : catalog::to_string(catalog::Account::shared);
  target.account = TRY(catalog::account_named(account));
  if (protocol != "rdp" && protocol != "vnc") return Error{ErrorKind::invalid, "member \"protocol\" must be rdp or vnc"};
  target.protocol = protocol == "rdp" ? catalog::Protocol::rdp : catalog::Protocol::vnc;
  target.host = TRY(request.text("host", 255));
  if (!is_host(target.host)) return Error{ErrorKind::invalid, "member \"host\" must be the name or address of a machine"};
  target.port = static_cast<std::uint16_t>(TRY(request.number("port", 1, 65535)));
  target.login_user = TRY(request.text("user", 256));
  target.domain = TRY(request.text("domain", 256));
  target.pinned_certificate = TRY(request.text("certificate", 64));
  const Secret credential = TRY(request.take_secret("credential", 1024));
  if (!credential.empty()) {
    target.wrapped_credential = TRY(core.kek->wrap(credential, credential_context(target.name)));
  }
  // The policy decides by tags: one that was dropped in silence could change who gets in.
  if (request.body.contains("tags")) target.tags = TRY(request.text_map("tags"));
  TRY(catalog::Targets(*core.catalog).add(target, now));
  log::info("-", "target {} added ({} at {} port {})", target.name, catalog::to_string(target.protocol), target.host,
            target.port);
  return reply({{"name", target.name}});
}

// By target: whose account it is, and as whom; never with what.
Result<json> personal_credentials(Core& core) {
  json out = json::object();
  for (const catalog::PersonalCredential& one : TRY(catalog::PersonalCredentials(*core.catalog).list())) {
    out[one.target].push_back({{"of", one.user}, {"user", one.login_user}, {"domain", one.domain}, {"refused", one.refused ? json(to_text(*one.refused)) : json(nullptr)}});
  }
  return out;
}

Result<AdminReply> target_list(Core& core, ipc::Message&, UtcTime) {
  json targets = json::array();
  const json personal = TRY(personal_credentials(core));
  for (const catalog::Target& target : TRY(catalog::Targets(*core.catalog).list())) {
    targets.push_back({{"name", target.name},
                       {"protocol", catalog::to_string(target.protocol)},
                       {"host", target.host},
                       {"port", target.port},
                       {"account", catalog::to_string(target.account)},
                       {"personal", personal.contains(target.name) ? personal[target.name] : json::array()},
                       {"user", target.login_user},
                       {"domain", target.domain},
                       {"credential", !target.wrapped_credential.empty()},
                       {"credential_refused", target.credential_refused ? json(to_text(*target.credential_refused)) : json(nullptr)},
                       {"pinned_certificate", target.pinned_certificate},
                       {"last_certificate", target.last_certificate},
                       {"tags", target.tags}});
  }
  return reply({{"targets", std::move(targets)}});
}

Result<AdminReply> target_remove(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  TRY(catalog::Targets(*core.catalog).remove(name));
  log::info("-", "target {} removed", name);
  return reply({{"name", name}});
}

// Of one user of the gateway, on that target.
Result<AdminReply> personal_credential(Core& core, ipc::Message& request, const std::string& name) {
  catalog::PersonalCredential own{name, TRY(request.text("of", 64)), TRY(request.text("user", 256)), TRY(request.text("domain", 256)), {}, {}};
  const Secret credential = TRY(request.take_secret("credential", 1024));
  own.wrapped = TRY(core.kek->wrap(credential, personal_context(own.target + "/" + own.user)));
  TRY(catalog::PersonalCredentials(*core.catalog).set(own));
  log::info("-", "{} has an account of their own on target {}", own.user, name);
  return reply({{"name", name}, {"of", own.user}});
}

Result<AdminReply> target_credential(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  if (request.body.contains("of")) return personal_credential(core, request, name);
  const Secret credential = TRY(request.take_secret("credential", 1024));
  const auto wrapped = TRY(core.kek->wrap(credential, credential_context(name)));
  TRY(catalog::Targets(*core.catalog).set_credential(name, wrapped));
  log::info("-", "target {} has another credential", name);
  return reply({{"name", name}});
}

Result<AdminReply> target_retry(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  const std::string of = request.body.contains("of") ? TRY(request.text("of", 64)) : "";
  TRY(of.empty() ? catalog::Targets(*core.catalog).trust_credential(name) : catalog::PersonalCredentials(*core.catalog).trust(name, of));
  log::info("-", "the credential of {}target {} will be tried again", of.empty() ? "" : of + " on ", name);
  return reply({{"name", name}});
}

Result<AdminReply> target_forget_credential(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64)), of = TRY(request.text("of", 64));
  TRY(catalog::PersonalCredentials(*core.catalog).remove(name, of));
  log::info("-", "{} has no account of their own on target {} any more", of, name);
  return reply({{"name", name}, {"of", of}});
}

Result<AdminReply> target_account(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  const std::string word = TRY(request.text("account", 16));
  catalog::AccountChange change{TRY(catalog::account_named(word)), {}, {}, {}};
  if (request.body.contains("user")) change.login_user = TRY(request.text("user", 256));
  if (request.body.contains("domain")) change.domain = TRY(request.text("domain", 256));
  if (request.body.contains("credential")) {
    const Secret credential = TRY(request.take_secret("credential", 1024));
    change.wrapped_credential.emplace();
    if (!credential.empty()) change.wrapped_credential = TRY(core.kek->wrap(credential, credential_context(name)));
  }
  TRY(catalog::Targets(*core.catalog).set_account(name, change));
  log::info("-", "sessions sign in to target {} with an account that is {}", name, word);
  return reply({{"name", name}, {"account", word}});
}

// What the target shows from now on is trusted anew: this certificate, or with none the next that it shows.
Result<AdminReply> target_pin(Core& core, ipc::Message& request, UtcTime) {
  const std::string name = TRY(request.text("name", 64));
  const std::string certificate = TRY(request.text("certificate", 64));
  catalog::Targets targets(*core.catalog);
  TRY(targets.set_pin(name, certificate));
  TRY(targets.set_last_certificate(name, ""));
  log::warning("-", "target {} will be trusted with {}", name,
               certificate.empty() ? "the next certificate that it shows" : "the certificate " + certificate + " only");
  return reply({{"name", name}});
}

// For mstsc; only what the policy allows now can be opened with it. The ticket stands in it unless it is for NLA.
Result<Descriptor> rdp_file_of(Core& core, const ipc::Message& request, const policy::SessionTerms& terms, const Secret& ticket) {
  RdpFile wish;
  wish.redirections = terms.redirections;
  wish.clipboard = terms.clipboard_to_target.any() || terms.clipboard_to_client.any();
  wish.comes_back = terms.reconnect_seconds > 0;
  wish.address = TRY(request.text("address", 255));
  wish.nla = TRY(request.text("rdp_file")) == "nla";
  if (wish.address.empty()) wish.address = core.node + ":" + std::to_string(core.rdp_port);
  wish.trusted = core.identity->configured();
  wish.user = TRY(request.text("user", 64)) + "@" + TRY(request.text("target", 64));
  if (!wish.nla) wish.user += "#" + std::string(ticket.text());
  const std::vector<std::byte> file = TRY(signed_rdp_file(wish, *core.identity->current()));
  return ipc::to_memory_file(file);
}

Result<policy::SessionTerms> allowed_terms(Core& core, const std::string& user, const std::string& target, const std::string& source, UtcTime now) {
  const catalog::Target found = TRY(catalog::Targets(*core.catalog).find(target));
  const auto policy = core.policy.current();
  // What its gate asks is settled when the session begins, and the number of a ticket said.
  if (const policy::Rule* rule = policy->prospect(request_to_decide(core, user, found, source, now)).rule) {
    policy::SessionTerms terms = rule->terms;
    terms.redirections = policy::redirections_to(catalog::to_string(found.protocol), terms);
    return terms;
  }
  return Error{ErrorKind::denied, "no rule of the policy allows " + user + " to connect to " + target};
}

Result<AdminReply> ticket_issue(Core& core, ipc::Message& request, UtcTime now) {
  const std::string user = TRY(request.text("user", 64));
  const std::string target = TRY(request.text("target", 64));
  const std::int64_t seconds = TRY(request.number("seconds", 1, kMaxTicketSeconds));
  const std::string front = TRY(request.text("front"));
  if (front != "rdp" && front != "vnc") return Error{ErrorKind::invalid, "member \"front\" must be rdp or vnc"};
  if (front == "vnc" && seconds > kMaxVncTicketSeconds) {
    return Error{ErrorKind::invalid, "a ticket for VNC is a short password, and works for " + std::to_string(kMaxVncTicketSeconds) +
                                         " seconds at most; tickets for RDP work for longer"};
  }
  const std::string source = TRY(request.text("source_address", 64));
  const bool file = request.body.contains("rdp_file");
  policy::SessionTerms terms;
  if (file) terms = TRY(allowed_terms(core, user, target, source, now));
  const auto ticket = TRY(core.access->issue_ticket(
      {user, target, front == "rdp" ? catalog::Protocol::rdp : catalog::Protocol::vnc, std::chrono::seconds(seconds), source},
      now));
  log::info("-", "{} ticket issued to {} for target {}, valid until {}", front, user, target, to_text(ticket.expires));
  AdminReply out = reply({{"ticket", ticket.value.text()},
                          {"user", user},
                          {"target", target},
                          {"expires", to_text(ticket.expires)}});
  if (file) out.descriptors.push_back(TRY(rdp_file_of(core, request, terms, ticket.value)));
  return out;
}

}  // namespace

Result<AdminReply> carry_out(Core& core, ipc::Message& request, UtcTime now) {
  static const std::map<std::string, Handler> handlers{
      {"user.add", user_add},
      {"user.list", user_list},
      {"user.disable", user_disable},
      {"user.enable", user_enable},
      {"user.password", user_password},
      {"user.drop_second_factor", user_drop_second_factor},
      {"target.add", target_add},
      {"target.list", target_list},
      {"target.remove", target_remove},
      {"target.credential", target_credential},
      {"target.forget_credential", target_forget_credential},
      {"target.account", target_account},
      {"target.retry", target_retry},
      {"target.test", target_test},
      {"target.pin", target_pin},
      {"ticket.issue", ticket_issue},
      {"sessions.list", sessions_list},
      {"sessions.end", sessions_end},
      {"sessions.lock_input", sessions_lock},
      {"sessions.unlock_input", sessions_unlock},
      {"sessions.pause_recording", sessions_pause},
      {"sessions.stop_recording", sessions_stop_recording},
      {"sessions.record_again", sessions_record_again},
      {"live.watch", live_watch},
      {"live.next", live_next},
      {"live.leave", live_leave},
      {"recordings.list", recordings_list},
      {"recordings.show", recordings_show},
      {"recordings.segments", recordings_segments},
      {"recordings.segment", recordings_segment},
      {"recordings.storyboard", recordings_storyboard},
      {"recordings.thumbnail", recordings_thumbnail},
      {"recordings.retry", recordings_retry},
      {"recordings.delete", recordings_delete},
      {"alert.list", alert_list},
      {"alert.sinks", alert_sinks},
      {"alert.test", alert_test},
      {"audit.list", audit_list},
      {"audit.verify", audit_verify},
      {"policy.current", [](Core& asked, ipc::Message&, UtcTime) { return policy_current(asked); }},
      {"policy.explain", policy_explain},
      {"policy.simulate", policy_simulate},
      {"review.list", review_list},
      {"review.sign", review_sign},
      {"request.list", request_list},
      {"request.show", request_show},
      {"request.create", request_create},
      {"request.decide", request_decide},
      {"request.cancel", request_cancel},
      {"request.revoke", request_revoke},
      {"request.review", request_review},
      {"group.add", group_add},
      {"group.remove", group_remove},
      {"group.list", group_list},
      {"role.bind", role_bind},
      {"role.unbind", role_unbind},
      {"role.list", role_list},
      {"token.create", token_create},
      {"token.list", token_list},
      {"token.revoke", token_revoke},
      {"export.begin", export_begin},
      {"export.sign", export_sign},
      {"original.shares", original_shares},
      {"original.open", original_open},
      {"retention.plan", retention_plan},
      {"retention.run", retention_run},
      {"hold.add", hold_add},
      {"hold.release", hold_release},
      {"hold.list", hold_list},
  };
  const auto handler = handlers.find(request.type());
  if (handler == handlers.end()) return Error{ErrorKind::unsupported, "unknown request \"" + request.type() + "\""};
  return handler->second(core, request, now);
}

Result<void> note_request(Core& core, ipc::Message& request, const Result<AdminReply>& reply, const std::string& by, UtcTime now) {
  TRY(audit_request(core, request, reply, by, now));
  if (reply) alert_rights(core, request, by, now);
  return {};
}

Result<AdminReply> administer(Core& core, ipc::Message& request, UtcTime now, const std::string& by) {
  request.body["by"] = by;
  Result<AdminReply> reply = carry_out(core, request, now);
  TRY(note_request(core, request, reply, by, now));
  return reply;
}

}  // namespace frostgate::serve
