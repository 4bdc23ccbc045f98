// What a session may reach of the user's machine, as members of a message between serve and a relay (FORMAT.md, `target`).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "codec/base/result.h"
#include "gateway/base/redirections.h"
#include "gateway/ipc/channel.h"

namespace frostgate::ipc {

void write_redirections(nlohmann::json& message, const Redirections& redirections);
// Error: a member is missing, or says what cannot be.
Result<Redirections> read_redirections(const Message& message);

}  // namespace frostgate::ipc
