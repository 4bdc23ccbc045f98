// When serve starts: catalog, vault and journals compared in both directions after a crash, before anybody writes to any of them. What was
// never entered in the catalog is removed; what is missing, and what belongs to nothing, is reported and left alone.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

struct Reconciliation {
  int unfinished_writes = 0;          // in the object store
  int unentered_objects = 0;          // segments, manifests and tombstones that the catalog never got
  std::vector<std::string> problems;  // a sentence each
};

Result<Reconciliation> reconcile(Core& core);

}  // namespace frostgate::serve
