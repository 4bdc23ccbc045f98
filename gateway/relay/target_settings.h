// What serve says of a target, in `target` and `probe` messages (gateway/ipc/FORMAT.md).
#pragma once

#include "gateway/ipc/channel.h"
#include "gateway/relay/back.h"

namespace frostgate::relay {

// Takes the message's descriptor and its credential. Error: invalid.
Result<BackSettings> target_settings(ipc::Message& message);

// By the message's protocol. Error: invalid.
Result<std::unique_ptr<Back>> make_back(const std::string& protocol, BackSettings settings);

}  // namespace frostgate::relay
