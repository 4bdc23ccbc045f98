#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "gateway/http/administration.h"
#include "gateway/http/document.h"
#include "gateway/http/event_stream.h"
#include "gateway/http/handlers.h"
#include "gateway/http/health.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/policy_requests.h"
#include "gateway/serve/reviews.h"
#include "gateway/serve/watch_gates.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/users.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

Response text_response(const char* type, const std::string& text) {
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", type}, {"Cache-Control", "no-cache"}};
  out.body = text;
  return out;
}

constexpr std::size_t kMostPassedOver = 100;  // rules, in an explanation

// Which rules come before, and why they do not decide.
std::vector<std::string> passed_over(const std::vector<policy::Policy::Step>& steps) {
  std::vector<std::string> out;
  for (const policy::Policy::Step& step : steps) {
    if (!step.failed) break;
    if (out.size() == kMostPassedOver) {
      out.push_back("And more that do not match.");
      break;
    }
    out.push_back("\"" + step.rule->name + "\" does not match: " + policy::to_string(*step.failed) + ".");
  }
  return out;
}

// What the gates of a rule ask, in words.
std::vector<std::string> reasons(const policy::Rule& rule) {
  std::vector<std::string> out{"The first rule that matches is \"" + rule.name + "\"."};
  if (!rule.allow) {
    out.push_back("It denies.");
    return out;
  }
  for (std::size_t i = 0; i < policy::kGateKinds; ++i) {
    const auto kind = static_cast<policy::GateKind>(i);
    const policy::Gate& gate = rule.gate(kind);
    std::string line = std::string(policy::to_string(kind)) + ": ";
    if (!gate.allow) line += "nobody";
    else if (gate.needed == 0) line += "allowed";
    else line += std::to_string(gate.needed) + " approval(s) needed";
    if (gate.allow && gate.reason_required) line += ", with a reason";
    if (gate.allow && !gate.ticket.empty()) line += ", with a ticket that matches " + gate.ticket;
    out.push_back(line);
  }
  return out;
}

}  // namespace

Result<Response> policy(Call& call) {
  json rules = json::array();
  for (const auto& rule : call.policy->rules()) rules.push_back({{"name", rule.name}, {"allow", rule.allow}});
  return json_response(200, {{"digest", call.policy->digest()}, {"text", call.policy->text()}, {"rules", std::move(rules)}});
}

Result<Response> explain_policy(Call& call) {
  const auto parameter = [&](const char* name) -> Result<std::string> {
    const auto found = call.query.find(name);
    if (found == call.query.end()) return Error{ErrorKind::invalid, "parameter \"" + std::string(name) + "\" is needed"};
    return found->second;
  };
  const std::string user = TRY(parameter("user"));
  const std::string name = TRY(parameter("target"));
  const catalog::Target target = TRY(target_for(call, name, {access::Role::admin}));
  TRY(catalog::Users(*call.core.catalog).find(user));
  const std::optional<UtcTime> at = TRY(call.moment("at"));
  const auto given = [&](const char* parameter_name) { return call.query.contains(parameter_name) ? call.query.at(parameter_name) : std::string(); };
  const std::string from = given("from"), ticket = given("ticket");
  if (!from.empty()) TRY(policy::Network::parse_address(from));
  const policy::Request wish = serve::request_to_decide(call.core, user, target, from, at.value_or(call.now), ticket);
  const std::vector<policy::Policy::Step> steps = call.policy->explain(wish);
  const policy::Rule* rule = steps.empty() || steps.back().failed ? nullptr : steps.back().rule;
  std::vector<std::string> why = passed_over(steps);
  if (!rule) why.emplace_back("No rule matches, so the answer is no.");
  else for (std::string& line : reasons(*rule)) why.push_back(std::move(line));
  return json_response(200, {{"allow", rule && rule->allow}, {"rule", rule ? json(rule->name) : json(nullptr)}, {"why", why}});
}

Result<Response> simulate_policy(Call& call) {
  // It tells what everybody did everywhere.
  if (!call.caller.entitlements.everywhere(access::Role::admin)) return Error{ErrorKind::denied, "this needs an administrator of everything"};
  Body body = TRY(Body::of(call.request));
  const std::string text = TRY(body.text("text", 768 * 1024));
  const std::int64_t days = TRY(body.number_or("days", 30, 1, 3660));
  TRY(body.finish());
  // And what was masked is told of the films that the caller may watch.
  serve::WatchGates gates(call.core, call.caller.user, call.now);
  const auto may_watch = [&](const catalog::Recording& row) -> Result<bool> { return may(call, kWatchers, row.target, row.tags) && TRY(gates.open(row)); };
  const json found = TRY(serve::simulate_policy(call.core, text, days, may_watch, call.now));
  return json_response(200, found);
}

