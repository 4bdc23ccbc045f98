#include "gateway/serve/alert_requests.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxAlertPage = 200;

}  // namespace

json to_json(const catalog::Alert& alert) {
  return {{"id", alert.id},           {"at", to_text(alert.at)}, {"last", to_text(alert.last)}, {"kind", alert.kind}, {"severity", alert.severity},
          {"subject", alert.subject}, {"text", alert.text},      {"repeats", alert.repeats}};
}

Result<AdminReply> alert_list(Core& core, ipc::Message& request, UtcTime) {
  const std::int64_t limit = TRY(request.number("limit", 1, kMaxAlertPage));
  const std::int64_t before = TRY(request.number("before", 0, std::int64_t{1} << 60));
  AdminReply out;
  out.body = {{"alerts", json::array()}};
  for (const catalog::Alert& alert : TRY(catalog::Alerts(*core.catalog).list(limit, before))) out.body["alerts"].push_back(to_json(alert));
  return out;
}

Result<AdminReply> alert_sinks(Core& core, ipc::Message&, UtcTime) {
  const auto counts = TRY(catalog::Alerts(*core.catalog).counts());
  AdminReply out;
  out.body = {{"sinks", json::array()}};
  for (const alerts::Sink& sink : core.alerts->settings().sinks) {
    const auto found = counts.find(sink.name);
    const catalog::AlertCounts count = found == counts.end() ? catalog::AlertCounts{} : found->second;
    out.body["sinks"].push_back({{"name", sink.name}, {"type", alerts::to_string(sink.type)}, {"severity", alerts::to_string(sink.least)}, {"sent", count.sent},
                                 {"waiting", count.waiting}, {"given_up", count.given_up}, {"last_error", count.last_error}});
  }
  return out;
}

Result<AdminReply> alert_test(Core& core, ipc::Message& request, UtcTime now) {
  std::optional<std::string> only;
  if (request.body.contains("sink")) only = TRY(request.text("sink", 64));
  const std::vector<alerts::Alerts::Outcome> outcomes = TRY(core.alerts->test(now, only));
  AdminReply out;
  out.body = {{"sinks", json::array()}};
  for (const alerts::Alerts::Outcome& outcome : outcomes) {
    out.body["sinks"].push_back({{"name", outcome.sink}, {"error", outcome.sent ? json(nullptr) : json(outcome.sent.error().message)}});
  }
  return out;
}

}  // namespace frostgate::serve
