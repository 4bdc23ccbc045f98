#include "gateway/cli/secret_input.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <span>

namespace frostgate::cli {
namespace {

constexpr std::size_t kMaxSecret = 1024;

// Hides what is typed, as long as it lives.
class NoEcho {
 public:
  explicit NoEcho(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    active_ = tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  ~NoEcho() {
    if (active_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  int terminal_;
  termios before_{};
  bool active_ = false;
};

}  // namespace

Result<Secret> read_secret(int descriptor, const std::string& prompt) {
  const bool terminal = isatty(descriptor);
  if (terminal) std::cerr << prompt << ": " << std::flush;
  Secret buffer(kMaxSecret);
  std::size_t size = 0;
  {
    const NoEcho quiet(descriptor);
    for (; size < kMaxSecret; ++size) {
      const ssize_t got = read(descriptor, buffer.bytes().data() + size, 1);
      if (got < 0 && errno == EINTR) return Error{ErrorKind::cancelled, "interrupted"};
      if (got < 0) return Error{ErrorKind::io, "descriptor " + std::to_string(descriptor) + ": " + strerror(errno)};
      if (got == 0 || buffer.text()[size] == '\n') break;
    }
  }
  if (terminal) std::cerr << '\n';
  if (size == kMaxSecret) return Error{ErrorKind::invalid, "the secret is longer than 1023 bytes"};
  return Secret(std::span<const std::byte>(buffer.bytes().data(), size));
}

}  // namespace frostgate::cli
