// The target's pointer shapes on their way to the Surface.
#pragma once

#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

// Makes the graphics of a BackContext's connection hand every pointer shape to its surface. libfreerdp keeps the shapes
// in its pointer cache; nothing is drawn into the screen. After gdi_init().
void show_pointers_on_surface(rdpGraphics* graphics);

}  // namespace frostgate::relay::rdp
