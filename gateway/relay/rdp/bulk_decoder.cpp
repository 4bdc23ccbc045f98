#include "gateway/relay/rdp/bulk_decoder.h"

#include <algorithm>
#include <array>
#include <string>

#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp {
namespace {

constexpr unsigned kSingle = 0xE0, kMultipart = 0xE1;
constexpr unsigned kCompressed = 0x20;
constexpr std::size_t kHistory = 2'500'000;
constexpr std::size_t kLongestSegment = 65'535;  // of what comes out of it

// MS-RDPEGFX 3.1.9.1.2: what bits stand for. A literal is its value; a match's distance is `base` and the value of `extra` more bits.
struct Token {
  unsigned length, code, extra;
  bool match;
  std::uint32_t base;
};
constexpr Token kTokens[] = {
    {1, 0b0, 8, false, 0},
    {5, 0b10001, 5, true, 0},         {5, 0b10010, 7, true, 32},         {5, 0b10011, 9, true, 160},        {5, 0b10100, 10, true, 672},
    {5, 0b10101, 12, true, 1696},     {5, 0b11000, 0, false, 0x00},      {5, 0b11001, 0, false, 0x01},      {6, 0b101100, 14, true, 5792},
    {6, 0b101101, 15, true, 22176},   {6, 0b110100, 0, false, 0x02},     {6, 0b110101, 0, false, 0x03},     {6, 0b110110, 0, false, 0xFF},
    {7, 0b1011100, 18, true, 54944},  {7, 0b1011101, 20, true, 317088},  {7, 0b1101110, 0, false, 0x04},    {7, 0b1101111, 0, false, 0x05},
    {7, 0b1110000, 0, false, 0x06},   {7, 0b1110001, 0, false, 0x07},    {7, 0b1110010, 0, false, 0x08},    {7, 0b1110011, 0, false, 0x09},
    {7, 0b1110100, 0, false, 0x0A},   {7, 0b1110101, 0, false, 0x0B},    {7, 0b1110110, 0, false, 0x3A},    {7, 0b1110111, 0, false, 0x3B},
    {7, 0b1111000, 0, false, 0x3C},   {7, 0b1111001, 0, false, 0x3D},    {7, 0b1111010, 0, false, 0x3E},    {7, 0b1111011, 0, false, 0x3F},
    {7, 0b1111100, 0, false, 0x40},   {7, 0b1111101, 0, false, 0x80},    {8, 0b10111100, 20, true, 1365664}, {8, 0b10111101, 21, true, 2414240},
    {8, 0b11111100, 0, false, 0x0C},  {8, 0b11111101, 0, false, 0x38},   {8, 0b11111110, 0, false, 0x39},   {8, 0b11111111, 0, false, 0x66},
    {9, 0b101111100, 22, true, 4511392}, {9, 0b101111101, 23, true, 8705696}, {9, 0b101111110, 24, true, 17094304}};
constexpr unsigned kLongestCode = 9;

// By the next nine bits; null where they mean nothing.
const std::array<const Token*, 1 << kLongestCode>& token_table() {
  static const auto table = [] {
    std::array<const Token*, 1 << kLongestCode> out{};
    for (const Token& token : kTokens) {
      const unsigned free = kLongestCode - token.length;
      for (unsigned i = 0; i < 1u << free; ++i) out[token.code << free | i] = &token;
    }
    return out;
  }();
  return table;
}

Error no_stream() { return {ErrorKind::corrupt, "compressed graphics that cannot be"}; }

}  // namespace

// From the highest bit of each byte on. Beyond the end they are 0, and `over()`.
class BulkDecoder::Bits {
 public:
  Bits(std::span<const std::byte> bytes, std::size_t bits) : bytes_(bytes), end_(bits) {}

