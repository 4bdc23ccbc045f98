// What a worker that does something for one user says of itself while it does it: progress, done, failed.
#pragma once

#include <functional>
#include <stop_token>

#include "codec/base/result.h"
#include "gateway/ipc/channel.h"

namespace frostgate::serve {

// Hears the worker at the other end until it is done. `progress` is told how much is (0 to 1); `other` is given every other message and answers it. Fails
// with what the worker, or `other`, says is wrong; with timeout after five minutes of silence; with cancelled at `stop`, looked at twice a second.
Result<void> hear_worker(ipc::Channel& channel, std::stop_token stop, const std::function<void(double)>& progress, const std::function<Result<void>(ipc::Message&)>& other);

}  // namespace frostgate::serve
