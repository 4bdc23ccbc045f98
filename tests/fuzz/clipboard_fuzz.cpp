// Chunks of the clipboard channel, as a hostile client or target may send them: a byte of flags and a byte of length each. What a dynamic channel announces
// is looked at by the way.
#include <cstdint>
#include <cstdlib>

#include "gateway/relay/rdp/announced_length.h"
#include "gateway/relay/rdp/clipboard_channel.h"

using namespace frostgate::relay::rdp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto role = (data[0] & 1) != 0 ? TextClipboard::Role::server : TextClipboard::Role::client;
  std::size_t sent = 0, kept = 0;
  ClipboardChannel channel(role, {[&](std::span<const std::byte>) { return ++sent, true; }, [] { return std::optional(true); },
                                  [](const std::string& text) {
                                    if (text.find('\0') != std::string::npos) std::abort();
                                  },
                                  [&](std::string_view) { if (++kept > 1) std::abort(); }});
  channel.offer("ours");
  std::span<const std::byte> rest = std::as_bytes(std::span(data + 1, size - 1));
  std::size_t received = 0;
  ClipboardChannel::Clock::time_point now;
  while (rest.size() >= 2) {
    const std::size_t length = std::min<std::size_t>(std::to_integer<unsigned>(rest[1]), rest.size() - 2);
    (void)check_announced(rest.subspan(2, length), std::to_integer<unsigned>(rest[0]), length).has_value();
    if (!channel.receive(rest.subspan(2, length), std::to_integer<unsigned>(rest[0]), length, now)) break;
    rest = rest.subspan(2 + length);
    ++received;
    if (!channel.flush(now += ClipboardChannel::kFetchDelay, [] { return false; })) std::abort();
  }
  // Never more than an answer, a list, a text and a request for each that comes, and the greeting.
  if (sent > 4 * received + 4) std::abort();
  return 0;
}
