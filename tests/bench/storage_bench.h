// What the parts of storage_bench share.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>

#include "codec/base/result.h"

namespace frostgate::bench {

// What `work` took: this process's CPU time, and time on the clock.
struct Spent {
  double cpu = 0, wall = 0;
};
Spent measured(const std::function<void()>& work);

// A row of the table: what was found, what is to be reached (at most, or at least), and whether it is. A word in front that no library's messages have.
void row(const char* what, double found, const char* unit, double target, bool at_least = false);

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}
inline void must(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

}  // namespace frostgate::bench
