#include "gateway/relay/vnc/library.h"

#include <rfb/rfb.h>
#include <rfb/rfbclient.h>

#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <string_view>

#include "gateway/relay/complaint.h"

namespace frostgate::relay::vnc {
namespace {

// For the libraries' hooks.
__attribute__((format(printf, 1, 2))) void complain(const char* format, ...) {
  char text[256] = "";
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length <= 0) return;
  const std::string_view said(text);
  // What a read that failed says is known by who made it, and says nothing of what was sent.
  if (said.find("read:") != said.npos || said.starts_with(" ...") || said.find("closing connection") != said.npos) return;
  note_complaint(said);
}

}  // namespace

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
