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

}  // namespace

Result<Response> alerts(Call& call) {
  TRY(must_be_everywhere(call, {Role::auditor, Role::compliance, Role::admin}));
  const std::int64_t limit = TRY(call.number("limit", kDefaultPage, 1, kMaxPage));
  const std::int64_t before = TRY(call.number("cursor", 0, 1, kMostNumber));
  const std::vector<catalog::Alert> found = TRY(catalog::Alerts(*call.core.catalog).list(limit, before));
  json items = json::array();
  for (const catalog::Alert& alert : found) items.push_back(serve::to_json(alert));
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
  const serve::AdminReply reply = TRY(administered(call, {{"type", "alert.test"}}));
  return json_response(200, {{"items", reply.body.at("sinks")}});
}

}  // namespace frostgate::http
