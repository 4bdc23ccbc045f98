// Evidence bundles of spans of films, for compliance. Each belongs to who asked for it. Whether somebody has to agree is asked here, so that nobody waits
// for nothing, and passed when the bundle is signed.
#include <cmath>

#include <nlohmann/json.hpp>

#include "gateway/http/handlers.h"
#include "gateway/http/problem.h"
#include "gateway/http/tar.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/quarantine.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

json export_json(const serve::Export& subject) {
  return {{"id", subject.id},
          {"recording", subject.recording},
          {"from", seconds(subject.from)},
          {"to", seconds(subject.to)},
          {"reason", subject.reason},
          {"burn_in", subject.burn_in},
          {"state", serve::to_string(subject.state)},
          {"progress", subject.progress},
          {"error", subject.error.empty() ? json(nullptr) : json(subject.error)},
          {"created", serve::to_text(subject.created)}};
}

// The span and the rest of what the body asks for, of a film that is shown.
Result<serve::Export> wish_of(Call& call) {
  Body body = TRY(Body::of(call.request));
  const std::string id = TRY(body.text("recording", 64));
  const catalog::Recording film = TRY(recording_for(call, id, {access::Role::compliance}));
  const double length = seconds(film.film_duration);
  const double from = TRY(body.real_or("from", -1, 0, length)), to = TRY(body.real_or("to", -1, 0, length));
  serve::Export out;
  out.user = call.caller.user;
  out.recording = film.id;
  out.from = Microseconds(std::llround(from * 1e6));
  out.to = Microseconds(std::llround(to * 1e6));
  out.reason = TRY(body.text("reason", kMaxReason));
  if (body.has("burn_in")) out.burn_in = TRY(body.flag("burn_in"));
  TRY(body.finish());
  if (out.reason.empty()) return Error{ErrorKind::invalid, "an export needs a reason"};
  if (from < 0 || out.from >= out.to) return Error{ErrorKind::invalid, "member \"to\" must be later than \"from\", and both are needed"};
  return out;
}

}  // namespace

Result<Response> exports(Call& call) {
  json items = json::array();
  for (const serve::Export& one : call.exports.of(call.caller.user)) items.push_back(export_json(one));
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> begin_export(Call& call) {
  serve::Export wish = TRY(wish_of(call));
  const Result<catalog::Recording> film = serve::released(call.core, wish.recording);
  if (!film) return film.error().kind == ErrorKind::io ? film.error() : Error{ErrorKind::exists, film.error().message};
  const bool agreed = TRY(serve::may_pass_film_gate(call.core, film.value(), policy::GateKind::export_film, call.caller.user, {wish.reason, {}}, {wish.from, wish.to}, call.now));
  if (!agreed) return problem(403, "approval_needed", "somebody has to agree to this export first");
  const serve::Export begun = TRY(call.exports.begin(std::move(wish), call.now));
  return json_response(202, export_json(begun));
}

Result<Response> export_state(Call& call) {
  const serve::Export found = TRY(call.exports.find(call.path.at("id"), call.caller.user));
  return json_response(200, export_json(found));
}

Result<Response> remove_export(Call& call) {
  TRY(call.exports.remove(call.path.at("id"), call.caller.user));
  return no_content();
}

Result<Response> export_bundle(Call& call) {
  const serve::Export found = TRY(call.exports.find(call.path.at("id"), call.caller.user));
  // The role may have been taken back since.
  TRY(recording_for(call, found.recording, {access::Role::compliance}));
  const auto folder = TRY(call.exports.folder(found.id, call.caller.user));
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "application/x-tar"}, {"Content-Disposition", "attachment; filename=\"" + found.recording + "-" + found.id + ".tar\""}};
  out.body = TRY(tar_of(folder, found.recording + "-" + found.id));
  return out;
}

}  // namespace frostgate::http
