#include <map>

#include <nlohmann/json.hpp>

#include "gateway/http/administration.h"
#include "gateway/http/handlers.h"
#include "gateway/serve/decision.h"
#include "storage/catalog/search.h"
#include "storage/catalog/views.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

json recording_json(const catalog::Recording& row, bool watched) {
  json out{{"id", row.id},
           {"user", row.user},
           {"target", row.target},
           {"front", catalog::to_string(row.front)},
           {"back", catalog::to_string(row.back)},
           {"peer", row.peer},
           {"node", row.node},
           {"rule", row.rule},
           {"policy_digest", row.policy_digest},
           {"started", serve::to_text(row.started)},
           {"ended", row.ended ? json(serve::to_text(*row.ended)) : json(nullptr)},
           {"end_reason", row.end_reason},
           {"status", catalog::to_string(row.status)},
           {"interrupted", row.interrupted},
           {"progress", row.progress},
           {"duration", seconds(row.film_duration)},
           {"width", row.film_size.width},
           {"height", row.film_size.height},
           {"generation", row.generation}};
  if (!watched) return out;
  const json report = json::parse(row.report_json, nullptr, false);
  if (report.is_object() && report.contains("redaction") && report["redaction"].contains("masks_by_rule")) {
    out["masks_by_rule"] = report["redaction"]["masks_by_rule"];
  }
  return out;
}

Result<catalog::RecordingQuery> query_for(const Call& call) {
  catalog::RecordingQuery out;
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::nullopt : std::optional(found->second);
  };
  out.user = text("user");
  out.target = text("target");
  out.rule = text("rule");
  out.status = text("status");
  out.mask = text("mask");
  out.text = text("q").value_or("");
  out.cursor = text("cursor").value_or("");
  out.limit = static_cast<int>(TRY(call.number("limit", kDefaultPage, 1, kMaxPage)));
  return out;
}

json next_of(const std::string& cursor) { return cursor.empty() ? json(nullptr) : json(cursor); }

json box_json(const Rect& box) { return {{"x", box.x}, {"y", box.y}, {"width", box.width}, {"height", box.height}}; }

}  // namespace

Result<Response> recordings(Call& call) {
  const catalog::RecordingQuery query = TRY(query_for(call));
  const catalog::RecordingPage page = TRY(catalog::Search(*call.core.catalog, call.caller.entitlements.watch_rights()).recordings(query));
  json items = json::array();
  const bool by_film = !query.text.empty() || query.mask;
  for (const catalog::Recording& row : page.recordings) {
    const bool watched = TRY(serve::may_watch(call.core, row, call.caller.user, call.now));
    // That a film matched would say what is in it.
    if (watched || !by_film) items.push_back(recording_json(row, watched));
  }
  return json_response(200, {{"items", std::move(items)}, {"next", next_of(page.next)}});
}

Result<Response> search(Call& call) {
  catalog::TextQuery query;
  const auto text = [&](const char* name) { return call.query.contains(name) ? call.query.at(name) : std::string(); };
  query.text = text("q");
  if (call.query.contains("recording")) query.recording = text("recording");
  query.cursor = text("cursor");
  query.limit = static_cast<int>(TRY(call.number("limit", kDefaultPage, 1, kMaxPage)));
  const catalog::TextPage page = TRY(catalog::Search(*call.core.catalog, call.caller.entitlements.watch_rights()).lines(query));
  json items = json::array();
  std::map<std::string, bool> watched;
  for (const catalog::TextHit& hit : page.hits) {
    if (!watched.contains(hit.recording)) {
      const catalog::Recording row = TRY(catalog::Recordings(*call.core.catalog).find(hit.recording));
      watched[hit.recording] = TRY(serve::may_watch(call.core, row, call.caller.user, call.now));
    }
    if (!watched[hit.recording]) continue;
    items.push_back({{"recording", hit.recording}, {"at", seconds(hit.line.from)}, {"until", seconds(hit.line.to)}, {"text", hit.line.text}, {"box", box_json(hit.line.box)}});
  }
  return json_response(200, {{"items", std::move(items)}, {"next", next_of(page.next)}});
}

Result<Response> recording(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kWatchers));
  const bool watched = TRY(serve::may_watch(call.core, row, call.caller.user, call.now));
  return json_response(200, recording_json(row, watched));
}

Result<Response> recording_report(Call& call) {
  const catalog::Recording row = TRY(watched_recording(call, call.path.at("id")));
  Response out = json_response(200, json::object());
  if (!row.report_json.empty()) out.body = row.report_json;
  return out;
}

Result<Response> recording_views(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kWatchers));
  json items = json::array();
  for (const catalog::View& view : TRY(catalog::Views(*call.core.catalog).list(row.id))) {
    items.push_back({{"user", view.user}, {"at", serve::to_text(view.at)}, {"from", seconds(view.from)}, {"to", seconds(view.to)}, {"live", view.live}});
  }
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> retry_recording(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), {access::Role::admin}));
  if (row.status != catalog::RecordingStatus::failed) return Error{ErrorKind::exists, "recording " + row.id + " has not failed"};
  TRY(administered(call, {{"type", "recordings.retry"}, {"id", row.id}}));
  Response out;
  out.status = 202;
  return out;
}

}  // namespace frostgate::http
