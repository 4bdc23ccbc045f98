// What we tell a target that we can do.
#pragma once

#include "codec/base/result.h"
#include "gateway/relay/back.h"
#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

// Fills in a client's settings before freerdp_connect(): the login, graphics, no channel but what is needed, whether sound is played.
Result<void> apply(const BackSettings& wanted, int descriptor, int seconds, rdpSettings* settings);

// What the target may say of the length of a channel's chunks, whenever it activates the client (MS-RDPBCGR 2.2.7.1.10: 1600 to 16256). libfreerdp cuts messages
// into pieces of what it said, of nothing into pieces without an end: call before each is sent.
void limit_channel_chunks(rdpSettings* settings);

// Overwrites libfreerdp's copy of the password; the connection is established and does not need it again.
void wipe_password(rdpSettings* settings);

}  // namespace frostgate::relay::rdp
