#include "gateway/relay/rdp_library.h"

#include <atomic>
#include <mutex>

#include "gateway/relay/complaint.h"
#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

thread_local ChunkHeader* chunk_header = nullptr;

namespace {

// The first thing that goes wrong is the reason; what follows it says only that it did.
BOOL keep_words(const wLogMessage* message) {
  if (message->TextString && last_complaint().empty()) note_complaint(message->TextString);
  return TRUE;
}

// Its messages can carry what a peer sent, so none goes to the terminal: whoever handles our Result logs.
void silence() {
  wLog* root = WLog_GetRoot();
  wLogCallbacks callbacks{};
  callbacks.message = keep_words;
  const bool kept = WLog_SetLogAppenderType(root, WLOG_APPENDER_CALLBACK) && WLog_ConfigureAppender(WLog_GetLogAppender(root), "callbacks", &callbacks);
  WLog_SetLogLevel(root, kept ? WLOG_ERROR : WLOG_OFF);
}

// As many as may be done with before the one that holds the login is.
constexpr int kForgottenStreams = 64;
std::atomic<int> streams_to_forget = 0;

}  // namespace

void forget_streams() { streams_to_forget = kForgottenStreams; }

bool forgets_stream() { return streams_to_forget.load(std::memory_order_relaxed) > 0 && streams_to_forget.fetch_sub(1) > 0; }

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    silence();
    // Otherwise the first connection measures for 0.1 s of CPU which of its routines are the fastest, and starts OpenCL for it.
    primitives_set_hints(PRIMITIVES_ONLY_CPU);
    (void)primitives_get();
    winpr_InitializeSSL(WINPR_SSL_INIT_DEFAULT);
    // Without it no server has virtual channels.
    WTSRegisterWtsApiFunctionTable(FreeRDP_InitWtsApi());
  });
}

}  // namespace frostgate::relay::rdp
