#include "gateway/relay/rdp/text_clipboard.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "gateway/base/utf16.h"

namespace frostgate::relay::rdp {
namespace {

// MS-RDPECLIP 2.2.1, and what follows its header of eight bytes.
enum Type : std::uint16_t {
  kMonitorReady = 1,
  kFormatList = 2,
  kFormatListResponse = 3,
  kDataRequest = 4,
  kDataResponse = 5,
  kCapabilities = 7
};
constexpr std::uint16_t kOk = 1, kFail = 2, kAsciiNames = 4;
constexpr std::size_t kHeader = 8;
constexpr std::uint32_t kUnicodeText = 13;  // CF_UNICODETEXT
constexpr std::uint16_t kGeneralSet = 1;    // 2.2.2.1.1.1
constexpr std::uint32_t kLongNames = 2, kVersion = 2;
constexpr std::size_t kGeneralSetSize = 12;
constexpr std::size_t kShortName = 32;

std::uint32_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

void append(std::vector<std::byte>& out, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
}

TextClipboard::Message message(Type type, std::uint16_t flags, std::span<const std::byte> content = {}) {
  TextClipboard::Message out;
  out.reserve(kHeader + content.size());
  append(out, type, 2);
  append(out, flags, 2);
  append(out, static_cast<std::uint32_t>(content.size()), 4);
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

TextClipboard::Message capabilities() {
  std::vector<std::byte> content;
  append(content, 1, 2);  // one set
  append(content, 0, 2);
  append(content, kGeneralSet, 2);
  append(content, kGeneralSetSize, 2);
  append(content, kVersion, 4);
  append(content, kLongNames, 4);
  return message(kCapabilities, 0, content);
}

// Windows ends lines with CR LF, all others with LF.
std::string with_line_feeds(std::string text) {
  std::erase(text, '\r');
  return text;
}

std::string with_carriage_returns(const std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

// What a list names. Text has no name of its own but its number; the rest is told apart for the log alone.
struct Named {
  bool any = false, text = false, files = false, picture = false;
};

bool begins(std::span<const std::byte> name, std::string_view with, std::size_t unit) {
  if (name.size() < with.size() * unit) return false;
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (number(name, i * unit, unit) != static_cast<unsigned char>(with[i])) return false;
  }
  return true;
}

Named named_by(std::span<const std::byte> list, bool long_names, bool ascii) {
  constexpr std::uint32_t kBitmap = 2, kMetafile = 3, kTiff = 6, kDib = 8, kEnhancedMetafile = 14, kDibV5 = 17;
  const std::size_t unit = ascii ? 1 : 2;
  Named named;
  while (list.size() >= 4) {
    const std::uint32_t id = number(list, 0, 4);
    named.any = true;
    named.text |= id == kUnicodeText;
    named.picture |= id == kBitmap || id == kMetafile || id == kTiff || id == kDib || id == kEnhancedMetafile || id == kDibV5;
    list = list.subspan(4);
    std::size_t end = 0;
    if (long_names) {
      while (end + unit <= list.size() && number(list, end, unit) != 0) end += unit;
    } else {
      end = std::min(list.size(), kShortName);
    }
    const auto name = list.first(end);
    named.files |= begins(name, "FileGroupDescri", unit);  // as much of FileGroupDescriptorW as a short name holds
    named.picture |= begins(name, "image/", unit);
    list = list.subspan(std::min(list.size(), long_names ? end + unit : end));
  }
  return named;
}

}  // namespace

void TextClipboard::receive(std::span<const std::byte> message) {
  if (message.size() < kHeader) return;
  const std::uint32_t type = number(message, 0, 2), flags = number(message, 2, 2), size = number(message, 4, 4);
  std::span<const std::byte> content = message.subspan(kHeader);
  content = content.size() < size ? std::span<const std::byte>() : content.first(size);
  switch (type) {
    case kCapabilities: return receive_capabilities(content);
    case kMonitorReady:
      if (role_ == Role::client && !ready_) ready_ = capabilities_due_ = list_due_ = true;
      return;
    case kFormatList: return receive_formats(content, (flags & kAsciiNames) != 0);
    case kDataRequest:
      data_due_ = true;
      asked_for_text_ = content.size() >= 4 && number(content, 0, 4) == kUnicodeText;
      return;
    case kDataResponse: return receive_data(content, (flags & kOk) != 0);
    default: return;
  }
}

void TextClipboard::receive_capabilities(std::span<const std::byte> content) {
  if (content.size() < 4 + kGeneralSetSize || number(content, 4, 2) != kGeneralSet) return;
  long_names_ = (number(content, 12, 4) & kLongNames) != 0;
}

void TextClipboard::receive_formats(std::span<const std::byte> content, bool ascii) {
  // A client has nothing to say before its server's greeting, and a server's client begins with a list.
  if (role_ == Role::client && !ready_) return;
  if (!std::exchange(ready_, true)) list_due_ = ours_.has_value();
  answer_due_ = true;
  const Named named = named_by(content, long_names_, ascii);
  offered_ = named.text;
  if (!named.any || named.text || std::exchange(told_kept_, true)) return;
  kept_ = named.files ? "files" : named.picture ? "a picture" : "neither text nor picture nor file";
}

void TextClipboard::receive_data(std::span<const std::byte> content, bool ok) {
  if (!std::exchange(fetching_, false) || !ok) return;
  std::string text = with_line_feeds(from_utf16(content));
  text.resize(std::min(text.size(), text.find('\0')));
  if (!text.empty()) theirs_ = std::move(text);
}

std::optional<TextClipboard::Message> TextClipboard::next() {
  if (std::exchange(capabilities_due_, false)) return capabilities();
  if (std::exchange(greeting_due_, false)) return message(kMonitorReady, 0);
  if (std::exchange(answer_due_, false)) return message(kFormatListResponse, kOk);
  if (std::exchange(list_due_, false)) return formats();
  if (std::exchange(data_due_, false)) return data();
  // A second request would make the answer to the first one look like its own.
  if (request_due_ && !fetching_) {
    request_due_ = false;
    fetching_ = true;
    std::vector<std::byte> format;
    append(format, kUnicodeText, 4);
    return message(kDataRequest, 0, format);
  }
  return std::nullopt;
}

TextClipboard::Message TextClipboard::formats() const {
  std::vector<std::byte> list;
  if (ours_) {
    append(list, kUnicodeText, 4);
    list.resize(list.size() + (long_names_ ? 2 : kShortName));
  }
  return message(kFormatList, 0, list);
}

TextClipboard::Message TextClipboard::data() const {
  auto text = ours_ && asked_for_text_ ? to_utf16(with_carriage_returns(*ours_)) : std::nullopt;
  if (!text) return message(kDataResponse, kFail);
  text->resize(text->size() + 2);
  return message(kDataResponse, kOk, *text);
}

bool TextClipboard::take_offer() { return std::exchange(offered_, false); }

std::optional<std::string_view> TextClipboard::take_kept() { return std::exchange(kept_, std::nullopt); }

void TextClipboard::fetch() { request_due_ = true; }

std::optional<std::string> TextClipboard::take_text() { return std::exchange(theirs_, std::nullopt); }

void TextClipboard::offer(std::string text) {
  ours_ = std::move(text);
  list_due_ = ready_;
}

}  // namespace frostgate::relay::rdp
