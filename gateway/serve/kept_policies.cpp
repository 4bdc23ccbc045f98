#include "gateway/serve/kept_policies.h"

#include <algorithm>

#include "storage/catalog/policies.h"

namespace frostgate::serve {

std::shared_ptr<const policy::Policy> KeptPolicies::known(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(policies_.begin(), policies_.end(), [&](const auto& one) { return one.first == digest; });
  if (found == policies_.end()) return nullptr;
  policies_.splice(policies_.begin(), policies_, found);
  return found->second;
}

Result<std::shared_ptr<const policy::Policy>> KeptPolicies::find(catalog::Catalog& catalog, const std::string& digest) {
  if (auto policy = known(digest)) return policy;
  const Result<catalog::Policy> kept = catalog::Policies(catalog).find(digest);
  if (!kept && kept.error().kind == ErrorKind::not_found) return std::shared_ptr<const policy::Policy>();
  TRY(kept);
  auto policy = std::make_shared<const policy::Policy>(TRY(policy::Policy::parse(kept.value().text, "policy " + digest)));
  const std::lock_guard lock(mutex_);
  policies_.emplace_front(digest, policy);
  if (policies_.size() > kMost) policies_.pop_back();
  return policy;
}

}  // namespace frostgate::serve
