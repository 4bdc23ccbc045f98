#include "storage/catalog/conditions.h"

#include <utility>

#include "storage/catalog/columns.h"

namespace frostgate::catalog {
namespace {

constexpr const char* kNever = "1 = 0";

std::string like(const std::string& pattern) {
  std::string out;
  for (const char c : pattern) {
    if (c == '\\' || c == '%' || c == '_') out += '\\';
    out += c == '*' ? '%' : c;
  }
  return out;
}

std::string joined(const std::vector<std::string>& parts, const char* word) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "(" : word) + part;
  return out.empty() ? kNever : out + ")";
}

}  // namespace

std::string Conditions::text(std::string value) {
  std::string name = next_name();
  parameters_.push_back({true, std::move(value), 0});
  return name;
}

std::string Conditions::number(long long value) {
  std::string name = next_name();
  parameters_.push_back({false, "", value});
  return name;
}

void Conditions::add(const std::string& condition) { where_ += (where_.empty() ? " WHERE " : " AND ") + condition; }

Result<void> Conditions::within(const NameRange& range) {
  TRY(check_text("a name", range.after));
  TRY(check_text("a pattern", range.fits));
  if (!range.after.empty()) add("name > " + text(range.after));
  if (range.fits != "*") add(fits("name", range.fits));
  if (range.limit > 0) by_name_ += " LIMIT " + number(range.limit);
  return {};
}

void Conditions::within(const WatchRights& rights) {
  std::vector<std::string> scopes;
  for (const WatchScope& scope : rights.scopes) scopes.push_back(within(scope));
  add(joined(scopes, " OR "));
}

std::string Conditions::within(const WatchScope& scope) {
  std::vector<std::string> all{fits("r.user_name", scope.users), fits("r.target", scope.targets)};
  for (const auto& [name, pattern] : scope.tags) {
    std::string tag = "EXISTS (SELECT 1 FROM recording_tags g WHERE g.recording = r.id AND g.name = " + text(name) + " AND ";
    tag += fits("g.value", pattern) + ")";
    all.push_back(std::move(tag));
  }
  return joined(all, " AND ");
}

std::string Conditions::fits(const std::string& column, const std::vector<std::string>& patterns) {
  std::vector<std::string> any;
  for (const std::string& pattern : patterns) any.push_back(fits(column, pattern));
  return joined(any, " OR ");
}

std::string Conditions::fits(const std::string& column, const std::string& pattern) {
  if (pattern == "*") return "1 = 1";
  if (pattern.find('*') == std::string::npos) return column + " = " + text(pattern);
  return column + " LIKE " + text(like(pattern)) + " ESCAPE '\\'";
}

std::string Conditions::where() const { return where_; }

soci::details::prepare_temp_type Conditions::bind(soci::details::prepare_temp_type prepared) const {
  for (const Parameter& parameter : parameters_) {
    if (parameter.is_text) prepared, soci::use(parameter.text);
    else prepared, soci::use(parameter.number);
  }
  return prepared;
}

}  // namespace frostgate::catalog
