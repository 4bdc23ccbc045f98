#include "gateway/serve/target_trust.h"

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"

namespace frostgate::serve {
namespace {

std::string address_of(const catalog::Target& target) { return target.host + " " + std::to_string(target.port); }

void alert_certificate(Core& core, const std::string& target, const std::string& shown, const std::string& before, const std::string& outcome, UtcTime now) {
  raise_alert(core, {"certificate.changed", alerts::Severity::critical, target,
                     "The target " + target + " shows the certificate " + shown + " instead of " + before + ": " + outcome},
              now);
}

}  // namespace

std::string known_certificate(const Core& core, const catalog::Target& target) {
  const bool first_use_counts = target.protocol == catalog::Protocol::rdp || core.target_authorities.empty();
  return target.pinned_certificate.empty() && first_use_counts ? target.last_certificate : target.pinned_certificate;
}

nlohmann::json target_login(const Core& core, const catalog::Target& target, const TargetAccount& account, const std::string& known_certificate) {
  return nlohmann::json{{"name", target.name},
                        {"protocol", catalog::to_string(target.protocol)},
                        {"user", account.user},
                        {"domain", account.domain},
                        {"credential", account.password.text()},
                        {"pinned_certificate", known_certificate},
                        {"authorities", core.target_authorities},
                        {"host", core.target_authorities.empty() ? "" : target.host},
                        {"graphics", core.graphics.of(address_of(target))}};
}

void graphics_seen(Core& core, const std::string& name, std::int64_t graphics) {
  if (const Result<catalog::Target> target = catalog::Targets(*core.catalog).find(name)) core.graphics.note(address_of(target.value()), graphics);
}

void certificate_seen(Core& core, const std::string& session, const std::string& name, const std::string& certificate, UtcTime now) {
  catalog::Targets targets(*core.catalog);
  const Result<catalog::Target> target = targets.find(name);
  if (!target || certificate.empty()) return;
  const std::string& before = target.value().last_certificate;
  if (before.empty() && target.value().pinned_certificate.empty()) {
    log::warning(session, "target {} is trusted with the certificate {} because it is the first that it shows; compare it", name, certificate);
  }
  if (!before.empty() && before != certificate) {
    log::warning(session, "target {} shows another certificate than last time: {} instead of {}", name, certificate, before);
    alert_certificate(core, name, certificate, before, "it was let in, because it is pinned or vouched for", now);
  }
  if (const auto noted = targets.set_last_certificate(name, certificate); !noted) {
    log::warning(session, "the certificate of {} could not be noted: {}", name, noted.error().message);
  }
}

void certificate_refused(Core& core, const std::string& name, const std::string& shown, UtcTime now) {
  const Result<catalog::Target> target = catalog::Targets(*core.catalog).find(name);
  if (!target) return;
  const catalog::Target& known = target.value();
  const std::string before = !known.pinned_certificate.empty() ? known.pinned_certificate : known.last_certificate;
  // Who is seen for the first time, and vouched for by nobody, has changed nothing: the session's end says it.
  if (!before.empty() && shown != before) alert_certificate(core, name, shown.empty() ? "none" : shown, before, "refused. Somebody may be in between. If it was renewed, run: frostgate target pin " + name, now);
}

}  // namespace frostgate::serve
