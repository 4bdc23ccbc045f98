#include "gateway/serve/redaction_assignment.h"

#include "storage/catalog/keys.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/targets.h"
#include "storage/crypto/hex.h"

namespace frostgate::serve {
namespace {

nlohmann::json regions_of(const policy::Policy& policy, const std::string& rule) {
  nlohmann::json out = nlohmann::json::array();
  for (const policy::RegionRule& region : policy.regions_of(rule)) {
    out.push_back({{"name", region.name}, {"percent", region.percent}, {"x", region.rect.x}, {"y", region.rect.y},
                   {"width", region.rect.width}, {"height", region.rect.height}});
  }
  return out;
}

// Of the policy that governed the session, which need not be today's.
Result<nlohmann::json> regions_of(Core& core, const catalog::Recording& row) {
  if (row.policy_digest == core.policy->digest()) return regions_of(*core.policy, row.rule);
  const catalog::Policy kept = TRY(catalog::Policies(*core.catalog).find(row.policy_digest));
  return regions_of(TRY(policy::Policy::parse(kept.text, "policy " + row.policy_digest)), row.rule);
}

}  // namespace

Result<nlohmann::json> redaction_assignment(Core& core, const catalog::Recording& row) {
  const auto wrapped = TRY(catalog::Keys(*core.catalog).find(row.id, catalog::KeyKind::journal));
  const Secret journal_key = TRY(core.kek->unwrap(wrapped, key_context(row.id, "journal")));
  nlohmann::json known = nlohmann::json::array();
  if (const auto target = catalog::Targets(*core.catalog).find(row.target); target) {
    if (!target.value().wrapped_credential.empty()) {
      const Secret credential = TRY(core.kek->unwrap(target.value().wrapped_credential,
                                                     "credential of target " + row.target));
      known.push_back(std::string(credential.text()));
    }
  }
  nlohmann::json regions = TRY(regions_of(core, row));
  const Microseconds length = row.ended ? *row.ended - row.started : Microseconds();
  return nlohmann::json{{"type", "start"},
                        {"recording", row.id},
                        {"length_us", length.count()},
                        {"journal_key", storage::to_hex(journal_key.bytes())},
                        {"known_secrets", std::move(known)},
                        {"profile", core.config.redaction.profile},
                        {"languages", core.config.redaction.languages},
                        {"regions", std::move(regions)}};
}

}  // namespace frostgate::serve
