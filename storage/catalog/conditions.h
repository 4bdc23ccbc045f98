// A WHERE that grows with what is asked. Private to this room.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "storage/catalog/database.h"
#include "storage/catalog/name_range.h"
#include "storage/catalog/watch_rights.h"

namespace frostgate::catalog {

// Values stand in the statement as parameters, in the order in which they were given. What it is bound to, it must outlive.
class Conditions {
 public:
  // The parameter's name, for a condition that is added next.
  std::string text(std::string value);
  std::string number(long long value);
  void add(const std::string& condition);
  // That the column is the pattern; "*" stands for any characters.
  std::string fits(const std::string& column, const std::string& pattern);

  // Rows of the range, by their name.
  Result<void> within(const NameRange& range);
  // Recordings (their columns as those of `r`) within the rights.
  void within(const WatchRights& rights);

  std::string where() const;
  // The same, and in which order how many, as within(NameRange) was told.
  std::string where_by_name() const { return where() + by_name_; }
  soci::details::prepare_temp_type bind(soci::details::prepare_temp_type prepared) const;

 private:
  struct Parameter {
    bool is_text = false;
    std::string text;
    long long number = 0;
  };

  std::string next_name() const { return ":p" + std::to_string(parameters_.size()); }
  std::string fits(const std::string& column, const std::vector<std::string>& patterns);
  std::string within(const WatchScope& scope);

  std::deque<Parameter> parameters_;
  std::string where_, by_name_ = " ORDER BY name";
};

}  // namespace frostgate::catalog
