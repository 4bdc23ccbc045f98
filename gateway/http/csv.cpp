#include "gateway/http/csv.h"

#include <string_view>

namespace frostgate::http {
namespace {

std::string cell(std::string text) {
  constexpr std::string_view kFormula = "=+-@\t\r", kQuoted = "\",\r\n";
  if (!text.empty() && kFormula.find(text.front()) != std::string_view::npos) text.insert(0, 1, '\'');
  if (text.find_first_of(kQuoted) == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + cell(cells[i]);
  return out + "\r\n";
}

}  // namespace frostgate::http
