// The messages of the clipboard channel (MS-RDPECLIP 2.2) as bytes. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/relay/copied.h"
#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp::clip {

using Message = std::vector<std::byte>;

enum Type : std::uint16_t {
  kMonitorReady = 1,
  kFormatList = 2,
  kFormatListResponse = 3,
  kDataRequest = 4,
  kDataResponse = 5,
  kCapabilities = 7,
  kPieceRequest = 8,   // CB_FILECONTENTS_REQUEST, and its answer
  kPieceResponse = 9,
  kLock = 10,
  kUnlock = 11
};
inline constexpr std::uint16_t kOk = 1, kFail = 2, kAsciiNames = 4;
inline constexpr std::size_t kHeader = 8;
inline constexpr std::uint32_t kUnicodeText = 13;  // CF_UNICODETEXT

// What a peer can do (2.2.2.1.1.1, generalFlags).
inline constexpr std::uint32_t kLongNames = 2, kFiles = 4, kNoPaths = 8, kLocks = 16, kHugeFiles = 32;

Message message(Type type, std::uint16_t flags, std::vector<std::byte> content = {});
Message capabilities();
// The peer's flags; 0 where it says nothing of them.
std::uint32_t read_capabilities(std::span<const std::byte> content);

// What a list of formats names, with the numbers by which the peer is asked for it.
struct Formats {
  bool any = false, text = false;
  copied::Kinds kinds;
  std::uint32_t numbers[copied::kKinds] = {};
  bool other_picture = false;  // of a kind that does not pass
};
Formats read_formats(std::span<const std::byte> list, bool long_names, bool ascii);
// Names of short lists are too short for files and PNG.
Message format_list(bool text, copied::Kinds kinds, bool long_names);
// What a peer asks for by a number of our list.
std::optional<copied::Kind> named_by_us(std::uint32_t format);

Message data_request(std::uint32_t format);
Message piece_request(const copied::PieceWish& wish);
// Empty: none that could be meant.
std::optional<copied::PieceWish> read_piece_request(std::span<const std::byte> content);
Message piece_response(copied::Piece piece);
Message lock(const copied::Lock& lock);

}  // namespace frostgate::relay::rdp::clip
