// The Surface's pointer as libvncserver keeps it.
#pragma once

#include <rfb/rfb.h>

#include "gateway/relay/surface.h"

namespace frostgate::relay::vnc {

// For rfbSetCursor, which takes ownership. Pixels are in the order of Frame; translucent ones are shown or not.
rfbCursorPtr make_cursor(const CursorShape& shape);

}  // namespace frostgate::relay::vnc
