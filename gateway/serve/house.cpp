#include "gateway/serve/house.h"

#include <condition_variable>
#include <mutex>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/evidence_keeping.h"
#include "gateway/serve/journal_disposal.h"
#include "gateway/serve/keystroke_disposal.h"
#include "gateway/serve/quarantine.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/tickets.h"

namespace frostgate::serve {
namespace {

constexpr auto kHouseEvery = std::chrono::seconds(20);
constexpr auto kChoresEvery = std::chrono::minutes(10);
constexpr auto kChoresAgain = std::chrono::minutes(1);  // what failed
// The audit log keeps what became of a ticket. Its row is only there to say so to who comes with it again.
constexpr auto kSpentTicketsKept = std::chrono::days(30);
constexpr auto kHeadEvery = std::chrono::hours(1);
constexpr std::chrono::minutes kHeadAgain{60};

template <class Keeper>
void look_again_and_again(const std::stop_token& stop, Keeper keeper) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    keeper.look(utc_now());
    bell.wait_for(lock, stop, kHouseEvery, [] { return false; });
  }
}

}  // namespace

bool Due::take(UtcTime now) {
  if (now < next_ && next_ - now <= every_) return false;
  next_ = now + every_;
  return true;
}

EvidenceKeeper::EvidenceKeeper(Core& core) : core_(core), head_(kHeadEvery), stamps_(kChoresEvery) {}

void EvidenceKeeper::look(UtcTime now) {
  if (head_.take(now)) {
    if (const auto kept = keep_head(core_, now); !kept) {
      log::error("-", "the ledger's head: {}", kept.error().message);
      raise_alert(core_, {"evidence.head_failed", alerts::Severity::critical, core_.node,
                          "The signed head of the audit log did not reach every place that it goes to: " + kept.error().message + ".", kHeadAgain}, now);
    }
  }
  if (!stamps_.take(now)) return;
  if (const auto stamped = stamp_manifests(core_); !stamped) log::warning("-", "{}; will try again", stamped.error().message);
}

StorageKeeper::StorageKeeper(Core& core, UtcTime started) : core_(core), journals_(kChoresEvery), retention_ran_(started) {}

void StorageKeeper::look(UtcTime now) {
  if (!journals_.take(now)) return;
  quarantine_abandoned(core_);
  dispose_of_leftover_keystrokes(core_, now);
  if (!dispose_of_due_journals(core_, now)) journals_.again(now + kChoresAgain);
  if (const auto forgotten = catalog::Tickets(*core_.catalog).prune(now - kSpentTicketsKept); !forgotten) log::warning("-", "old tickets are still there: {}", forgotten.error().message);
  else if (forgotten.value() > 0) log::info("-", "{} tickets are forgotten that were used or expired a month ago", forgotten.value());
  keep_retention(now);
}

void StorageKeeper::keep_retention(UtcTime now) {
  const std::optional<UtcTime> due = retention_due(retention_ran_, now);
  if (!due) return;
  retention_ran_ = now;
  const auto run = run_retention(core_, now, *due);
  if (!run) return log::error("-", "retention: {}", run.error().message);
  for (const std::string& problem : run.value().problems) log::error("-", "retention: {}", problem);
  finish_deletions(core_);
  log::info("-", "retention: {} recordings deleted, {} archived, {} problems", run.value().deleted.size(), run.value().archived.size(), run.value().problems.size());
}

House::House(Core& core)
    : evidence_([&core](const std::stop_token& stop) { look_again_and_again(stop, EvidenceKeeper(core)); }),
      storage_([&core](const std::stop_token& stop) { look_again_and_again(stop, StorageKeeper(core, utc_now())); }) {}

}  // namespace frostgate::serve
