#include "gateway/serve/visible_text.h"

#include <nlohmann/json.hpp>

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxLineText = 16384;  // bytes of a line
constexpr std::int64_t kMaxTime = std::int64_t{1} << 50;
constexpr std::int64_t kMaxSide = 1 << 20;
constexpr std::size_t kMembers = 7;

bool is_line(const json& row) {
  if (!row.is_array() || row.size() != kMembers || !row[6].is_string() || row[6].get_ref<const std::string&>().size() > kMaxLineText) return false;
  for (std::size_t i = 0; i < 6; ++i) {
    if (!row[i].is_number_integer()) return false;
    const auto number = row[i].get<std::int64_t>();
    if (number < 0 || number > (i < 2 ? kMaxTime : kMaxSide)) return false;
  }
  return row[0] <= row[1];
}

}  // namespace

Result<std::vector<catalog::VisibleLine>> read_visible_text(std::span<const std::byte> bytes) {
  const auto* first = reinterpret_cast<const char*>(bytes.data());
  // Deeper than an array of arrays is no line: the parser need not follow it.
  const auto flat = [](int depth, json::parse_event_t, json&) { return depth <= 2; };
  const json rows = json::parse(first, first + bytes.size(), flat, false);
  if (!rows.is_array() || rows.size() > catalog::kMaxVisibleLines) return Error{ErrorKind::corrupt, "the film's text is no list of lines"};
  std::vector<catalog::VisibleLine> out;
  for (const json& row : rows) {
    if (!is_line(row)) return Error{ErrorKind::corrupt, "the film's text has a line that is none"};
    out.push_back({SessionTime(row[0].get<std::int64_t>()), SessionTime(row[1].get<std::int64_t>()),
                   {row[2].get<int>(), row[3].get<int>(), row[4].get<int>(), row[5].get<int>()}, row[6].get<std::string>()});
  }
  return out;
}

}  // namespace frostgate::serve
