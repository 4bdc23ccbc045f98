// What those who watch a film write down at its moments, for each other.
#include <cmath>

#include <nlohmann/json.hpp>

#include "gateway/http/handlers.h"
#include "gateway/serve/audit.h"
#include "storage/catalog/remarks.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRemark = 2000;

json remark_json(const Call& call, const catalog::Remark& remark) {
  return {{"id", remark.id}, {"user", remark.user}, {"written", serve::to_text(remark.at)}, {"at", seconds(remark.moment)}, {"text", remark.text}, {"mine", remark.user == call.caller.user}};
}

Result<void> note(const Call& call, const char* request, const catalog::Remark& remark) {
  return serve::audit(call.core, catalog::LedgerEvent::configuration, remark.recording, call.caller.user, {{"request", request}, {"remark", remark.id}, {"moment_us", remark.moment.count()}},
                      call.now);
}

}  // namespace

Result<Response> remarks(Call& call) {
  const catalog::Recording row = TRY(watched_recording(call, call.path.at("id")));
  json items = json::array();
  for (const catalog::Remark& remark : TRY(catalog::Remarks(*call.core.catalog).list(row.id))) items.push_back(remark_json(call, remark));
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> add_remark(Call& call) {
  const catalog::Recording row = TRY(watched_recording(call, call.path.at("id")));
  Body body = TRY(Body::of(call.request));
  catalog::Remark remark;
  remark.recording = row.id;
  remark.user = call.caller.user;
  remark.at = call.now;
  // Of a session that still runs, until now.
  const Microseconds end = row.status == catalog::RecordingStatus::recording ? std::max(Microseconds(0), call.now - row.started) : row.film_duration;
  const double at = TRY(body.real_or("at", -1, 0, seconds(end)));
  remark.moment = SessionTime(std::llround(at * 1e6));
  remark.text = TRY(body.text("text", kMaxRemark));
  TRY(body.finish());
  remark.id = TRY(catalog::Remarks(*call.core.catalog).add(remark));
  TRY(note(call, "remark.add", remark));
  return json_response(201, remark_json(call, remark));
}

Result<Response> remove_remark(Call& call) {
  const catalog::Recording row = TRY(watched_recording(call, call.path.at("id")));
  catalog::Remark remark;
  remark.recording = row.id;
  remark.id = TRY(call.path_number("number", kMostNumber));
  TRY(catalog::Remarks(*call.core.catalog).remove(remark.id, row.id, call.caller.user));
  TRY(note(call, "remark.remove", remark));
  return no_content();
}

}  // namespace frostgate::http
