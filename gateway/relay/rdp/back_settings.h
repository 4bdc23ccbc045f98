// What we tell a target that we can do.
#pragma once

#include "codec/base/result.h"
#include "gateway/relay/back.h"
#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

// Fills in a client's settings before freerdp_connect(): the login, lossless graphics, no channel but what is needed.
Result<void> apply(const BackSettings& wanted, int descriptor, int seconds, rdpSettings* settings);

// Overwrites libfreerdp's copy of the password; the connection is established and does not need it again.
void wipe_password(rdpSettings* settings);

}  // namespace frostgate::relay::rdp
