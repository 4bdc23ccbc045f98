// libfreerdp reads each PDU into one of a pool of streams, which it never wipes: what a user has signed in with stays in one until a longer PDU happens to come into the
// same. Takes the place of winpr's exported StreamPool_Return() as fast_sleep.cpp says.
#include <dlfcn.h>

#include "codec/base/secret.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp_library.h"

extern "C" void StreamPool_Return(wStreamPool* pool, wStream* stream) {
  static const auto give_back = reinterpret_cast<decltype(&StreamPool_Return)>(dlsym(RTLD_NEXT, "StreamPool_Return"));
  if (frostgate::relay::rdp::forgets_stream()) frostgate::wipe_memory(Stream_Buffer(stream), Stream_Capacity(stream));
  if (give_back != nullptr) give_back(pool, stream);
}
