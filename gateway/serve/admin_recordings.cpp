#include "gateway/serve/admin_recordings.h"

#include "gateway/base/log.h"
#include "gateway/serve/quarantine.h"
#include "gateway/serve/recording_list.h"
#include "gateway/serve/storyboard.h"
#include "gateway/serve/watch_gates.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/segments.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxPage = 500;  // keeps a page within one message

Result<catalog::RecordingQuery> recordings_query(const ipc::Message& request) {
  catalog::RecordingQuery query;
  query.limit = static_cast<int>(TRY(request.number("limit", 1, kMaxPage)));
  query.cursor = TRY(request.text("cursor", 32));
  const std::pair<const char*, std::optional<std::string>*> texts[] = {
      {"user", &query.user}, {"target", &query.target}, {"rule", &query.rule}, {"status", &query.status}, {"mask", &query.mask}};
  for (const auto& [name, value] : texts) {
    if (request.body.contains(name)) *value = TRY(request.text(name, 256));
  }
  if (request.body.contains("text")) query.text = TRY(request.text("text", 1024));
  if (request.body.contains("tags")) query.tags = TRY(request.text_map("tags"));
  const std::pair<const char*, std::optional<UtcTime>*> times[] = {{"since_us", &query.since}, {"until_us", &query.until}};
  for (const auto& [name, value] : times) {
    if (request.body.contains(name)) *value = UtcTime(Microseconds(TRY(request.number(name, 0, std::int64_t{1} << 60))));
  }
  return query;
}

// Of a report what does not come from the film: what its session did, and why there is no film.
std::string without_film(const std::string& report_json) {
  json report = json::parse(report_json, nullptr, false);
  if (!report.is_object()) return {};
  const auto redaction = report.find("redaction");
  if (redaction == report.end()) return report_json;
  json left = json::object();
  if (redaction->is_object()) {
    for (const char* name : {"status", "error"}) {
      if (redaction->contains(name)) left[name] = (*redaction)[name];
    }
  }
  *redaction = std::move(left);
  return report.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

json summary(const catalog::Recording& recording) {
  return {{"id", recording.id},
          {"user", recording.user},
          {"target", recording.target},
          {"front", catalog::to_string(recording.front)},
          {"back", catalog::to_string(recording.back)},
          {"peer", recording.peer},
          {"started", to_text(recording.started)},
          {"started_us", recording.started.time_since_epoch().count()},
          {"ended", recording.ended ? json(to_text(*recording.ended)) : json(nullptr)},
          {"end_reason", recording.end_reason},
          {"interrupted", recording.interrupted},
          {"status", catalog::to_string(recording.status)},
          {"progress", recording.progress},
          {"duration_seconds", std::chrono::duration<double>(recording.film_duration).count()},
          {"width", recording.film_size.width},
          {"height", recording.film_size.height},
          {"rule", recording.rule},
          {"policy_digest", recording.policy_digest}};
}

Result<AdminReply> recordings_list(Core& core, ipc::Message& request, UtcTime now) {
  const std::string by = TRY(request.text("by", 512));
  catalog::RecordingQuery query = TRY(recordings_query(request));
  // Roles are not asked for here, the gates of what films show are.
  const RecordingList list(core, catalog::WatchRights::everything(), by, now);
  const RecordingList::Page page = TRY(list.page(std::move(query)));
  json rows = json::array();
  for (const RecordingList::Row& row : page.rows) rows.push_back(summary(row.recording));
  return AdminReply{{{"recordings", std::move(rows)}, {"next", page.next}}, {}};
}

Result<AdminReply> recordings_show(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), by = TRY(request.text("by", 512));
  const catalog::Recording recording = TRY(catalog::Recordings(*core.catalog).find(id));
  const bool open = TRY(WatchGates(core, by, now).open(recording));
  const std::string report = open ? recording.report_json : without_film(recording.report_json);
  AdminReply out{{{"recording", summary(recording)}, {"open", open}}, {}};
  // A report grows with its masks and may be larger than a message.
  out.descriptors.push_back(TRY(ipc::to_memory_file(std::as_bytes(std::span(report)))));
  return out;
}

Result<AdminReply> recordings_segments(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  // What the asker goes on to see: for the audit log alone.
  if (request.body.contains("from_us") || request.body.contains("to_us")) {
    TRY(request.number("from_us", 0, std::int64_t{1} << 60));
    TRY(request.number("to_us", 0, std::int64_t{1} << 60));
  }
  const catalog::Recording recording = TRY(released(core, id));
  // Compact rows: a day of film fits into one message.
  json rows = json::array();
  for (const auto& row : TRY(catalog::Segments(*core.catalog).list(id, recording.generation))) {
    rows.push_back({row.part, row.index, row.kind == SegmentKind::init, row.start.count(), row.duration.count(),
                    row.size.width, row.size.height});
  }
  return AdminReply{{{"generation", recording.generation}, {"segments", std::move(rows)}}, {}};
}

Result<AdminReply> recordings_storyboard(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  json rows = json::array();
  for (const auto& row : TRY(storyboard(core, id))) {
    rows.push_back({{"number", row.number}, {"at_us", row.at.count()}, {"width", row.size.width}, {"height", row.size.height}});
  }
  return AdminReply{{{"thumbnails", std::move(rows)}}, {}};
}

Result<AdminReply> recordings_thumbnail(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  const auto number = static_cast<int>(TRY(request.number("number", 0, 1 << 20)));
  const std::vector<std::byte> jpeg = TRY(thumbnail(core, id, number));
  AdminReply out;
  out.descriptors.push_back(TRY(ipc::to_memory_file(jpeg)));
  return out;
}

Result<AdminReply> recordings_segment(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  const auto generation = TRY(request.number("generation", 1, 1 << 30));
  const auto part = static_cast<int>(TRY(request.number("part", 0, 1 << 20)));
  const auto index = static_cast<int>(TRY(request.number("index", 0, 1 << 20)));
  // Others are not finished: they may show what the last one covers.
  const catalog::Recording recording = TRY(released(core, id));
  if (generation != recording.generation) return Error{ErrorKind::not_found, "another film of " + id + " is shown by now"};
  const catalog::SegmentRow row = TRY(catalog::Segments(*core.catalog).find(id, generation, part, index));
  const auto wrapped = TRY(catalog::Keys(*core.catalog).find(id, catalog::KeyKind::film));
  const Secret key = TRY(core.kek->unwrap(wrapped, key_context(id, "film")));
  AdminReply out{{{"from_us", row.start.count()}, {"to_us", (row.start + row.duration).count()}}, {}};
  const std::vector<std::byte> segment = TRY(core.vault->read(row.object_key, key));
  out.descriptors.push_back(TRY(ipc::to_memory_file(segment)));
  return out;
}

Result<AdminReply> recordings_retry(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64));
  TRY(retry_redaction(core, id, now));
  log::info(id, "redaction will be tried again");
  return AdminReply{{{"id", id}}, {}};
}

}  // namespace frostgate::serve
