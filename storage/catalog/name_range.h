// A part of what is listed by name.
#pragma once

#include <cstdint>
#include <string>

namespace frostgate::catalog {

struct NameRange {
  std::string after;        // what comes behind it; empty: from the first on
  std::string fits = "*";   // "*" stands for any characters
  std::int64_t limit = 0;   // at most so many; 0: all
};

}  // namespace frostgate::catalog
