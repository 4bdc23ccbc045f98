#include <map>

#include <nlohmann/json.hpp>

#include "gateway/http/administration.h"
#include "gateway/http/handlers.h"
#include "gateway/serve/alert_requests.h"

namespace frostgate::http {
namespace {

using access::Role;
using nlohmann::json;

// Alerts tell of every target.
Result<void> must_be_everywhere(const Call& call, std::initializer_list<Role> roles) {
  for (const Role role : roles) {
    if (call.caller.entitlements.everywhere(role)) return {};
  }
  return Error{ErrorKind::denied, "this takes a role whose scope is everything"};
}

const char* word_of(catalog::AlertOutcome::State state) {
  switch (state) {
    case catalog::AlertOutcome::State::waiting: return "waiting";
    case catalog::AlertOutcome::State::sent: return "sent";
    case catalog::AlertOutcome::State::given_up: break;
  }
  return "given_up";
}

}  // namespace

Result<Response> alerts(Call& call) {
  TRY(must_be_everywhere(call, {Role::auditor, Role::compliance, Role::admin}));
  const std::int64_t limit = TRY(call.number("limit", kDefaultPage, 1, kMaxPage));
  const std::int64_t before = TRY(call.number("cursor", 0, 1, kMostNumber));
  const std::vector<catalog::Alert> found = TRY(catalog::Alerts(*call.core.catalog).list(limit, before));
  std::map<std::int64_t, json> told;
  if (!found.empty()) {
    for (const catalog::AlertOutcome& one : TRY(catalog::Alerts(*call.core.catalog).outcomes(found.back().id, found.front().id))) {
      told[one.alert].push_back({{"sink", one.sink}, {"state", word_of(one.state)}, {"attempts", one.attempts}});
    }
  }
  json items = json::array();
  for (const catalog::Alert& alert : found) {
    json item = serve::to_json(alert);
    item["deliveries"] = told.contains(alert.id) ? std::move(told[alert.id]) : json::array();
    items.push_back(std::move(item));
  }
  const bool more = static_cast<std::int64_t>(found.size()) == limit && found.back().id > 1;
  return json_response(200, {{"items", std::move(items)}, {"next", more ? json(std::to_string(found.back().id)) : json(nullptr)}});
}

Result<Response> alert_sinks(Call& call) {
  TRY(must_be_everywhere(call, {Role::admin}));
  const serve::AdminReply reply = TRY(administered(call, {{"type", "alert.sinks"}}));
  return json_response(200, {{"items", reply.body.at("sinks")}});
}

Result<Response> test_alert_sinks(Call& call) {
  TRY(must_be_everywhere(call, {Role::admin}));
  json question{{"type", "alert.test"}};
  if (!call.request.body.empty()) {
    Body body = TRY(Body::of(call.request));
    if (body.has("sink")) question["sink"] = TRY(body.text("sink", 64));
    TRY(body.finish());
  }
  const serve::AdminReply reply = TRY(administered(call, std::move(question)));
  return json_response(200, {{"items", reply.body.at("sinks")}});
}

}  // namespace frostgate::http
