// What the command line asks of serve and the API does too goes the same way: the requests of gateway/ipc/FORMAT.md.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "gateway/http/call.h"
#include "gateway/serve/admin.h"

namespace frostgate::http {

// Carries the request out for the caller, whose right to it was checked.
Result<serve::AdminReply> administered(const Call& call, nlohmann::json request);

// The gateway's name as the client knows it, from its Host header (without the port); this machine's when that is no host name.
std::string own_host(const Call& call);

}  // namespace frostgate::http
