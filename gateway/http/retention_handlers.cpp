// What stays, what goes, and what must not go.
#include <nlohmann/json.hpp>

#include "gateway/http/administration.h"
#include "gateway/http/handlers.h"
#include "gateway/http/versions.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/deletions.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

// What lies out of the caller's scope is not there.
Result<std::optional<catalog::Recording>> in_scope(const Call& call, const std::string& id) {
  Result<catalog::Recording> row = recording_for(call, id, kWatchers);
  if (row) return std::optional(std::move(row).value());
  if (row.error().kind == ErrorKind::not_found) return std::optional<catalog::Recording>();
  return row.error();
}

json whose(const catalog::Recording& row) { return {{"recording", row.id}, {"user", row.user}, {"target", row.target}, {"started", serve::to_text(row.started)}}; }

// The recording, with the reason that the body gives.
Result<std::pair<std::string, std::string>> reasoned(const Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), {access::Role::compliance}));
  Body body = TRY(Body::of(call.request));
  std::string reason = TRY(body.text("reason", kMaxReason));
  TRY(body.finish());
  if (reason.empty()) return Error{ErrorKind::invalid, "a hold is placed, and released, for a reason"};
  return std::pair(row.id, std::move(reason));
}

}  // namespace

Result<Response> delete_recording(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), {access::Role::compliance}));
  Body body = TRY(Body::of(call.request));
  const std::string reason = TRY(body.text("reason", kMaxReason)), ticket = TRY(body.text_or("ticket", kMaxTicket, ""));
  TRY(body.finish());
  TRY(administered(call, {{"type", "recordings.delete"}, {"id", row.id}, {"by", call.caller.user}, {"reason", reason}, {"ticket", ticket}}));
  return no_content();
}

Result<Response> retention_plan(Call& call) {
  const auto limit = static_cast<std::size_t>(TRY(call.number("limit", kDefaultPage, 1, kMaxPage)));
  const serve::Planned which = TRY(call.flag("due")) ? serve::Planned::due : serve::Planned::all;
  const UtcTime at = TRY(call.moment("at")).value_or(serve::next_retention(call.now));
  const auto cursor = call.query.find("cursor");
  const std::string after = cursor == call.query.end() ? "" : cursor->second;
  if (cursor != call.query.end() && !TRY(in_scope(call, after))) return Error{ErrorKind::invalid, "parameter \"cursor\" is what no answer said, or its recording is gone"};
  json items = json::array();
  // Looked through to one more than is shown: whether there is another page says nothing of what lies outside the scope.
  bool more = false;
  TRY(serve::plan_retention(call.core, at, which, after, [&](const catalog::Recording& row, const policy::RetentionDecision& decision) -> Result<bool> {
    if (!may(call, kWatchers, row.target, row.tags)) return true;
    more = items.size() == limit;
    if (more) return false;
    json one = whose(row);
    one.update({{"remove", decision.remove}, {"archive", decision.archive}, {"class", decision.retention_class}, {"why", decision.why}});
    items.push_back(std::move(one));
    return true;
  }));
  const json next = more ? items.back()["recording"] : json(nullptr);
  return json_response(200, {{"at", serve::to_text(at)}, {"items", std::move(items)}, {"next", next}});
}

Result<Response> holds(Call& call) {
  json items = json::array();
  for (const catalog::Hold& hold : TRY(catalog::Deletions(*call.core.catalog).holds())) {
    const std::optional<catalog::Recording> row = TRY(in_scope(call, hold.recording));
    if (!row) continue;
    json one = whose(*row);
    one.update({{"reason", hold.reason}, {"by", hold.placed_by}, {"placed", serve::to_text(hold.placed)}, {"version", version_of(hold)}});
    items.push_back(std::move(one));
  }
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> place_hold(Call& call) {
  const auto [id, reason] = TRY(reasoned(call));
  TRY(administered(call, {{"type", "hold.add"}, {"id", id}, {"reason", reason}}));
  return no_content();
}

Result<Response> release_hold(Call& call) {
  const auto [id, reason] = TRY(reasoned(call));
  TRY(administered(call, {{"type", "hold.release"}, {"id", id}, {"reason", reason}}));
  return no_content();
}

}  // namespace frostgate::http
