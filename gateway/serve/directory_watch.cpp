#include "gateway/serve/directory_watch.h"

#include <condition_variable>
#include <mutex>

#include "gateway/base/log.h"
#include "gateway/serve/audit.h"
#include "storage/catalog/directory_users.h"
#include "storage/catalog/ledger.h"

namespace frostgate::serve {
namespace {

constexpr auto kBetweenProbes = std::chrono::minutes(1);

void shut_out(Core& core, const std::string& user, const std::string& why, UtcTime now) {
  if (const Result<void> refused = catalog::DirectoryUsers(*core.catalog).refuse(user); !refused) {
    return log::error("-", "directory: {} could not be disabled: {}", user, refused.error().message);
  }
  log::warning("-", "directory: {} is not let in any more: {}", user, why);
  note(core, catalog::LedgerEvent::configuration, user, "", {{"request", "directory.refuse"}, {"why", why}}, now);
  for (const std::string& session : core.sessions.end_all_of(user, "Your account was disabled in the directory.")) log::warning(session, "ends: {} was disabled in the directory", user);
}

}  // namespace

void refresh_directory_users(Core& core, UtcTime now) {
  catalog::DirectoryUsers users(*core.catalog);
  const auto known = users.list();
  if (!known || known.value().empty()) return;
  const auto standings = core.directory->look_up(known.value(), now);
  if (!standings) return log::error("-", "directory: its users could not be looked up: {}", standings.error().message);
  for (const directory::Directory::Standing& one : standings.value()) {
    if (one.person) {
      const Result<void> renewed = users.renew(one.user, one.person.value().dn, one.person.value().groups, now);
      if (!renewed) log::error("-", "directory: {}: {}", one.user, renewed.error().message);
    } else if (one.person.error().kind == ErrorKind::denied) {
      shut_out(core, one.user, one.person.error().message, now);
    } else {
      log::error("-", "directory: {}: {}", one.user, one.person.error().message);
    }
  }
}

void refuse_directory_users(Core& core, UtcTime now) {
  const auto known = catalog::DirectoryUsers(*core.catalog).list();
  if (!known) return log::error("-", "directory: its users could not be listed: {}", known.error().message);
  for (const std::string& user : known.value()) shut_out(core, user, "no directory is configured any more", now);
}

DirectoryWatch::DirectoryWatch(Core& core) : thread_([&core](std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock(mutex);
  UtcTime refresh_due = utc_now();
  while (!stop.stop_requested()) {
    core.directory->probe();
    const UtcTime now = utc_now();
    if (refresh_due <= now) {
      refresh_directory_users(core, now);
      refresh_due = now + core.directory->settings().refresh;
    }
    bell.wait_for(lock, stop, kBetweenProbes, [] { return false; });
  }
}) {}

}  // namespace frostgate::serve
