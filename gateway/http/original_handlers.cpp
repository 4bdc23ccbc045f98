// Sealed originals: their state, the custodians' shares out and opened ones in, and the film for whom it was approved. What the command line does goes its way
// (serve/original.h); each look is noted, and an alert.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/http/codec_string.h"
#include "gateway/http/handlers.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/openings.h"
#include "storage/catalog/originals.h"
#include "storage/custody/shares.h"

namespace frostgate::http {
namespace {

using access::Role;
using approvals::Kind;
using approvals::State;
using nlohmann::json;

// Who may know of it, and give a share.
const std::vector<Role> kConcerned{Role::approver, Role::auditor, Role::compliance};
constexpr std::int64_t kMostListed = 20;

// A request for the original of this recording.
Result<approvals::Request> request_of(const Call& call, const catalog::Recording& row) {
  const std::string& id = call.path.at("request");
  const Error nothing{ErrorKind::not_found, "there is no request " + id + " for the original of " + row.id};
  const Result<approvals::Request> found = call.core.approvals->find(id, call.now);
  if (!found) return found.error().kind == ErrorKind::not_found || found.error().kind == ErrorKind::invalid ? nothing : found.error();
  if (found.value().kind != Kind::watch_original || found.value().recording != row.id) return nothing;
  return found;
}

// The caller's own, of a recording that the caller may still watch.
Result<approvals::Request> own_request(const Call& call, const catalog::Recording& row) {
  approvals::Request found = TRY(request_of(call, row));
  if (found.requester != call.caller.user) return Error{ErrorKind::denied, "only " + found.requester + ", who asked for it, opens it"};
  return found;
}

Result<approvals::Request> own_request(const Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kWatchers));
  return own_request(call, row);
}

json opening_json(const Call& call, const catalog::Recording& row, const approvals::Request& request) {
  const std::optional<serve::Opening> opening = call.openings.find(request.id);
  json given = json::array();
  if (opening) {
    for (const serve::GivenShare& one : opening->given) given.push_back({{"number", one.number}, {"by", one.by}, {"at", serve::to_text(one.at)}});
  }
  return {{"request", request.id},
          {"request_state", catalog::to_string(request.state)},
          {"requester", request.requester},
          {"reason", request.reason},
          {"from", seconds(request.from)},
          {"to", seconds(request.from == request.to ? row.film_duration : request.to)},
          {"area", request.area.empty() ? json(nullptr) : json{request.area.x, request.area.y, request.area.width, request.area.height}},
          {"created", serve::to_text(request.created)},
          {"expires", serve::to_text(request.expires)},
          {"mine", request.requester == call.caller.user},
          {"state", opening ? json(serve::to_string(opening->state)) : json(nullptr)},
          {"given", std::move(given)},
          {"progress", opening ? opening->progress : 0.0},
          {"failure", opening && !opening->failure.empty() ? json(opening->failure) : json(nullptr)},
          {"until", opening ? json(serve::to_text(opening->until)) : json(nullptr)}};
}

Result<json> openings_json(const Call& call, const catalog::Recording& row) {
  catalog::ApprovalFilter filter;
  filter.kind = Kind::watch_original;
  filter.target = row.target;
  filter.limit = kMaxPage;
  json out = json::array();
  for (const approvals::Request& request : TRY(call.core.approvals->list(filter, call.now))) {
    if (request.recording == row.id && out.size() < kMostListed) out.push_back(opening_json(call, row, request));
  }
  return out;
}

Result<Secret> share_of(Call& call) {
  Body body = TRY(Body::of(call.request));
  const Secret text = TRY(body.secret("share", 2 * storage::kMaxShareBytes));
  TRY(body.finish());
  const std::string_view digits = text.text();
  Secret out(digits.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(digits[2 * i]), low = hex_digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return Error{ErrorKind::invalid, "member \"share\" must be hexadecimal digits"};
    out.bytes()[i] = static_cast<std::byte>(high * 16 + low);
  }
  if (out.empty() || digits.size() % 2 != 0) return Error{ErrorKind::invalid, "member \"share\" must be hexadecimal digits, two for each byte"};
  return out;
}

// A look at an original is never quiet.
Result<void> note_look(const Call& call, const approvals::Request& request, const serve::OpenedFilm& film) {
  TRY(serve::audit(call.core, catalog::LedgerEvent::view, request.recording, call.caller.user,
                   {{"request", "original.watch"}, {"from_us", request.from.count()}, {"to_us", request.to.count()}, {"approval", film.approval}}, call.now));
  serve::raise_alert(call.core, {"original.opened", alerts::Severity::critical, film.approval,
                                 call.caller.user + " watches the original of " + request.recording + " with the approval " + film.approval + ": " + request.reason},
                     call.now);
  return {};
}

}  // namespace

