#include "gateway/serve/policy_requests.h"

#include "gateway/base/log.h"
#include "gateway/policy/policy_check.h"
#include "gateway/policy/review_date.h"
#include "gateway/policy/widening.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/custodians.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::size_t kMostWider = 20;  // in the audit log

json gate_json(policy::GateKind kind, const policy::Gate& gate) {
  json out{{"gate", policy::to_string(kind)}, {"allow", gate.allow},     {"needed", gate.needed},           {"users", gate.users},
          {"groups", gate.groups},           {"ticket", gate.ticket},   {"reason", gate.reason_required},  {"emergency", gate.emergency},
          {"valid_minutes", gate.validity.count()}};
  if (kind == policy::GateKind::pause) out["longest_minutes"] = gate.longest.count();
  return out;
}

}  // namespace

Result<AdminReply> policy_explain(Core& core, ipc::Message& request, UtcTime now) {
  const std::string user = TRY(request.text("user", 64)), name = TRY(request.text("target", 64));
  const std::string at = TRY(request.text("at", 64)), from = TRY(request.text("from", 64)), ticket = TRY(request.text("ticket", 200));
  const catalog::Target target = TRY(catalog::Targets(*core.catalog).find(name));
  UtcTime moment = now;
  if (!at.empty()) {
    const Result<UtcTime> given = policy::moment(at);
    if (!given) return given.error().within("--at");
    moment = given.value();
  }
  if (!from.empty()) {
    if (const auto address = policy::Network::parse_address(from); !address) return address.error().within("--from");
  }
  const policy::Request wanted = request_to_decide(core, user, target, from, moment, ticket);
  const auto policy = core.policy.current();
  AdminReply out;
  out.body = {{"policy_digest", policy->digest()}, {"at", to_text(moment)}, {"steps", json::array()}, {"gates", json::array()},
              {"groups", groups_of(core, user)},   {"rule", nullptr},       {"allowed", false}};
  for (const policy::Policy::Step& step : policy->explain(wanted)) {
    out.body["steps"].push_back({{"rule", step.rule->name}, {"file", step.rule->file}, {"line", step.rule->line},
                                 {"failed", step.failed ? json(policy::to_string(*step.failed)) : json(nullptr)}});
    if (step.failed) continue;
    out.body["rule"] = step.rule->name;
    out.body["allowed"] = step.rule->allow;
    for (std::size_t i = 0; i < policy::kGateKinds; ++i) out.body["gates"].push_back(gate_json(static_cast<policy::GateKind>(i), step.rule->gates[i]));
  }
  return out;
}

Result<AdminReply> policy_current(Core& core) {
  const auto policy = core.policy.current();
  AdminReply out;
  out.body = {{"digest", policy->digest()}};
  out.descriptors.push_back(TRY(ipc::to_memory_file(std::as_bytes(std::span(policy->text())))));
  return out;
}

namespace {

Result<policy::Policy> policy_that_can_be_kept(const config::Config& config) {
  policy::Policy policy = TRY(policy::Policy::load(config.policy));
  const Custodians custodians = TRY(load_custodians(config.custodians));
  TRY(check_custody(custodians, policy));
  TRY(check_classes(config.retention, policy));
  return policy;
}

}  // namespace

void reload_policy(Core& core, UtcTime now) {
  Result<policy::Policy> fresh = policy_that_can_be_kept(core.config);
  const std::string before = core.policy->digest();
  const Result<void> kept = fresh ? catalog::Policies(*core.catalog).keep(fresh.value().digest(), fresh.value().text(), now) : Result<void>(fresh.error());
  if (!kept) {
    log::error("-", "the policy was not taken anew, and the one before stays in force: {}", kept.error().message);
    note(core, catalog::LedgerEvent::policy, before, "", {{"taken", false}, {"problem", kept.error().message}}, now);
    raise_alert(core, {"policy.refused", alerts::Severity::critical, "policy", "The policy was not taken anew, and the one before stays in force: " + kept.error().message}, now);
    return;
  }
  if (fresh.value().digest() == before) return log::info("-", "the policy is the same");
  for (const std::string& warning : policy::warnings(fresh.value(), now)) log::warning("-", "policy: {}", warning);
  log::info("-", "policy {} has {} rules, instead of {}", fresh.value().digest().substr(0, 16), fresh.value().rules().size(), before.substr(0, 16));
  std::vector<std::string> wider = policy::widenings(*core.policy.current(), fresh.value());
  for (const std::string& more : wider) log::warning("-", "policy: {}", more);
  const std::size_t found = wider.size();
  wider.resize(std::min(found, kMostWider));
  // A policy of which nobody could know later that it came into force does not come into force.
  const Result<void> noted = audit(core, catalog::LedgerEvent::policy, fresh.value().digest(), "",
                                   {{"taken", true}, {"before", before}, {"rules", fresh.value().rules().size()}, {"wider", wider}, {"wider_in_all", found}}, now);
  if (!noted) return log::error("-", "the policy was not taken anew, since the audit log did not take it: {}", noted.error().message);
  if (found > 0) {
    raise_alert(core, {"policy.wider", alerts::Severity::warning, "policy",
                       "The policy that is now in force gives more than the one before: " + wider.front() + (found > 1 ? "; and " + std::to_string(found - 1) + " more (frostgate audit list --event policy)" : "") + "."},
                now);
  }
  core.policy.replace(std::move(fresh).value());
}

}  // namespace frostgate::serve
