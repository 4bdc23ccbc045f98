#include "gateway/http/health.h"

#include <algorithm>
#include <sstream>

#include "gateway/serve/disk_space.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/recordings.h"

namespace frostgate::http {
namespace {

constexpr auto kCertificateWarning = std::chrono::hours(24);

Part part(const char* name, const Result<void>& works) { return {name, works.has_value(), works ? "" : works.error().message}; }

Result<void> catalog_works(serve::Core& core) {
  TRY(core.catalog->schema_version());
  return {};
}

Result<void> certificate_holds(serve::Core& core, UtcTime now) {
  const auto identity = core.identity->current();
  if (identity->not_after > now + kCertificateWarning) return {};
  return Error{ErrorKind::invalid, "the listeners' certificate ends at " + serve::to_text(identity->not_after)};
}

void gauge(std::ostringstream& out, const char* name, const char* help) { out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << " gauge\n"; }

}  // namespace

std::vector<Part> parts_of(serve::Core& core, UtcTime now) {
  return {part("catalog", catalog_works(core)), part("disk", serve::room_for_a_session(core.config)), part("certificate", certificate_holds(core, now))};
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
  std::string text;
  for (const Part& one : parts) {
    if (!one.ok) text += one.name + " does not work\n";
  }
  Response out;
  out.status = text.empty() ? 200 : 503;
  out.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  out.body = text.empty() ? "ready\n" : text;
  return out;
}

std::string metrics_text(serve::Core& core, UtcTime now) {
  std::ostringstream out;
  gauge(out, "frostgate_part_ok", "Whether a part of the gateway works.");
  for (const Part& one : parts_of(core, now)) out << "frostgate_part_ok{part=\"" << one.name << "\"} " << (one.ok ? 1 : 0) << '\n';
  gauge(out, "frostgate_sessions_running", "Sessions that run on this node.");
  out << "frostgate_sessions_running " << core.sessions.count() << '\n';
  const auto counts = catalog::Recordings(*core.catalog).count_by_status();
  if (counts) {
    gauge(out, "frostgate_recordings", "Recordings, by status.");
    for (const auto& [status, count] : counts.value()) out << "frostgate_recordings{status=\"" << catalog::to_string(status) << "\"} " << count << '\n';
  }
  gauge(out, "frostgate_jobs", "Work that waits, runs, or was given up.");
  for (const auto state : {catalog::JobState::queued, catalog::JobState::leased, catalog::JobState::dead}) {
    const auto jobs = catalog::Jobs(*core.catalog).list(state);
    if (jobs) out << "frostgate_jobs{state=\"" << catalog::to_string(state) << "\"} " << jobs.value().size() << '\n';
  }
  gauge(out, "frostgate_certificate_seconds_left", "Until the listeners' certificate ends.");
  out << "frostgate_certificate_seconds_left " << std::chrono::floor<std::chrono::seconds>(core.identity->current()->not_after - now).count() << '\n';
  return out.str();
}

}  // namespace frostgate::http
