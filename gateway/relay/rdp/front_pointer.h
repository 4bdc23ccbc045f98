// The target's pointer on its way to an RDP client (MS-RDPBCGR 2.2.9.1.1.4).
#pragma once

#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay::rdp {

// Sends the shape; a shape larger than the client takes becomes its default pointer. False: the connection is broken.
bool send_pointer(rdpContext* context, const CursorShape& shape);

}  // namespace frostgate::relay::rdp