Result<Response> reviews(Call& call) {
  // It tells what everybody may do everywhere.
  const auto roles = {access::Role::admin, access::Role::auditor, access::Role::compliance};
  if (std::none_of(roles.begin(), roles.end(), [&](access::Role role) { return call.caller.entitlements.everywhere(role); })) {
    return Error{ErrorKind::denied, "this needs a role that is not bound to some targets"};
  }
  const json all = TRY(serve::reviews_json(call.core));
  return json_response(200, all);
}

Result<Response> sign_review(Call& call) {
  Body body = TRY(Body::of(call.request));
  const std::string kind = TRY(body.text("kind", 16));
  const std::string what = TRY(body.text_or("what", 1024, ""));
  const std::string digest = TRY(body.text("digest", 64));
  const std::string comment = TRY(body.text_or("comment", 4096, ""));
  TRY(body.finish());
  if (kind != "policy" && kind != "access") return Error{ErrorKind::invalid, "member \"kind\" must be policy or access"};
  TRY(serve::sign_review(call.core, {call.caller.user, call.caller.entitlements}, kind == "policy" ? catalog::ReviewKind::policy : catalog::ReviewKind::access, what, digest, comment, call.now));
  return no_content();
}

Result<Response> jobs(Call& call) {
  const auto wanted = call.query.find("state");
  std::optional<catalog::JobState> state;
  for (const auto one : {catalog::JobState::queued, catalog::JobState::leased, catalog::JobState::dead}) {
    if ((wanted == call.query.end() ? "queued" : wanted->second) == catalog::to_string(one)) state = one;
  }
  if (!state) return Error{ErrorKind::invalid, "parameter \"state\" must be queued, leased or dead"};
  json items = json::array(), exports = json::array();
  for (const auto& job : TRY(catalog::Jobs(*call.core.catalog).list(*state))) {
    // A job of a recording has its name.
    const auto recording = catalog::Recordings(*call.core.catalog).find(job.key);
    items.push_back({{"id", job.id}, {"kind", job.kind}, {"key", job.key}, {"state", catalog::to_string(job.state)}, {"attempts", job.attempts},
                     {"max_attempts", job.max_attempts}, {"run_after", serve::to_text(job.run_after)}, {"worker", job.worker}, {"last_error", job.last_error},
                     {"progress", recording ? json(recording.value().progress) : json(nullptr)}});
  }
  for (const serve::Export& one : call.exports.all()) {
    exports.push_back({{"id", one.id}, {"user", one.user}, {"recording", one.recording}, {"state", serve::to_string(one.state)}, {"progress", one.progress}, {"created", serve::to_text(one.created)}});
  }
  return json_response(200, {{"items", std::move(items)}, {"exports", std::move(exports)}});
}

Result<Response> health(Call& call) {
  bool ready = true;
  json parts = json::array();
  for (const Part& part : parts_of(call.core, call.now)) {
    ready = ready && (part.ok || !part.vital);
    // How full a disk is, and where it is, is the administrators' business.
    const bool detailed = call.caller.entitlements.has(access::Role::admin);
    parts.push_back({{"name", part.name}, {"ok", part.ok}, {"detail", detailed ? part.detail : ""}});
  }
  return json_response(200, {{"ready", ready}, {"parts", std::move(parts)}});
}

Result<Response> about(Call& call) {
  const auto identity = call.core.identity->current();
  json out{{"version", FROSTGATE_VERSION}, {"node", call.core.node}, {"signing_fingerprint", call.core.signer->fingerprint()},
           {"tls_fingerprint", identity->fingerprint}, {"tls_until", serve::to_text(identity->not_after)}};
  if (call.caller.entitlements.everywhere(access::Role::admin)) out["key_place"] = serve::place_of_key(call.core.config);
  return json_response(200, out);
}

Result<Response> events(Call& call) {
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}};
  out.body = event_stream(call);
  return out;
}

Result<Response> openapi_json(Call&) { return text_response("application/json", document_json()); }
Result<Response> openapi_yaml(Call&) { return text_response("application/yaml", document_yaml()); }

}  // namespace frostgate::http
