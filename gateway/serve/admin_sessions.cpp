#include "gateway/serve/admin_sessions.h"

#include "gateway/base/log.h"
#include "gateway/serve/admin_recordings.h"
#include "gateway/serve/recording_pause.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr auto kLivePatience = std::chrono::milliseconds(1000);
constexpr std::int64_t kMaxSessions = 500;  // keeps a list within one message
// How long the text stays on the user's screen; the target is left at once.
constexpr int kFarewellSeconds = 30;

Result<AdminReply> set_input_lock(Core& core, ipc::Message& request, bool locked) {
  const std::string id = TRY(request.text("id", 64));
  TRY(core.sessions.lock_input(id, locked));
  log::warning(id, "an administrator {} the user's input", locked ? "locks" : "unlocks");
  if (const auto row = catalog::Recordings(*core.catalog).find(id)) core.events.post({EventKind::session, id, locked ? "locked" : "unlocked", row.value().user, row.value().target, row.value().tags});
  return AdminReply{{{"id", id}}, {}};
}

}  // namespace

Result<AdminReply> sessions_list(Core& core, ipc::Message&, UtcTime now) {
  catalog::RecordingFilter filter;
  filter.status = catalog::RecordingStatus::recording;
  filter.node = core.node;
  filter.limit = kMaxSessions;
  json rows = json::array();
  for (const auto& session : TRY(catalog::Recordings(*core.catalog).list(filter))) {
    json row = summary(session);
    row["running_seconds"] = std::chrono::duration<double>(now - session.started).count();
    row["live"] = core.live.followed(session.id);
    rows.push_back(std::move(row));
  }
  return AdminReply{{{"sessions", std::move(rows)}}, {}};
}

Result<AdminReply> sessions_end(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  std::string text = TRY(request.text("message", 1024));
  if (text.empty()) text = "An administrator has ended this session.";
  TRY(core.sessions.order(id, {{"type", "end"}, {"message", text}, {"seconds", kFarewellSeconds}}));
  log::warning(id, "an administrator ends the session: {}", text);
  return AdminReply{{{"id", id}}, {}};
}

Result<AdminReply> sessions_lock(Core& core, ipc::Message& request, UtcTime) { return set_input_lock(core, request, true); }
Result<AdminReply> sessions_unlock(Core& core, ipc::Message& request, UtcTime) { return set_input_lock(core, request, false); }

Result<AdminReply> sessions_pause(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), user = TRY(request.text("user", 64));
  const UtcTime until = TRY(pause_recording(core, id, user, now));
  return AdminReply{{{"id", id}, {"until", to_text(until)}}, {}};
}

Result<AdminReply> sessions_stop_recording(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), user = TRY(request.text("user", 64));
  TRY(stop_recording(core, id, user, now));
  return AdminReply{{{"id", id}}, {}};
}

Result<AdminReply> sessions_record_again(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  TRY(record_again(core, id, "an administrator"));
  return AdminReply{{{"id", id}}, {}};
}

Result<AdminReply> live_watch(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  TRY(catalog::Recordings(*core.catalog).find(id));
  const std::uint64_t watcher = TRY(core.live.watch(id));
  log::info(id, "somebody watches live, watcher {}", watcher);
  return AdminReply{{{"watcher", watcher}}, {}};
}

Result<AdminReply> live_next(Core& core, ipc::Message& request, UtcTime) {
  const auto watcher = static_cast<std::uint64_t>(TRY(request.number("watcher", 1, std::int64_t{1} << 50)));
  const LiveHub::Next next = TRY(core.live.next(watcher, kLivePatience));
  AdminReply out{{{"over", next.over}, {"pieces", json::array()}}, {}};
  std::vector<std::byte> bytes;
  for (const LivePiece& piece : next.pieces) {
    out.body["pieces"].push_back({piece.init, piece.bytes->size(), piece.end.count(), piece.behind.count()});
    bytes.insert(bytes.end(), piece.bytes->begin(), piece.bytes->end());
  }
  out.descriptors.push_back(TRY(ipc::to_memory_file(bytes)));
  return out;
}

Result<AdminReply> live_leave(Core& core, ipc::Message& request, UtcTime) {
  core.live.leave(static_cast<std::uint64_t>(TRY(request.number("watcher", 1, std::int64_t{1} << 50))));
  return AdminReply{};
}

}  // namespace frostgate::serve
