// When serve starts: catalog, vault and journals compared in both directions: after a crash, or with an earlier copy of the catalog that was put back. A film
// with a signed manifest that the catalog does not have is taken over where its recording is known. What was never entered in the catalog, nor signed, is removed;
// what is missing, and what belongs to nothing, is reported and left alone. What somebody could be writing to is compared before anybody does; finished films,
// of which there may be a hundred thousand, are compared beside everybody else: nothing but a deletion or a move to the archive changes them.
#pragma once

#include <set>
#include <stop_token>
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

class Reconciler {
 public:
  explicit Reconciler(Core& core) : core_(core) {}

  // First, before anybody else writes: writes that never ended, and recordings that have no finished film. Takes down what else there is.
  Result<Reconciliation> unfinished();
  // Then, in any thread: the films that were finished, one after the other, and what belongs to nothing. `stop` leaves out the rest.
  Result<Reconciliation> finished(const std::stop_token& stop);

 private:
  Core& core_;
  std::vector<std::string> recordings_;  // to be compared still
  std::set<std::string> known_;          // all that the catalog has
  std::set<std::string> journals_;       // that no recording has been found for
  std::vector<std::string> films_, manifests_;  // recordings that the vault has something of
};

}  // namespace frostgate::serve
