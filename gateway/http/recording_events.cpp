// What happened in a session, for the film's timeline: as its journal, its approval, the alerts about it, the orders to it and the notes on its user's devices have it.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/http/handlers.h"
#include "storage/catalog/approvals.h"
#include "storage/catalog/ledger.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

class Events {
 public:
  explicit Events(const catalog::Recording& row) : row_(row) {}

  void add(double at, const char* kind, const std::string& what, const std::string& by = "", const std::string& text = "") {
    items_.push_back({{"at", at}, {"kind", kind}, {"what", what}, {"by", by}, {"text", text}});
  }
  void add(UtcTime at, const char* kind, const std::string& what, const std::string& by, const std::string& text) {
    add(seconds(at - row_.started), kind, what, by, text);
  }
  json sorted() && {
    std::stable_sort(items_.begin(), items_.end(), [](const json& a, const json& b) { return a["at"].get<double>() < b["at"].get<double>(); });
    return json(std::move(items_));
  }

 private:
  const catalog::Recording& row_;
  std::vector<json> items_;
};

// The worker's word, in a report that serve keeps as it came.
void add_journal_events(Events& out, const json& report) {
  const json journal = report.value(json::json_pointer("/redaction/journal/events"), json());
  if (!journal.is_array()) return;
  for (const json& event : journal) {
    if (!event.is_object()) continue;
    const std::string kind = event.value("kind", "");
    const double at = event.value("at_ms", 0.0) / 1000;
    if (kind == "recording_paused" || kind == "recording_stopped") {
      out.add(at, "recording", kind.substr(10), event.value("by", ""), event.value("request", "") + (event.value("reason", "").empty() ? "" : ": " + event.value("reason", "")));
    } else if (kind == "recording_resumed") {
      out.add(at, "recording", "resumed", "", event.value("why", ""));
    } else if (kind == "guest") {
      out.add(at, "guest", event.value("here", false) ? "came" : "left", event.value("user", ""), event.value("request", ""));
    } else if (kind == "resumed" || kind == "lossy") {
      out.add(at, kind.c_str(), "");
    } else if (kind == "resized") {
      out.add(at, "resized", std::to_string(event.value("width", 0)) + " x " + std::to_string(event.value("height", 0)));
    } else if (kind == "clipboard") {
      out.add(at, "clipboard", std::string(event.value("to_target", false) ? "to_target" : "to_client") + (event.value("passed", false) ? "" : "_denied"));
    }
  }
}

Result<void> add_approval(Events& out, const Call& call, const json& report) {
  const std::string id = report.value(json::json_pointer("/approval/request"), "");
  if (id.empty()) return {};
  const Result<catalog::ApprovalRequest> found = catalog::ApprovalRequests(*call.core.catalog).find(id);
  if (!found) return found.error().kind == ErrorKind::not_found ? Result<void>() : found.error();
  const catalog::ApprovalRequest& request = found.value();
  out.add(request.created, "approval", request.emergency ? "emergency" : "requested", request.requester, request.reason);
  for (const catalog::ApprovalVote& vote : request.votes) out.add(vote.at, "approval", vote.approves ? "approved" : "refused", vote.approver, vote.comment);
  return {};
}

constexpr std::int64_t kMostDevices = 2000;  // the last ones

// As storage/catalog/FORMAT.md has it (`device`). Of a file that was closed: which way it went.
void add_device(Events& out, UtcTime at, const json& detail) {
  const std::string said = detail.value("what", ""), path = detail.value("path", ""), became = detail.value("became", "");
  const bool read = detail.value("to_target_bytes", std::int64_t{0}) > 0, written = detail.value("to_client_bytes", std::int64_t{0}) > 0;
  std::string what = said, text = detail.value("device", "");
  if (said == "file") what = became == "deleted" ? "deleted" : read && written ? "read_and_written" : written ? "written" : read ? "read" : "changed";
  if (said == "more") text = std::to_string(detail.value("count", std::int64_t{0}));
  if (!path.empty()) text += " " + path;
  if (became.starts_with('\\')) text += " → " + became;
  out.add(at, "device", what, "", text);
}

Result<void> add_noted(Events& out, const Call& call, const std::string& recording) {
  for (const auto event : {catalog::LedgerEvent::alert, catalog::LedgerEvent::configuration, catalog::LedgerEvent::device}) {
    catalog::LedgerQuery query;
    query.event = event;
    query.subject = recording;
    query.limit = event == catalog::LedgerEvent::device ? kMostDevices : kMaxPage;
    for (const catalog::LedgerEntry& entry : TRY(catalog::Ledger(*call.core.catalog).find(query))) {
      const json detail = json::parse(entry.details, nullptr, false);
      if (!detail.is_object()) continue;
      const std::string request = detail.value("request", "");
      if (event == catalog::LedgerEvent::alert) out.add(entry.at, "alert", detail.value("kind", ""), "", detail.value("text", ""));
      else if (event == catalog::LedgerEvent::device) add_device(out, entry.at, detail);
      // Pauses and stops are in the journal, as they were.
      else if (request.starts_with("sessions.") && !request.ends_with("_recording") && request != "sessions.record_again" && !detail.contains("denied")) out.add(entry.at, "order", request.substr(9), entry.actor, detail.value("message", ""));
    }
  }
  return {};
}

}  // namespace

Result<Response> recording_events(Call& call) {
  const catalog::Recording row = TRY(watched_recording(call, call.path.at("id")));
  const json report = json::parse(row.report_json, nullptr, false);
  Events out(row);
  if (report.is_object()) {
    try {
      add_journal_events(out, report);
      TRY(add_approval(out, call, report));
    } catch (const json::exception& malformed) {
      return Error{ErrorKind::corrupt, "the report of " + row.id + " is not as it should be: " + malformed.what()};
    }
  }
  TRY(add_noted(out, call, row.id));
  return json_response(200, {{"items", std::move(out).sorted()}});
}

}  // namespace frostgate::http
