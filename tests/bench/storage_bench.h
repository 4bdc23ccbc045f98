// What the parts of storage_bench share.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>

#include "codec/base/result.h"

namespace frostgate::bench {

// Of this process, while `work` runs.
double measured(const std::function<void()>& work);

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
