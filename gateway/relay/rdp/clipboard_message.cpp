#include "gateway/relay/rdp/clipboard_message.h"

#include <algorithm>
#include <utility>

namespace frostgate::relay::rdp::clip {
namespace {

constexpr std::uint16_t kGeneralSet = 1;  // 2.2.2.1.1.1
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kGeneralSetSize = 12;
constexpr std::size_t kShortName = 32;
constexpr std::uint32_t kSize = 1, kRange = 2;  // 2.2.5.3, dwFlags
constexpr std::uint32_t kDib = 8, kDibV5 = 17;  // CF_DIB, CF_DIBV5

// What our lists name: Windows knows pictures by number, and all else by a name. FileContents goes with every list of files, and is never asked for by its number.
struct Named {
  copied::Kind kind;
  std::uint32_t format;
  std::string_view name;
};
constexpr Named kNamed[] = {{copied::Kind::dib_v5, kDibV5, ""},
                            {copied::Kind::dib, kDib, ""},
                            {copied::Kind::png, 0xC001, "PNG"},
                            {copied::Kind::png, 0xC002, "image/png"},
                            {copied::Kind::files, 0xC003, "FileGroupDescriptorW"},
                            {copied::Kind::files, 0xC004, "FileContents"}};

void write(std::vector<std::byte>& out, std::size_t at, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) out[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> (8 * i) & 0xFF);
}

bool begins(std::span<const std::byte> name, std::string_view with, std::size_t unit) {
  if (name.size() < with.size() * unit) return false;
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (number(name, i * unit, unit) != static_cast<unsigned char>(with[i])) return false;
  }
  return true;
}
bool is(std::span<const std::byte> name, std::string_view text, std::size_t unit) {
  return begins(name, text, unit) && (name.size() == text.size() * unit || number(name, text.size() * unit, unit) == 0);
}

void note(Formats& formats, std::uint32_t format, std::span<const std::byte> name, std::size_t unit) {
  constexpr std::uint32_t kBitmap = 2, kMetafile = 3, kTiff = 6, kEnhancedMetafile = 14;
  const auto has = [&](copied::Kind kind) {
    formats.kinds.set(kind);
    formats.numbers[static_cast<std::size_t>(kind)] = format;
  };
  formats.any = true;
  if (format == kUnicodeText) formats.text = true;
  else if (format == kDib) has(copied::Kind::dib);
  else if (format == kDibV5) has(copied::Kind::dib_v5);
  else if (is(name, "PNG", unit) || is(name, "image/png", unit)) has(copied::Kind::png);
  // As much of FileGroupDescriptorW as a short name holds.
  else if (begins(name, "FileGroupDescri", unit)) has(copied::Kind::files);
  else if (format == kBitmap || format == kMetafile || format == kTiff || format == kEnhancedMetafile || begins(name, "image/", unit)) formats.other_picture = true;
}

}  // namespace

// What was taken out of a message has the room for its header still.
Message message(Type type, std::uint16_t flags, std::vector<std::byte> content) {
  const auto length = static_cast<std::uint32_t>(content.size());
  content.insert(content.begin(), kHeader, std::byte{});
  write(content, 0, type, 2);
  write(content, 2, flags, 2);
  write(content, 4, length, 4);
  return content;
}

Message capabilities() {
  std::vector<std::byte> content;
  append(content, 1, 2);  // one set
  append(content, 0, 2);
  append(content, kGeneralSet, 2);
  append(content, kGeneralSetSize, 2);
  append(content, kVersion, 4);
  append(content, kLongNames | kFiles | kNoPaths | kLocks | kHugeFiles, 4);
  return message(kCapabilities, 0, std::move(content));
}

std::uint32_t read_capabilities(std::span<const std::byte> content) {
  return content.size() < 4 + kGeneralSetSize || number(content, 4, 2) != kGeneralSet ? 0 : number(content, 12, 4);
}

Formats read_formats(std::span<const std::byte> list, bool long_names, bool ascii) {
  const std::size_t unit = ascii ? 1 : 2;
  Formats formats;
  while (list.size() >= 4) {
    const std::uint32_t format = number(list, 0, 4);
    list = list.subspan(4);
    std::size_t end = 0;
    if (long_names) {
      while (end + unit <= list.size() && number(list, end, unit) != 0) end += unit;
    } else {
      end = std::min(list.size(), kShortName);
    }
    note(formats, format, list.first(end), unit);
    list = list.subspan(std::min(list.size(), long_names ? end + unit : end));
  }
  return formats;
}

Message format_list(bool text, copied::Kinds kinds, bool long_names) {
  std::vector<std::byte> list;
  const auto add = [&](std::uint32_t format, std::string_view name) {
    append(list, format, 4);
    if (!long_names) return list.resize(list.size() + kShortName);
    for (const char c : name) append(list, static_cast<unsigned char>(c), 2);
    append(list, 0, 2);
  };
  if (text) add(kUnicodeText, "");
  for (const Named& one : kNamed) {
    if (kinds.has(one.kind) && (long_names || one.name.empty())) add(one.format, one.name);
  }
  return message(kFormatList, 0, std::move(list));
}

std::optional<copied::Kind> named_by_us(std::uint32_t format) {
  for (const Named& one : kNamed) {
    if (one.format == format && one.name != "FileContents") return one.kind;
  }
  return std::nullopt;
}

Message data_request(std::uint32_t format) {
  std::vector<std::byte> content;
  append(content, format, 4);
  return message(kDataRequest, 0, std::move(content));
}

Message piece_request(const copied::PieceWish& wish) {
  std::vector<std::byte> content;
  append(content, wish.stream, 4);
  append(content, wish.file, 4);
  append(content, wish.size ? kSize : kRange, 4);
  append(content, static_cast<std::uint32_t>(wish.from), 4);
  append(content, static_cast<std::uint32_t>(wish.from >> 32), 4);
  append(content, wish.length, 4);
  if (wish.lock) append(content, *wish.lock, 4);
  return message(kPieceRequest, 0, std::move(content));
}

std::optional<copied::PieceWish> read_piece_request(std::span<const std::byte> content) {
  if (content.size() < 24) return std::nullopt;
  copied::PieceWish wish;
  wish.stream = number(content, 0, 4);
  wish.file = number(content, 4, 4);
  wish.size = number(content, 8, 4) == kSize;
  wish.from = std::uint64_t{number(content, 16, 4)} << 32 | number(content, 12, 4);
  wish.length = number(content, 20, 4);
  if (content.size() >= 28) wish.lock = number(content, 24, 4);
  if (!wish.size && number(content, 8, 4) != kRange) return std::nullopt;
  return wish;
}

Message piece_response(copied::Piece piece) {
  const bool ok = piece.bytes.has_value();
  std::vector<std::byte> content = ok ? std::move(*piece.bytes) : std::vector<std::byte>();
  content.insert(content.begin(), 4, std::byte{});
  write(content, 0, piece.stream, 4);
  return message(kPieceResponse, ok ? kOk : kFail, std::move(content));
}

Message lock(const copied::Lock& lock) {
  std::vector<std::byte> content;
  append(content, lock.number, 4);
  return message(lock.on ? kLock : kUnlock, 0, std::move(content));
}

}  // namespace frostgate::relay::rdp::clip
