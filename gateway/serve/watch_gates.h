// Whether somebody whose roles allow it already may watch films now: nobody has to be asked, or their approval is used and still valid. For one film or a
// list of them; the approvals are read once. Of one thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

class WatchGates {
 public:
  WatchGates(Core& core, std::string user, UtcTime now) : core_(core), user_(std::move(user)), now_(now) {}

  Result<bool> open(const catalog::Recording& recording);

 private:
  using Sittings = std::set<std::pair<std::string, std::string>>;  // recording and rule
  Result<Sittings> sittings() const;

  Core& core_;
  const std::string user_;
  const UtcTime now_;
  std::optional<Sittings> sittings_;  // once a gate has asked for them
};

}  // namespace frostgate::serve
