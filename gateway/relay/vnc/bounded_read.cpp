// Every byte that libvncclient 0.9.14 reads comes by its own exported ReadFromRFBServer(). A definition in the executable itself takes the symbol's place, as
// rdp/fast_sleep.cpp says, and so each message of a target has a budget (read_budget.h). Objects on the link line, exported.
#include <dlfcn.h>
#include <rfb/rfbclient.h>

#include "gateway/relay/vnc/read_budget.h"

extern "C" rfbBool ReadFromRFBServer(rfbClient* client, char* out, unsigned int size) {
  static const auto read = reinterpret_cast<decltype(&ReadFromRFBServer)>(dlsym(RTLD_NEXT, "ReadFromRFBServer"));
  if (read == nullptr || !frostgate::relay::vnc::take_from_read_budget(size)) return FALSE;
  return read(client, out, size);
}
