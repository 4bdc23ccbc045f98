#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/http/handlers.h"
#include "gateway/serve/audit.h"
#include "storage/catalog/ledger.h"

namespace frostgate::http {
namespace {

using access::Role;
using nlohmann::json;

// The log tells of every target.
Result<void> must_see_all(const Call& call) {
  for (const Role role : {Role::auditor, Role::compliance, Role::admin}) {
    if (call.caller.entitlements.everywhere(role)) return {};
  }
  return Error{ErrorKind::denied, "this takes a role whose scope is everything"};
}

Result<catalog::LedgerQuery> filters_of(const Call& call) {
  const auto given = [&](const char* name) -> std::optional<std::string> {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::nullopt : std::optional(found->second);
  };
  catalog::LedgerQuery query;
  query.subject = given("subject");
  query.actor = given("actor");
  if (const auto word = given("event")) query.event = TRY(catalog::ledger_event_named(*word));
  query.since = TRY(call.moment("since"));
  query.until = TRY(call.moment("until"));
  return query;
}

}  // namespace

Result<Response> audit(Call& call) {
  TRY(must_see_all(call));
  catalog::LedgerQuery query = TRY(filters_of(call));
  query.limit = TRY(call.number("limit", kDefaultPage, 1, kMaxPage));
  query.before = TRY(call.number("cursor", 0, 1, kMostNumber));
  const std::vector<catalog::LedgerEntry> entries = TRY(catalog::Ledger(*call.core.catalog).find(query));
  json items = json::array();
  for (const catalog::LedgerEntry& entry : entries) items.push_back(serve::to_json(entry));
  const bool more = static_cast<std::int64_t>(entries.size()) == query.limit && entries.back().number > 1;
  return json_response(200, {{"items", std::move(items)}, {"next", more ? json(std::to_string(entries.back().number)) : json(nullptr)}});
}

Result<Response> export_audit(Call& call) {
  TRY(must_see_all(call));
  catalog::LedgerQuery query = TRY(filters_of(call));
  query.limit = kMaxPage;
  json asked{{"what", "audit log"}};
  for (const char* name : {"event", "subject", "actor", "since", "until"}) {
    if (const auto given = call.query.find(name); given != call.query.end()) asked[name] = given->second;
  }
  TRY(serve::audit(call.core, catalog::LedgerEvent::exported, "audit", call.caller.user, asked, call.now));
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "application/x-ndjson"}, {"Content-Disposition", "attachment; filename=\"audit.jsonl\""}};
  out.body = Stream([&catalog = *call.core.catalog, query]() mutable {
    const auto entries = catalog::Ledger(catalog).find(query);
    if (!entries) {
      log::error("-", "an export of the audit log was cut: {}", entries.error().message);
      return StreamPiece{{}, false, true};
    }
    StreamPiece piece;
    for (const catalog::LedgerEntry& entry : entries.value()) piece.bytes += serve::to_json(entry).dump() + '\n';
    piece.over = static_cast<std::int64_t>(entries.value().size()) < query.limit || entries.value().back().number == 1;
    if (!piece.over) query.before = entries.value().back().number;
    return piece;
  });
  return out;
}

Result<Response> verify_audit(Call& call) {
  TRY(must_see_all(call));
  const evidence::Verification found = TRY(serve::verify_audit(call.core));
  json problems = json::array();
  for (const evidence::Problem& problem : found.problems) problems.push_back(problem.where + ": " + problem.sentence);
  return json_response(200, {{"valid", problems.empty()}, {"entries", found.ledger_entries}, {"problem", problems.empty() ? json(nullptr) : problems.front()},
                             {"problems", problems}});
}

}  // namespace frostgate::http
