#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/http/administration.h"
#include "gateway/http/csv.h"
#include "gateway/http/handlers.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/recording_list.h"
#include "gateway/serve/watch_gates.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/search.h"
#include "storage/catalog/views.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

json recording_json(const catalog::Recording& row) {
  return json{{"id", row.id},
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
}

// "env=prod,team=db"
Result<std::map<std::string, std::string>> tags_asked_for(const std::string& text) {
  std::map<std::string, std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size()), equals = text.find('=', at);
    if (equals >= end || equals == at) return Error{ErrorKind::invalid, "parameter \"tags\" must be name=value, several joined by commas"};
    out[text.substr(at, equals - at)] = text.substr(equals + 1, end - equals - 1);
    at = end + 1;
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
  out.since = TRY(call.moment("since"));
  out.until = TRY(call.moment("until"));
  out.tags = TRY(tags_asked_for(text("tags").value_or("")));
  out.text = text("q").value_or("");
  out.cursor = text("cursor").value_or("");
  out.limit = static_cast<int>(TRY(call.number("limit", kDefaultPage, 1, kMaxPage)));
  return out;
}

json listed_json(const serve::RecordingList::Row& row) {
  json out = recording_json(row.recording);
  if (row.masks) out["masks_by_rule"] = *row.masks;
  return out;
}

// As the caller may see it, also when the call is over.
serve::RecordingList list_for(const Call& call) { return {call.core, call.caller.entitlements.watch_rights(), call.caller.user, call.now}; }

std::string recording_line(const serve::RecordingList::Row& row) {
  const json one = recording_json(row.recording);
  std::int64_t masks = 0;
  for (const auto& [rule, count] : row.masks.value_or(serve::RecordingList::Masks())) masks += count;
  const auto text = [&](const char* name) { return one[name].is_string() ? one[name].get<std::string>() : std::string(); };
  return csv_line({text("id"), text("started"), text("ended"), text("user"), text("target"), text("front"), text("back"), text("rule"), text("status"),
                   one["duration"].dump(), row.masks ? std::to_string(masks) : ""});
}

json box_json(const Rect& box) { return {{"x", box.x}, {"y", box.y}, {"width", box.width}, {"height", box.height}}; }

}  // namespace

Result<Response> recordings(Call& call) {
  const catalog::RecordingQuery query = TRY(query_for(call));
  const serve::RecordingList::Page page = TRY(list_for(call).page(query));
  json items = json::array();
  for (const serve::RecordingList::Row& one : page.rows) items.push_back(listed_json(one));
  return json_response(200, {{"items", std::move(items)}, {"next", page.next.empty() ? json(nullptr) : json(page.next)}});
}

Result<Response> export_recordings(Call& call) {
  catalog::RecordingQuery query = TRY(query_for(call));
  query.limit = kMaxPage;
  json asked{{"what", "list of recordings"}};
  for (const char* name : {"q", "user", "target", "status", "rule", "mask", "tags", "since", "until"}) {
    if (const auto given = call.query.find(name); given != call.query.end()) asked[name] = given->second;
  }
  // Read before anything is said: what cannot be asked for is refused, not cut.
  const serve::RecordingList list = list_for(call);
  serve::RecordingList::Page first = TRY(list.page(query));
  TRY(serve::audit(call.core, catalog::LedgerEvent::exported, "recordings", call.caller.user, asked, call.now));
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "text/csv; charset=utf-8"}, {"Content-Disposition", "attachment; filename=\"recordings.csv\""}};
  out.body = Stream([list, query, page = std::optional(std::move(first)), begun = false]() mutable {
    StreamPiece piece;
    if (!begun) piece.bytes = csv_line({"id", "started", "ended", "user", "target", "front", "back", "rule", "status", "seconds", "masks"});
    begun = true;
    if (!page) {
      auto next = list.page(query);
      if (!next) {
        log::error("-", "an export of the list of recordings was cut: {}", next.error().message);
        return StreamPiece{{}, false, true};
      }
      page = std::move(next).value();
    }
    for (const serve::RecordingList::Row& one : page->rows) piece.bytes += recording_line(one);
    query.cursor = page->next;
    piece.over = query.cursor.empty();
    page.reset();
    return piece;
  });
  return out;
}

Result<Response> search(Call& call) {
  catalog::TextQuery query;
  const auto text = [&](const char* name) { return call.query.contains(name) ? call.query.at(name) : std::string(); };
  query.text = text("q");
  if (call.query.contains("recording")) query.recording = text("recording");
  query.cursor = text("cursor");
  const auto wanted = static_cast<std::size_t>(TRY(call.number("limit", kDefaultPage, 1, kMaxPage)));
  query.limit = static_cast<int>(wanted) + 1;
  catalog::Search search(*call.core.catalog, call.caller.entitlements.watch_rights());
  serve::WatchGates gates(call.core, call.caller.user, call.now);
  json items = json::array();
  std::string last;
  std::map<std::string, bool> watched;
  for (int pages = 0; pages < serve::kMostFilmPages; ++pages) {
    const catalog::TextPage page = TRY(search.lines(query));
    for (const catalog::TextHit& hit : page.hits) {
      if (!watched.contains(hit.recording)) {
        const catalog::Recording row = TRY(catalog::Recordings(*call.core.catalog).find(hit.recording));
        watched[hit.recording] = TRY(gates.open(row));
      }
      if (!watched[hit.recording]) continue;
      if (items.size() == wanted) return json_response(200, {{"items", std::move(items)}, {"next", last}});
      items.push_back({{"recording", hit.recording}, {"at", seconds(hit.line.from)}, {"until", seconds(hit.line.to)}, {"text", hit.line.text}, {"box", box_json(hit.line.box)}});
      last = hit.cursor;
    }
    if (page.next.empty()) break;
    query.cursor = watched[page.hits.back().recording] ? page.next : page.hits.back().past;
  }
  return json_response(200, {{"items", std::move(items)}, {"next", nullptr}});
}

Result<Response> recording(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kWatchers));
  const bool watched = TRY(serve::WatchGates(call.core, call.caller.user, call.now).open(row));
  json out = recording_json(row);
  if (watched) out["masks_by_rule"] = TRY(catalog::Recordings(*call.core.catalog).masks(row.id));
  return json_response(200, out);
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
