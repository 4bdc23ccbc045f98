#include "gateway/http/health.h"

#include <algorithm>
#include <sstream>

#include "gateway/serve/disk_space.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/ledger.h"
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

void counter(std::ostringstream& out, const char* name, const char* what) { out << "# HELP " << name << ' ' << what << "\n# TYPE " << name << " counter\n"; }

// As a label's value (Prometheus' text format).
std::string label(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out;
}

void audit_metrics(std::ostringstream& out, serve::Core& core) {
  const auto entries = catalog::Ledger(*core.catalog).given();
  if (!entries) return;
  counter(out, "frostgate_audit_entries_total", "Entries of the audit log.");
  out << "frostgate_audit_entries_total " << entries.value() << '\n';
}

void alert_metrics(std::ostringstream& out, serve::Core& core) {
  catalog::Alerts alerts(*core.catalog);
  if (const auto kinds = alerts.raised_by_kind()) {
    counter(out, "frostgate_alerts_total", "Alerts that were raised, repetitions counted, by kind.");
    for (const auto& [kind, count] : kinds.value()) out << "frostgate_alerts_total{kind=\"" << label(kind) << "\"} " << count << '\n';
  }
  const auto sinks = alerts.counts();
  if (!sinks) return;
  gauge(out, "frostgate_alert_deliveries", "Deliveries of alerts, by sink and what became of them.");
  for (const auto& [sink, counts] : sinks.value()) {
    for (const auto& [state, count] : {std::pair("sent", counts.sent), std::pair("waiting", counts.waiting), std::pair("given_up", counts.given_up)}) {
      out << "frostgate_alert_deliveries{sink=\"" << label(sink) << "\",state=\"" << state << "\"} " << count << '\n';
    }
  }
}

}  // namespace

std::vector<Part> parts_of(serve::Core& core, UtcTime now) {
  std::vector<Part> out{part("catalog", catalog_works(core)), part("disk", serve::room_for_a_session(core.config)), part("certificate", certificate_holds(core, now))};
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
  std::string text;
  for (const Part& one : parts) {
    if (!one.ok && one.vital) text += one.name + " does not work\n";
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
  counter(out, "frostgate_redaction_degradations_total", "Films that show less than they could, and failures, by what happened.");
  for (const auto& [way, count] : core.degradations.counts()) out << "frostgate_redaction_degradations_total{way=\"" << way << "\"} " << count << '\n';
  audit_metrics(out, core);
  alert_metrics(out, core);
  return out.str();
}

}  // namespace frostgate::http
