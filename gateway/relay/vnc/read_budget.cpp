#include "gateway/relay/vnc/read_budget.h"

#include <limits>

namespace frostgate::relay::vnc {
namespace {

thread_local std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
thread_local bool spent = false;

}  // namespace

void set_read_budget(std::uint64_t bytes) {
  left = bytes;
  spent = false;
}

bool read_budget_spent() { return spent; }

bool take_from_read_budget(std::uint64_t bytes) {
  spent = spent || bytes > left;
  if (spent) return false;
  left -= bytes;
  return true;
}

}  // namespace frostgate::relay::vnc
