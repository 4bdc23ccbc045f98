// When serve starts: catalog, vault and journals compared in both directions, before anybody writes to any of them: after a crash, or with an earlier
// copy of the catalog that was put back. A film with a signed manifest that the catalog does not have is taken over where its recording is known. What was
// never entered in the catalog, nor signed, is removed; what is missing, and what belongs to nothing, is reported and left alone.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

struct Reconciliation {
  int unfinished_writes = 0;          // in the object store, and empty journals of sessions that never began
  int unentered_objects = 0;          // segments, manifests and thumbnails that the catalog never got
  std::vector<std::string> adopted;   // recordings whose film was taken over
  std::vector<std::string> problems;  // a sentence each
};

Result<Reconciliation> reconcile(Core& core);

}  // namespace frostgate::serve
