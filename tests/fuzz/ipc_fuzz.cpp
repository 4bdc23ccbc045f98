// What a hostile relay or worker may write into its socket pair: frames, JSON, members of any type.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "gateway/ipc/channel.h"

using namespace frostgate;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size > 65536) return 0;
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) std::abort();
  if (size > 0 && write(pair[1], data, size) != static_cast<ssize_t>(size)) std::abort();
  close(pair[1]);
  ipc::Channel channel{Descriptor(pair[0]), std::chrono::milliseconds(100)};
  for (;;) {
    auto message = channel.receive(std::chrono::milliseconds(100));
    if (!message || !message.value()) break;
    ipc::Message& read = *message.value();
    (void)read.type();
    for (const char* name : {"user", "bytes", "index", "reason", "behind_us", "encrypted", "client_lost", "scheme", "content"}) {
      if (const auto text = read.text(name, 64); text && text.value().size() > 64) std::abort();
      if (const auto bytes = read.bytes(name, 16); bytes && bytes.value().size() > 16) std::abort();
      if (const auto number = read.number(name, 0, 100); number && (number.value() < 0 || number.value() > 100)) std::abort();
      if (const auto real = read.real(name, 0, 1); real && !(real.value() >= 0 && real.value() <= 1)) std::abort();
      (void)read.take_secret(name, 32).has_value();
    }
  }
  return 0;
}
