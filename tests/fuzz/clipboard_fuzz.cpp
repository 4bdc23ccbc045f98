// Chunks of the clipboard channel, as a hostile client or target may send them, and what the other side of the session says of pictures and files meanwhile: a
// byte of flags and a byte of length each, of which the flag 0x80 tells what the other side says. What a dynamic channel announces is looked at by the way.
#include <cstdint>
#include <cstdlib>

#include "gateway/relay/paste_gate.h"
#include "gateway/relay/rdp/announced_length.h"
#include "gateway/relay/rdp/clipboard_channel.h"

using namespace frostgate::relay;
using namespace frostgate::relay::rdp;

namespace {

using Bytes = std::vector<std::byte>;

void must(bool holds) {
  if (!holds) std::abort();
}

copied::Item said_by_other_side(std::span<const std::byte> bytes) {
  const auto at = [&](std::size_t place) { return place < bytes.size() ? std::to_integer<std::uint32_t>(bytes[place]) : 0; };
  const std::optional<Bytes> rest = bytes.size() > 4 ? std::optional(Bytes(bytes.begin() + 4, bytes.end())) : std::nullopt;
  const copied::Wish wish{at(1), static_cast<copied::Kind>(at(2) % copied::kKinds)};
  copied::Kinds kinds;
  for (std::size_t i = 0; i < copied::kKinds; ++i) kinds.set(static_cast<copied::Kind>(i), (at(2) >> i & 1) != 0);
  switch (at(0) % 6) {
    case 0: return copied::Offer{at(1), kinds, at(3) != 0};
    case 1: return wish;
    case 2: return copied::Content{wish, rest, at(3) != 0 ? at(3) : bytes.size() - std::min<std::size_t>(4, bytes.size())};
    case 3: return copied::PieceWish{at(1), at(2), at(3), at(4) == 1, at(5), at(6), at(7) != 0 ? std::optional(at(7)) : std::nullopt};
    case 4: return copied::Piece{at(1), rest};
    default: return copied::Lock{at(1), at(2), at(3) != 0};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool server = (data[0] & 1) != 0;
  std::size_t sent = 0, kept = 0, passed = 0, to_other = 0;
  ClipboardChannel* of_peer = nullptr;
  const auto to_peer = [&](copied::Item item) {
    if (const auto* piece = std::get_if<copied::Piece>(&item)) must(!piece->bytes || piece->bytes->size() <= copied::kLongestPiece);
    if (const auto* content = std::get_if<copied::Content>(&item); content && content->bytes && content->wish.kind == copied::Kind::files) must(read_file_list(*content->bytes).has_value());
    ++passed;
    of_peer->pass(std::move(item));
  };
  const auto to_other_side = [&](copied::Item item) {
    if (const auto* wish = std::get_if<copied::PieceWish>(&item)) must(wish->length <= copied::kLongestPiece);
    ++to_other;
  };
  PasteGate gate({.to_client = server ? std::function<void(copied::Item)>(to_peer) : to_other_side,
                  .to_target = server ? std::function<void(copied::Item)>(to_other_side) : to_peer,
                  .locked = [] { return false; },
                  .passed = [](const PasteGate::Passed& it) { must(it.name.size() <= 1024); },
                  .refused = [](bool, std::string_view, std::string_view) {}});
  gate.open({true, true}, {true, true}, true);
  ClipboardChannel::Clock::time_point now;
  ClipboardChannel channel(server ? Clipboard::Role::server : Clipboard::Role::client,
                           {[&](std::span<const std::byte>, std::uint32_t, std::size_t) { return ++sent, true; }, [] { return std::optional(true); },
                            [](const std::string& text) { must(text.find('\0') == std::string::npos); }, [&](std::string_view) { must(++kept <= 1); },
                            [&](copied::Item item) { server ? gate.from_client(std::move(item), now) : gate.from_target(std::move(item), now); }});
  of_peer = &channel;
  channel.offer("ours");
  std::span<const std::byte> rest = std::as_bytes(std::span(data + 1, size - 1));
  std::size_t received = 0;
  while (rest.size() >= 2) {
    const unsigned flags = std::to_integer<unsigned>(rest[0]);
    const std::span<const std::byte> chunk = rest.subspan(2, std::min<std::size_t>(std::to_integer<unsigned>(rest[1]), rest.size() - 2));
    rest = rest.subspan(2 + chunk.size());
    (void)check_announced(chunk, flags, chunk.size()).has_value();
    if ((flags & 0x80) != 0) {
      server ? gate.from_target(said_by_other_side(chunk), now) : gate.from_client(said_by_other_side(chunk), now);
    } else if (!channel.receive(chunk, flags, chunk.size(), now)) {
      break;
    }
    ++received;
    must(channel.flush(now += ClipboardChannel::kFetchDelay, [] { return false; }));
  }
  gate.close();
  // Never more than an answer, a list, a text, a request, and what was passed, for each that comes, and the greeting.
  must(sent <= 4 * received + passed + 4);
  return 0;
}
