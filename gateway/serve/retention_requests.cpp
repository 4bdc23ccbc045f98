#include "gateway/serve/retention_requests.h"

#include "gateway/base/log.h"
#include "gateway/base/utc_text.h"
#include "gateway/policy/review_date.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/deletions.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPlanPage = 500;  // keeps a page within one message

}  // namespace

Result<AdminReply> retention_plan(Core& core, ipc::Message& request, UtcTime now) {
  const std::string after = TRY(request.text("after", 64));
  const std::string asked = TRY(request.text("at", 64));
  UtcTime at = next_retention(now);
  if (!asked.empty()) {
    const Result<UtcTime> given = policy::moment(asked);
    if (!given) return given.error().within("--at");
    at = given.value();
  }
  AdminReply out;
  out.body["at"] = utc_text(at, "%Y-%m-%dT%H:%M:%SZ");
  json& rows = out.body["decisions"] = json::array();
  TRY(plan_retention(core, at, Planned::all, after, [&](const catalog::Recording& row, const policy::RetentionDecision& decision) -> Result<bool> {
    rows.push_back({{"id", row.id}, {"remove", decision.remove}, {"archive", decision.archive}, {"class", decision.retention_class}, {"why", decision.why}});
    return rows.size() < kMaxPlanPage;
  }));
  return out;
}

Result<AdminReply> retention_run(Core& core, ipc::Message&, UtcTime now) {
  const RetentionRun run = TRY(run_retention(core, now));
  AdminReply out;
  out.body = {{"deleted", json::array()}, {"archived", json::array()}, {"problems", run.problems}};
  for (const policy::RetentionDecision& decision : run.archived) out.body["archived"].push_back(decision.recording);
  for (const policy::RetentionDecision& decision : run.deleted) out.body["deleted"].push_back(decision.recording);
  return out;
}

Result<AdminReply> recordings_delete(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), by = TRY(request.text("by", 256));
  const policy::Pretext pretext{TRY(request.text("reason", 1024)), TRY(request.text("ticket", 200))};
  TRY(delete_early(core, id, by, pretext, now));
  AdminReply out;
  out.body = {{"id", id}};
  return out;
}

Result<AdminReply> hold_add(Core& core, ipc::Message& request, UtcTime now) {
  catalog::Hold hold;
  hold.recording = TRY(request.text("id", 64));
  hold.reason = TRY(request.text("reason", 1024));
  hold.placed_by = TRY(request.text("by", 512));
  hold.placed = now;
  TRY(catalog::Deletions(*core.catalog).hold(hold));
  log::warning(hold.recording, "legal hold by {}: {}", hold.placed_by, hold.reason);
  return AdminReply{};
}

Result<AdminReply> hold_release(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64));
  const std::string reason = TRY(request.text("reason", 1024));
  const std::string by = TRY(request.text("by", 512));
  TRY(catalog::Deletions(*core.catalog).release(id, reason, by, now));
  log::warning(id, "legal hold released by {}: {}", by, reason);
  return AdminReply{};
}

Result<AdminReply> hold_list(Core& core, ipc::Message&, UtcTime) {
  AdminReply out;
  json& rows = out.body["holds"] = json::array();
  for (const catalog::Hold& hold : TRY(catalog::Deletions(*core.catalog).holds())) {
    rows.push_back({{"id", hold.recording}, {"reason", hold.reason}, {"by", hold.placed_by}, {"placed", to_text(hold.placed)}});
  }
  return out;
}

}  // namespace frostgate::serve
