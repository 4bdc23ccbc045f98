// What a start does about what the serve before left: sessions whose serve died get their film, and catalog and vault are compared.
#pragma once

#include <memory>
#include <thread>

#include "codec/base/result.h"
#include "gateway/serve/core.h"
#include "gateway/serve/reconciliation.h"

namespace frostgate::serve {

class Recovery {
 public:
  // What has to be in order before anybody is let in or writes: its time does not grow with the number of films.
  static Result<std::unique_ptr<Recovery>> begin(Core& core);
  // Compares the films one after the other, in a thread of its own, until that is done or this is destroyed; what it finds is logged, and raised as an alert.
  void go_on();

 private:
  explicit Recovery(Core& core) : core_(core), reconciler_(core) {}
  Result<void> compare_unfinished();
  Result<void> take_up_sessions();

  Core& core_;
  Reconciler reconciler_;
  std::jthread thread_;
};

}  // namespace frostgate::serve
