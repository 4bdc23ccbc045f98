#include "gateway/serve/rounds.h"

#include <condition_variable>
#include <mutex>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/views.h"

namespace frostgate::serve {
namespace {

constexpr auto kEvery = std::chrono::seconds(20);
constexpr auto kStorageEvery = std::chrono::minutes(10);
constexpr auto kTamperingEvery = std::chrono::hours(24);
// Who was told what is in the audit log for good; this is for looking at sinks.
constexpr auto kDeliveriesKept = std::chrono::days(90);
// A view that nobody went on with for so long is over (gateway/http has 5 minutes for films).
constexpr auto kViewOver = std::chrono::minutes(1);

void forget_deliveries(Core& core, UtcTime now) {
  const auto gone = catalog::Alerts(*core.catalog).trim(now - kDeliveriesKept);
  if (!gone) log::error("-", "old deliveries of alerts could not be removed: {}", gone.error().message);
}

}  // namespace

void make_round(Core& core, UtcTime now) {
  core.catalog_health.note(core.catalog->check_writable());
  const auto settled = catalog::Views(*core.catalog).settle(now - kViewOver, now);
  if (!settled) log::error("-", "views could not be noted in the audit log: {}", settled.error().message);
  look_for_trouble(core, now);
}

Rounds::Rounds(Core& core) : thread_([&core](std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock(mutex);
  UtcTime tampering_due{}, storage_due{};
  while (!stop.stop_requested()) {
    const UtcTime now = utc_now();
    make_round(core, now);
    if (storage_due <= now) {
      measure_storage(core);
      storage_due = now + kStorageEvery;
    }
    if (tampering_due <= now) {
      look_for_tampering(core, now);
      forget_deliveries(core, now);
      tampering_due = now + kTamperingEvery;
    }
    bell.wait_for(lock, stop, kEvery, [] { return false; });
  }
}) {}

}  // namespace frostgate::serve
