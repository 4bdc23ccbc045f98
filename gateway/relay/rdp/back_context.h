// What the callbacks of a client connection find through their context.
#pragma once

#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay::rdp {

class BackScreen;
class RdpBack;

// libfreerdp allocates and frees it; it knows only the first part.
struct BackContext {
  rdpClientContext base;
  RdpBack* back;
  Surface* surface;  // null before connect()
  BackScreen* screen;
};

inline BackContext& back_context(rdpContext* context) { return *reinterpret_cast<BackContext*>(context); }

}  // namespace frostgate::relay::rdp
