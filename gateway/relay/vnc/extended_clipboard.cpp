#include "gateway/relay/vnc/extended_clipboard.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "gateway/relay/vnc/talk.h"

namespace frostgate::relay::vnc {
namespace {

// Each begins with what it is about, in the lower half, and what it is.
constexpr std::uint32_t kText = 1;
constexpr std::uint32_t kCapabilities = 1u << 24, kRequest = 1u << 25, kPeek = 1u << 26, kNotice = 1u << 27, kProvide = 1u << 28;
constexpr std::size_t kNumber = 4;

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, kNumber)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// What a provided text is packed in: its length, with the zero at its end, and itself, with the line ends of Windows. The stream has no end of its own.
std::optional<std::string> unpacked(std::string_view packed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // only read
  stream.avail_in = static_cast<uInt>(packed.size());
  const auto take = [&](std::size_t size) -> std::optional<std::string> {
    std::string out(size, '\0');
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(size);
    while (stream.avail_out > 0 && inflate(&stream, Z_SYNC_FLUSH) == Z_OK) {
    }
    return stream.avail_out == 0 ? std::optional(std::move(out)) : std::nullopt;
  };
  std::optional<std::string> text;
  if (const auto length = take(kNumber); length && number(*length) <= ExtendedClipboard::kLongest) text = take(number(*length));
  inflateEnd(&stream);
  return text;
}

std::string packed(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') plain += '\r';
    plain += c;
  }
  plain += '\0';
  plain = big_endian(static_cast<std::uint32_t>(plain.size())) + plain;
  uLongf size = compressBound(static_cast<uLong>(plain.size()));
  std::string out(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(plain.data()), static_cast<uLong>(plain.size()), Z_BEST_SPEED) != Z_OK) return {};
  out.resize(size);
  return out;
}

}  // namespace

void ExtendedClipboard::receive(std::string_view content) {
  if (content.size() < kNumber || content.size() > kLongest) return;
  const std::uint32_t what = number(content);
  const bool text = (what & kText) != 0;
  if ((what & kCapabilities) != 0) {
    capabilities_due_ = !std::exchange(known_, true);
    notice_due_ = ours_.has_value();
  } else if ((what & kRequest) != 0) {
    text_due_ |= text;
  } else if ((what & kPeek) != 0) {
    notice_due_ = true;
  } else if ((what & kNotice) != 0) {
    request_due_ |= text;
  } else if ((what & kProvide) != 0 && text) {
    auto copied = unpacked(content.substr(kNumber));
    if (!copied) return;
    copied->resize(std::min(copied->size(), copied->find('\0')));
    std::erase(*copied, '\r');
    if (!copied->empty()) theirs_ = std::move(*copied);
  }
}

std::optional<std::string> ExtendedClipboard::next() {
  if (!known_) return std::nullopt;
  // With the longest text that we want unasked: none.
  if (std::exchange(capabilities_due_, false)) return big_endian(kCapabilities | kRequest | kPeek | kNotice | kProvide | kText) + big_endian(std::uint32_t{0});
  if (std::exchange(notice_due_, false)) return big_endian(kNotice | (ours_ ? kText : 0));
  // None is an empty one.
  if (std::exchange(text_due_, false)) return big_endian(kProvide | kText) + packed(ours_.value_or(""));
  if (std::exchange(request_due_, false)) return big_endian(kRequest | kText);
  return std::nullopt;
}

void ExtendedClipboard::offer(std::string text) {
  ours_ = std::move(text);
  notice_due_ = true;
}

std::optional<std::string> ExtendedClipboard::take_text() { return std::exchange(theirs_, std::nullopt); }

}  // namespace frostgate::relay::vnc
