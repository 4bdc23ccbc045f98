#include "gateway/serve/provider_watch.h"

#include <condition_variable>
#include <mutex>

#include "gateway/base/log.h"
#include "storage/catalog/directory_users.h"
#include "storage/catalog/users.h"

namespace frostgate::serve {
namespace {

constexpr auto kBetweenProviderLooks = std::chrono::minutes(1);

}  // namespace

void end_stale_trust(Core& core, UtcTime now) {
  const auto users = catalog::Users(*core.catalog).list();
  if (!users) return log::error("-", "the users could not be listed: {}", users.error().message);
  for (const catalog::User& user : users.value()) {
    if (user.provider.empty() || user.disabled || oidc::provider_named(core.providers, user.provider)) continue;
    log::warning("-", "{} is not let in any more: there is no identity provider {}", user.name, user.provider);
    const Result<void> refused = catalog::DirectoryUsers(*core.catalog, user.provider).refuse(user.name);
    if (!refused) log::error("-", "{} could not be disabled: {}", user.name, refused.error().message);
  }
  for (const auto& provider : core.providers) {
    const Result<void> refused = catalog::DirectoryUsers(*core.catalog, provider->settings().name).refuse_unseen(now - provider->settings().trust);
    if (!refused) log::error("-", "provider {}: its users could not be looked through: {}", provider->settings().name, refused.error().message);
  }
}

ProviderWatch::ProviderWatch(Core& core) : thread_([&core](std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    // Its own log line and health tell what went wrong.
    for (const auto& provider : core.providers) (void)provider->probe(utc_now());
    end_stale_trust(core, utc_now());
    bell.wait_for(lock, stop, kBetweenProviderLooks, [] { return false; });
  }
}) {}

}  // namespace frostgate::serve
