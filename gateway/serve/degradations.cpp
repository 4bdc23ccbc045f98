#include "gateway/serve/degradations.h"

namespace frostgate::serve {
namespace {

constexpr const char* kOther = "other";
constexpr const char* kWays[] = {"unread_area",        "journal_damaged",  "journal_cut",   "lossy_source", "keystrokes_missing",
                                 "keystrokes_damaged", "engine_restarted", "engine_failed", "attempt_failed", "motion_held",
                                 "motion_covered",     kOther};

}  // namespace

Degradations::Degradations() {
  for (const char* way : kWays) counts_.emplace(way, 0);
}

void Degradations::count(const std::string& way) {
  const std::lock_guard lock(mutex_);
  const auto known = counts_.find(way);
  ++(known != counts_.end() ? known : counts_.find(kOther))->second;
}

std::map<std::string, std::uint64_t> Degradations::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace frostgate::serve
