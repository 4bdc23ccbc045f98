// The policies that recordings were made under, read and parsed once. The catalog never changes one, so none goes stale; the least used of too many is
// forgotten. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "codec/base/result.h"
#include "gateway/policy/policy.h"
#include "storage/catalog/catalog.h"

namespace frostgate::serve {

class KeptPolicies {
 public:
  static constexpr std::size_t kMost = 32;

  // Null: the catalog has none of this digest. Errors: of the catalog, and of a text that cannot be read any more.
  Result<std::shared_ptr<const policy::Policy>> find(catalog::Catalog& catalog, const std::string& digest);

 private:
  std::shared_ptr<const policy::Policy> known(const std::string& digest);

  std::mutex mutex_;
  std::list<std::pair<std::string, std::shared_ptr<const policy::Policy>>> policies_;  // the last used first
};

}  // namespace frostgate::serve
