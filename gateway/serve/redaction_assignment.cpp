#include "gateway/serve/redaction_assignment.h"

#include "gateway/redact/detector_json.h"
#include "gateway/redact/region_json.h"
#include "gateway/serve/target_account.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/personal_credentials.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/targets.h"
#include "storage/crypto/hex.h"

namespace frostgate::serve {
namespace {

// Of the policy that governed the session, which need not be today's. A film is never redacted by another rule.
Result<policy::Rule> rule_of(Core& core, const catalog::Recording& row) {
  const auto in = [&](const policy::Policy& policy) -> Result<policy::Rule> {
    if (const policy::Rule* rule = policy.find(row.rule)) return *rule;
    return Error{ErrorKind::not_found, "the session's policy has no rule \"" + row.rule + "\""};
  };
  const std::shared_ptr<const policy::Policy> now = core.policy.current();
  if (row.policy_digest == now->digest()) return in(*now);
  const catalog::Policy kept = TRY(catalog::Policies(*core.catalog).find(row.policy_digest));
  const policy::Policy policy = TRY(policy::Policy::parse(kept.text, "policy " + row.policy_digest));
  return in(policy);
}

}  // namespace

Result<RedactionAssignment> redaction_assignment(Core& core, const catalog::Recording& row) {
  const auto wrapped = TRY(catalog::Keys(*core.catalog).find(row.id, catalog::KeyKind::journal));
  const Secret journal_key = TRY(core.kek->unwrap(wrapped, key_context(row.id, "journal")));
  nlohmann::json known = nlohmann::json::array();
  if (const auto target = catalog::Targets(*core.catalog).find(row.target); target) {
    if (!target.value().wrapped_credential.empty()) {
      const Secret credential = TRY(core.kek->unwrap(target.value().wrapped_credential, credential_context(row.target)));
      known.push_back(std::string(credential.text()));
    }
  }
  if (const auto own = catalog::PersonalCredentials(*core.catalog).find(row.target, row.user); own) {
    const Secret credential = TRY(core.kek->unwrap(own.value().wrapped, personal_context(row.target + "/" + row.user)));
    known.push_back(std::string(credential.text()));
  } else if (own.error().kind != ErrorKind::not_found) {
    return own.error();
  }
  policy::Rule rule = TRY(rule_of(core, row));
  // The stricter of the gateway's profile and the rule's.
  const redaction::Profile least = TRY(redaction::profile_named(core.config.redaction.profile));
  if (least == redaction::Profile::strict) rule.detectors.profile = least;
  const Microseconds length = row.ended ? *row.ended - row.started : Microseconds();
  nlohmann::json start{{"type", "start"},
                       {"recording", row.id},
                       {"length_us", length.count()},
                       {"growing", row.ended ? 0 : 1},
                       {"index_text", rule.index_text ? 1 : 0},
                       {"journal_key", storage::to_hex(journal_key.bytes())},
                       {"known_secrets", std::move(known)},
                       {"languages", rule.languages.empty() ? core.config.redaction.languages : rule.languages},
                       {"detectors", redact::to_json(rule.detectors)},
                       {"regions", redact::to_json(rule.regions)}};
  // Without it the film is made all the same, and its report says so: it was destroyed, or the recording is older.
  if (const auto wrapped_typing = catalog::Keys(*core.catalog).find(row.id, catalog::KeyKind::keystrokes); wrapped_typing) {
    const Secret key = TRY(core.kek->unwrap(wrapped_typing.value(), key_context(row.id, "keystrokes")));
    start["keystroke_key"] = storage::to_hex(key.bytes());
  } else if (wrapped_typing.error().kind != ErrorKind::not_found) {
    return wrapped_typing.error();
  }
  return RedactionAssignment{std::move(start), redact::picture_pixels(rule.regions)};
}

}  // namespace frostgate::serve
