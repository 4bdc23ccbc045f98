// What serve does with what it keeps, whether or not films are made at the moment: heads of the ledger, time-stamps, retention, the end of journals. Time is passed in.
#pragma once

#include <thread>

#include "codec/base/time.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// When something is to be done next: at once, and from then on after `every`. A clock that was set back delays nothing by more than that.
class Due {
 public:
  explicit Due(Microseconds every) : every_(every) {}
  // Whether it is; it is then taken as done.
  bool take(UtcTime now);
  // It was not done after all: it is due again at that time.
  void again(UtcTime at) { next_ = at; }

 private:
  Microseconds every_;
  UtcTime next_{};
};

// A signed head of the ledger each hour, and time-stamps for manifests that have none. That a head did not reach every place outside is told. Of one thread.
class EvidenceKeeper {
 public:
  explicit EvidenceKeeper(Core& core);
  // Does what is due. Blocks while authorities and sinks do.
  void look(UtcTime now);

 private:
  Core& core_;
  Due head_, stamps_;
};

// The end of keystrokes, journals and tickets whose time is over, quarantine of what serve died of, and, each night, retention. Of one thread.
class StorageKeeper {
 public:
  StorageKeeper(Core& core, UtcTime started);
  // Does what is due. May take hours: films are moved to the archive.
  void look(UtcTime now);

 private:
  void keep_retention(UtcTime now);

  Core& core_;
  Due journals_;
  UtcTime retention_ran_;
};

// A thread for each of them, until destroyed.
class House {
 public:
  explicit House(Core& core);

 private:
  std::jthread evidence_, storage_;
};

}  // namespace frostgate::serve
