// A page of what is listed by name: `limit`, `cursor` and `name` of the query.
#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "gateway/http/call.h"
#include "storage/catalog/name_range.h"

namespace frostgate::http {

// `list` reads a range of rows; `shown` is what the caller is told of one, if anything: Result<std::optional<json>>.
// Looked through to one more than is shown: whether there is another page says nothing of what the caller does not see.
template <class List, class Shown>
Result<Response> page_by_name(const Call& call, List list, Shown shown) {
  const std::int64_t limit = TRY(call.number("limit", kDefaultPage, 1, kMaxPage));
  const auto given = [&](const char* name, const char* fallback) {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::string(fallback) : found->second;
  };
  catalog::NameRange range{given("cursor", ""), given("name", "*"), limit + 1};
  nlohmann::json items = nlohmann::json::array();
  while (true) {
    const auto rows = TRY(list(range));
    for (const auto& row : rows) {
      std::optional<nlohmann::json> one = TRY(shown(row));
      if (!one) continue;
      if (static_cast<std::int64_t>(items.size()) == limit) {
        const nlohmann::json last = items.back()["name"];
        return json_response(200, {{"items", std::move(items)}, {"next", last}});
      }
      items.push_back(std::move(*one));
    }
    if (static_cast<std::int64_t>(rows.size()) < range.limit) return json_response(200, {{"items", std::move(items)}, {"next", nullptr}});
    range.after = rows.back().name;
  }
}

}  // namespace frostgate::http
