#include "gateway/relay/vnc/library.h"

#include <rfb/rfb.h>
#include <rfb/rfbclient.h>

#include <csignal>
#include <mutex>

namespace frostgate::relay::vnc {
namespace {

void silence(const char*, ...) {}

}  // namespace

std::atomic<bool> sends_pictures = false;

void prepare_libraries() {
  static std::once_flag once;
  std::call_once(once, [] {
    rfbLog = silence;
    rfbErr = silence;
    rfbClientLog = silence;
    rfbClientErr = silence;
    std::signal(SIGPIPE, SIG_IGN);
  });
}

}  // namespace frostgate::relay::vnc
