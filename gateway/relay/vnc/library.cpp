#include "gateway/relay/vnc/library.h"

#include <rfb/rfb.h>
#include <rfb/rfbclient.h>

#include <csignal>
#include <mutex>

#include "gateway/relay/vnc/complaint.h"

namespace frostgate::relay::vnc {

std::atomic<bool> sends_pictures = false;

void prepare_libraries() {
  static std::once_flag once;
  std::call_once(once, [] {
    rfbLog = complain;
    rfbErr = complain;
    rfbClientLog = complain;
    rfbClientErr = complain;
    std::signal(SIGPIPE, SIG_IGN);
  });
}

}  // namespace frostgate::relay::vnc