  std::uint32_t peek(unsigned count) const {
    std::uint64_t window = 0;
    for (std::size_t i = at_ / 8; i < at_ / 8 + 8; ++i) window = window << 8 | (i < bytes_.size() ? std::to_integer<std::uint64_t>(bytes_[i]) : 0);
    return count == 0 ? 0 : static_cast<std::uint32_t>(window << (at_ % 8) >> (64 - count));
  }
  std::uint32_t take(unsigned count) {
    const std::uint32_t value = peek(count);
    at_ += count;
    return value;
  }
  // From the next whole byte on; empty where there are not so many.
  std::span<const std::byte> take_bytes(std::size_t count) {
    at_ = (at_ + 7) / 8 * 8;
    if (at_ + 8 * count > end_) return {};
    const auto out = bytes_.subspan(at_ / 8, count);
    at_ += 8 * count;
    return out;
  }
  bool more() const { return at_ < end_; }
  bool over() const { return at_ > end_; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0, end_;
};

void BulkDecoder::remember(std::span<const std::byte> bytes) {
  if (history_.empty()) history_.resize(kHistory);
  bytes = bytes.last(std::min(bytes.size(), kHistory));
  const auto first = bytes.first(std::min(bytes.size(), kHistory - at_)), rest = bytes.subspan(first.size());
  std::ranges::copy(first, history_.begin() + static_cast<std::ptrdiff_t>(at_));
  std::ranges::copy(rest, history_.begin());
  at_ = (at_ + bytes.size()) % kHistory;
}

bool BulkDecoder::add_literal(std::byte value, std::size_t most) {
  if (out_.size() >= most) return false;
  out_.push_back(value);
  history_[at_] = value;
  at_ = at_ + 1 == kHistory ? 0 : at_ + 1;
  return true;
}

bool BulkDecoder::add_match(std::size_t distance, std::size_t count, std::size_t most) {
  if (distance > kHistory || count > most - out_.size()) return false;
  // What it copies may be what it has just written.
  std::size_t from = (at_ + kHistory - distance) % kHistory;
  for (; count > 0; --count) {
    add_literal(history_[from], most);
    from = from + 1 == kHistory ? 0 : from + 1;
  }
  return true;
}

bool BulkDecoder::decode_segment(Bits& bits, std::size_t most) {
  while (bits.more()) {
    const Token* const token = token_table()[bits.peek(kLongestCode)];
    if (!token) return false;
    bits.take(token->length);
    const std::uint32_t value = token->base + bits.take(token->extra);
    if (bits.over()) return false;
    if (!token->match) {
      if (!add_literal(static_cast<std::byte>(value), most)) return false;
    } else if (value > 0) {
      std::size_t count = 3;
      if (bits.take(1) == 1) {
        unsigned extra = 2;
        for (count = 4; bits.take(1) == 1; ++extra, count *= 2) {
          if (count > kLongestSegment) return false;
        }
        count += bits.take(extra);
      }
      if (bits.over() || !add_match(value, count, most)) return false;
    } else {
      const std::size_t count = bits.take(15);
      const auto plain = bits.take_bytes(count);
      if (plain.size() != count || count > most - out_.size()) return false;
      out_.insert(out_.end(), plain.begin(), plain.end());
      remember(plain);
    }
  }
  return true;
}

Result<void> BulkDecoder::add_segment(std::span<const std::byte> segment, std::size_t most) {
  if (segment.size() < 2) return no_stream();
  const bool compressed = (std::to_integer<unsigned>(segment[0]) & kCompressed) != 0;
  const auto content = segment.subspan(1);
  most = std::min(most, out_.size() + kLongestSegment);
  if (!compressed) {
    if (content.size() > most - out_.size()) return no_stream();
    out_.insert(out_.end(), content.begin(), content.end());
    remember(content);
    return {};
  }
  // The last byte says how many bits of the one before it are none.
  const std::size_t unused = std::to_integer<std::size_t>(content.back());
  const auto coded = content.first(content.size() - 1);
  if (unused > 7 || unused > 8 * coded.size()) return no_stream();
  if (history_.empty()) history_.resize(kHistory);
  Bits bits(coded, 8 * coded.size() - unused);
  return decode_segment(bits, most) ? Result<void>() : no_stream();
}

Result<std::span<const std::byte>> BulkDecoder::decode(std::span<const std::byte> message, std::size_t longest) {
  constexpr std::size_t kMultipartHeader = 7, kSegmentHeader = 4;
  out_.clear();
  if (message.empty()) return no_stream();
  const unsigned kind = std::to_integer<unsigned>(message[0]);
  if (kind == kSingle) {
    TRY(add_segment(message.subspan(1), longest));
    return std::span<const std::byte>(out_);
  }
  if (kind != kMultipart || message.size() < kMultipartHeader) return no_stream();
  const std::size_t segments = number(message, 1, 2), length = number(message, 3, 4);
  if (length > longest) return Error{ErrorKind::corrupt, "graphics of " + std::to_string(length) + " bytes in one message"};
  auto rest = message.subspan(kMultipartHeader);
  for (std::size_t i = 0; i < segments; ++i) {
    if (rest.size() < kSegmentHeader || number(rest, 0, 4) > rest.size() - kSegmentHeader) return no_stream();
    const std::size_t size = number(rest, 0, 4);
    TRY(add_segment(rest.subspan(kSegmentHeader, size), length));
    rest = rest.subspan(kSegmentHeader + size);
  }
  if (out_.size() != length) return no_stream();
  return std::span<const std::byte>(out_);
}

}  // namespace frostgate::relay::rdp
