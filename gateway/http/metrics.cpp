// What Prometheus reads: text format 0.0.4. Names of metrics end with their unit.
#include <sys/statvfs.h>

#include <algorithm>
#include <sstream>

#include "gateway/http/health.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/approvals.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/recordings.h"

namespace frostgate::http {
namespace {

double in_seconds(Microseconds time) { return std::chrono::duration<double>(time).count(); }

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

void request_metrics(std::ostringstream& out, serve::Core& core) {
  const auto requests = catalog::ApprovalRequests(*core.catalog).counts();
  if (!requests) return;
  gauge(out, "frostgate_requests", "Requests for approval, by what they are for and what became of them.");
  for (const auto& [what, count] : requests.value()) out << "frostgate_requests{kind=\"" << what.first << "\",state=\"" << what.second << "\"} " << count << '\n';
}

void histogram(std::ostringstream& out, const char* name, const char* what, const Histogram& measured) {
  out << "# HELP " << name << ' ' << what << "\n# TYPE " << name << " histogram\n";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < measured.counts().size(); ++i) {
    so_far += measured.counts()[i];
    out << name << "_bucket{le=\"";
    if (i < measured.bounds().size()) out << in_seconds(measured.bounds()[i]);
    else out << "+Inf";
    out << "\"} " << so_far << '\n';
  }
  out << name << "_sum " << in_seconds(measured.sum()) << '\n' << name << "_count " << so_far << '\n';
}

void queue_metrics(std::ostringstream& out, serve::Core& core, UtcTime now) {
  const auto waiting = catalog::Jobs(*core.catalog).list(catalog::JobState::queued);
  if (!waiting) return;
  Microseconds oldest{};
  for (const catalog::Job& job : waiting.value()) oldest = std::max(oldest, now - job.run_after);
  gauge(out, "frostgate_queue_oldest_seconds", "For how long the recording that waits longest for a worker has been due.");
  out << "frostgate_queue_oldest_seconds " << in_seconds(oldest) << '\n';
}

void measured_metrics(std::ostringstream& out, const serve::Measured& measured) {
  counter(out, "frostgate_sessions_total", "Sessions that have begun on this node since it started, by protocol of client and target.");
  for (const auto& [way, count] : measured.sessions) out << "frostgate_sessions_total{front=\"" << way.first << "\",back=\"" << way.second << "\"} " << count << '\n';
  counter(out, "frostgate_sign_ins_total", "Sign-ins on this node since it started, by where and what came of them.");
  for (const auto& [way, count] : measured.sign_ins) {
    out << "frostgate_sign_ins_total{front=\"" << way.first << "\",result=\"" << (way.second ? "accepted" : "refused") << "\"} " << count << '\n';
  }
  counter(out, "frostgate_decisions_total", "Of the policy, on sessions that were asked for on this node since it started.");
  for (const auto& [allowed, count] : measured.decisions) out << "frostgate_decisions_total{result=\"" << (allowed ? "allowed" : "denied") << "\"} " << count << '\n';
  histogram(out, "frostgate_relay_delay_seconds", "From the target's change of the screen to the client's connection; a client that is slow to take it counts.", measured.relay_delay);
  histogram(out, "frostgate_live_lag_seconds", "How far pieces were behind their session for those who watch it live.", measured.live_lag);
  histogram(out, "frostgate_redaction_lag_seconds", "From the end of a session to its film.", measured.redaction_lag);
  counter(out, "frostgate_ocr_lines_total", "Lines in films that were made here, by what read them (cache, atlas, tesseract), and those covered unread.");
  for (const auto& [means, count] : measured.lines) out << "frostgate_ocr_lines_total{means=\"" << means << "\"} " << count << '\n';
}

void storage_metrics(std::ostringstream& out, serve::Core& core) {
  gauge(out, "frostgate_storage_bytes", "What is stored, by kind; looked at every ten minutes.");
  for (const auto& [kind, bytes] : core.measures.so_far().storage) out << "frostgate_storage_bytes{kind=\"" << kind << "\"} " << bytes << '\n';
  struct statvfs space {};
  if (statvfs(core.config.data_dir.c_str(), &space) == 0) {
    gauge(out, "frostgate_storage_free_bytes", "What is free where recordings are kept.");
    out << "frostgate_storage_free_bytes " << static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize << '\n';
  }
  gauge(out, "frostgate_storage_reserve_bytes", "With less free than this no session begins.");
  out << "frostgate_storage_reserve_bytes " << core.config.disk_reserve << '\n';
}

}  // namespace

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
  request_metrics(out, core);
  queue_metrics(out, core, now);
  measured_metrics(out, core.measures.so_far());
  storage_metrics(out, core);
  return out.str();
}

}  // namespace frostgate::http
