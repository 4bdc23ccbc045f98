#include "gateway/http/health.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/http/call.h"
#include "gateway/serve/disk_space.h"
#include "storage/catalog/alerts.h"

namespace frostgate::http {
namespace {

constexpr auto kCertificateWarning = std::chrono::hours(24);

Part part(const char* name, const Result<void>& works, bool vital = true) { return {name, works.has_value(), works ? "" : works.error().message, vital}; }

// Answers now, and took a write when it was last tried: whoever may ask this needs no name, and must not be able to keep it busy.
Result<void> catalog_works(serve::Core& core) {
  TRY(core.catalog->schema_version());
  return core.catalog_health.last();
}

Result<void> vault_takes_files(serve::Core& core) {
  for (const auto& folder : {core.config.vault_dir(), core.config.journal_dir()}) {
    struct statvfs state {};
    const bool there = statvfs(folder.c_str(), &state) == 0 && ::access(folder.c_str(), W_OK | X_OK) == 0;
    if (!there || (state.f_flag & ST_RDONLY) != 0) return Error{ErrorKind::io, folder.string() + " cannot be written to"};
  }
  return {};
}

Result<void> alerts_go_out(serve::Core& core) {
  for (const auto& [sink, counts] : TRY(catalog::Alerts(*core.catalog).counts())) {
    if (counts.waiting > 0 && !counts.last_error.empty()) return Error{ErrorKind::unavailable, sink + " does not take what waits for it: " + counts.last_error};
  }
  return {};
}

Result<void> certificate_holds(serve::Core& core, UtcTime now) {
  const auto identity = core.identity->current();
  if (identity->not_after > now + kCertificateWarning) return {};
  return Error{ErrorKind::invalid, "the listeners' certificate ends at " + serve::to_text(identity->not_after)};
}

}  // namespace

std::vector<Part> parts_of(serve::Core& core, UtcTime now) {
  std::vector<Part> out{part("catalog", catalog_works(core)), part("vault", vault_takes_files(core)), part("disk", serve::room_for_a_session(core.config)),
                        part("certificate", certificate_holds(core, now)), part("key", core.key_health.last()),
                        // Sessions go on and are recorded without these.
                        part("workers", core.worker_health.last(), false), part("alerts", alerts_go_out(core), false)};
  if (core.directory) {
    // Local users, tickets and running sessions do without it: no reason to take this node out of its balancer.
    const directory::Directory::Health health = core.directory->health();
    out.push_back({"directory", health.reachable, health.detail, false});
  }
  for (const auto& provider : core.providers) {
    const oidc::Provider::Health health = provider->health();
    out.push_back({"provider " + provider->settings().name, health.reachable, health.detail, false});
  }
  return out;
}

Response alive() {
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  out.body = "alive\n";
  return out;
}

Response ready(serve::Core& core, UtcTime now) {
  const std::vector<Part> parts = parts_of(core, now);
  const bool works = std::all_of(parts.begin(), parts.end(), [](const Part& one) { return one.ok || !one.vital; });
  nlohmann::json checks = nlohmann::json::array();
  for (const Part& one : parts) checks.push_back({{"name", one.name}, {"ok", one.ok}, {"vital", one.vital}});
  return json_response(works ? 200 : 503, {{"ready", works}, {"checks", std::move(checks)}});
}

}  // namespace frostgate::http
