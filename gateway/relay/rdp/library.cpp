#include "gateway/relay/rdp_library.h"

#include <mutex>

#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Its messages go to the terminal and can carry what a peer sent; whoever handles our Result logs.
    WLog_SetLogLevel(WLog_GetRoot(), WLOG_OFF);
    // Otherwise the first connection measures for 0.1 s of CPU which of its routines are the fastest, and starts OpenCL for it.
    primitives_set_hints(PRIMITIVES_ONLY_CPU);
    (void)primitives_get();
    winpr_InitializeSSL(WINPR_SSL_INIT_DEFAULT);
    // Without it no server has virtual channels.
    WTSRegisterWtsApiFunctionTable(FreeRDP_InitWtsApi());
  });
}

}  // namespace frostgate::relay::rdp
