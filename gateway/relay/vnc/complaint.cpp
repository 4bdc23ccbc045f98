#include "gateway/relay/vnc/complaint.h"

#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace frostgate::relay::vnc {
namespace {

constexpr std::size_t kLongestComplaint = 200;

thread_local std::string complaint;

}  // namespace

void forget_complaint() { complaint.clear(); }

std::string last_complaint() { return complaint; }

void complain(const char* format, ...) {
  char text[kLongestComplaint + 1] = "";
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length <= 0) return;
  std::string said;
  for (const char c : std::string_view(text)) said += c >= ' ' && c <= '~' ? c : ' ';
  while (!said.empty() && said.back() == ' ') said.pop_back();
  // What a read that failed says is known by who made it, and says nothing of what was sent.
  if (said.empty() || said.find("read:") != said.npos || said.starts_with(" ...") || said.find("closing connection") != said.npos) return;
  complaint = std::move(said);
}

}  // namespace frostgate::relay::vnc
