// What a relay tells of the devices that its session uses (gateway/ipc/FORMAT.md, `device`), as an entry of the audit log has it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/ipc/channel.h"

namespace frostgate::serve {

// Of one session; one thread.
class DeviceNotes {
 public:
  // The details of the entry. Error: it says what cannot be, or more than a relay tells in a minute.
  Result<nlohmann::json> read(const ipc::Message& message, UtcTime now);

 private:
  UtcTime counted_from_{};
  int told_ = 0;  // since
};

}  // namespace frostgate::serve