Result<Response> original_state(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kConcerned));
  const Result<catalog::SealedOriginal> sealed = catalog::Originals(*call.core.catalog).find(row.id);
  if (!sealed && sealed.error().kind != ErrorKind::not_found) return sealed.error();
  json custodians = json::array();
  if (sealed) {
    for (std::size_t i = 0; i < sealed.value().shares.size(); ++i) {
      const catalog::CustodianShare& one = sealed.value().shares[i];
      custodians.push_back({{"number", i + 1}, {"subject", one.subject}, {"fingerprint", one.fingerprint}});
    }
  }
  const serve::FilmGate gate = TRY(serve::film_gate(call.core, row, policy::GateKind::watch_original));
  json openings = TRY(openings_json(call, row));
  return json_response(200, {{"recording", row.id},
                             {"user", row.user},
                             {"target", row.target},
                             {"started", serve::to_text(row.started)},
                             {"duration", seconds(row.film_duration)},
                             {"rule", row.rule},
                             {"kept", row.original == catalog::Original::sealed},
                             {"allowed", gate.gate.allow},
                             {"sealed", sealed ? json(serve::to_text(sealed.value().sealed)) : json(nullptr)},
                             {"threshold", sealed ? sealed.value().threshold : 0},
                             {"custodians", std::move(custodians)},
                             {"openings", std::move(openings)}});
}

Result<Response> original_share(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kConcerned));
  const std::int64_t number = TRY(call.path_number("number", storage::kMostCustodians));
  const catalog::SealedOriginal sealed = TRY(catalog::Originals(*call.core.catalog).find(row.id));
  if (number < 1 || static_cast<std::size_t>(number) > sealed.shares.size()) return Error{ErrorKind::not_found, "there is no such share"};
  TRY(serve::audit(call.core, catalog::LedgerEvent::view, row.id, call.caller.user, {{"request", "original.shares"}, {"custodian", number}}, call.now));
  const std::vector<std::byte>& enclosed = sealed.shares[static_cast<std::size_t>(number - 1)].enclosed;
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "application/cms"},
                 {"Content-Disposition", "attachment; filename=\"" + row.id + ".share-" + std::to_string(number) + ".cms\""}};
  out.body = std::string(reinterpret_cast<const char*>(enclosed.data()), enclosed.size());
  return out;
}

Result<Response> give_original_share(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kConcerned));
  const approvals::Request request = TRY(request_of(call, row));
  Secret share = TRY(share_of(call));
  TRY(call.openings.give(request, std::move(share), call.caller.user, call.now));
  return json_response(200, opening_json(call, row, request));
}

Result<Response> open_original(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kWatchers));
  const approvals::Request request = TRY(own_request(call, row));
  if (request.state != State::approved) return Error{ErrorKind::exists, "nobody has agreed to this request, or it is over"};
  TRY(call.openings.begin(request));
  return json_response(202, opening_json(call, row, request));
}

Result<Response> close_original(Call& call) {
  const approvals::Request request = TRY(own_request(call));
  call.openings.close(request.id);
  return no_content();
}

Result<Response> original_index(Call& call) {
  const approvals::Request request = TRY(own_request(call));
  const auto film = TRY(call.openings.film(request.id));
  TRY(note_look(call, request, *film));
  json parts = json::array();
  double end = 0;
  for (const Segment& segment : film->segments) {
    if (segment.kind == SegmentKind::init) {
      parts.push_back({{"part", segment.part}, {"start", seconds(segment.start)}, {"duration", 0.0}, {"width", segment.size.width}, {"height", segment.size.height},
                       {"mime", mime_of(segment.bytes)}, {"init", segment.index}, {"segments", json::array()}});
      continue;
    }
    if (parts.empty()) return Error{ErrorKind::corrupt, "the film has no beginning"};
    json& part = parts.back();
    part["segments"].push_back({{"index", segment.index}, {"start", seconds(segment.start)}, {"duration", seconds(segment.duration)}, {"size", segment.bytes.size()}});
    end = seconds(segment.start + segment.duration);
    part["duration"] = end - part["start"].get<double>();
  }
  return json_response(200, {{"generation", 1}, {"duration", end}, {"parts", std::move(parts)}});
}

Result<Response> original_segment(Call& call) {
  const approvals::Request request = TRY(own_request(call));
  const std::int64_t part = TRY(call.path_number("part", 1 << 20)), index = TRY(call.path_number("index", 1 << 20));
  const auto film = TRY(call.openings.film(request.id));
  const auto found = std::ranges::find_if(film->segments, [&](const Segment& one) { return one.part == part && one.index == index; });
  if (found == film->segments.end()) return Error{ErrorKind::not_found, "there is no such segment"};
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "video/mp4"}};
  out.body = std::string(reinterpret_cast<const char*>(found->bytes.data()), found->bytes.size());
  return out;
}

}  // namespace frostgate::http
