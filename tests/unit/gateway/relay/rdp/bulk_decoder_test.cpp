#include "gateway/relay/rdp/bulk_decoder.h"

#include <freerdp/codec/zgfx.h>

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/bytes_of.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

constexpr std::size_t kLongest = 1 << 20;
using Bytes = std::vector<std::byte>;

// A compressed segment, token by token (MS-RDPEGFX 3.1.9.1.2), and what it stands for.
class Segment {
 public:
  explicit Segment(std::string before = "") : all_(std::move(before)), begun_(all_.size()) {}

  void literal(unsigned char value) {
    if (value == 4) put(0b1101110, 7);  // one that has a shorter code
    else put(0, 1), put(value, 8);
    all_ += static_cast<char>(value);
  }
  void match(unsigned distance, unsigned count) {  // up to 159 back
    if (distance < 32) put(0b10001, 5), put(distance, 5);
    else put(0b10010, 5), put(distance - 32, 7);
    unsigned extra = 2, base = 4;
    if (count == 3) put(0, 1);
    else {
      put(1, 1);
      for (; count >= 2 * base; base *= 2, ++extra) put(1, 1);
      put(0, 1), put(count - base, extra);
    }
    for (unsigned i = 0; i < count; ++i) all_ += all_[all_.size() - distance];
  }
  void plain(const std::string& bytes) {
    put(0b10001, 5), put(0, 5), put(static_cast<unsigned>(bytes.size()), 15);
    while (bits_.size() % 8 != 0) bits_.push_back(false);
    for (const char c : bytes) put(static_cast<unsigned char>(c), 8);
    all_ += bytes;
  }
  // In a message of its own.
  Bytes message() const {
    std::string out("\xE0\x24");
    for (std::size_t i = 0; i < bits_.size(); i += 8) {
      unsigned byte = 0;
      for (std::size_t bit = i; bit < i + 8; ++bit) byte = byte << 1 | (bit < bits_.size() && bits_[bit] ? 1 : 0);
      out += static_cast<char>(byte);
    }
    return bytes_of(out + static_cast<char>((8 - bits_.size() % 8) % 8));
  }
  std::string meaning() const { return all_.substr(begun_); }
  std::string all() const { return all_; }

 private:
  void put(unsigned value, unsigned count) {
    while (count-- > 0) bits_.push_back((value >> count & 1) != 0);
  }
  std::string all_;
  std::size_t begun_;
  std::vector<bool> bits_;
};

std::string text_of(const Result<std::span<const std::byte>>& decoded) {
  REQUIRE(decoded);
  const auto bytes = Result<std::span<const std::byte>>(decoded).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool refuses(const Bytes& message, std::size_t longest = kLongest) {
  const auto outcome = BulkDecoder().decode(message, longest);
  return !outcome && outcome.error().kind == ErrorKind::corrupt;
}

}  // namespace

TEST_CASE("what compressed graphics stand for is what libfreerdp reads in them, over messages that refer to earlier ones") {
  std::minstd_rand random(7);
  BulkDecoder ours;
  ZGFX_CONTEXT* const theirs = zgfx_context_new(FALSE);
  std::string before;
  for (int message = 0; message < 60; ++message) {
    Segment segment(before);
    for (int i = 0; i < 200; ++i) {
      const unsigned kind = random() % 10;
      if (kind < 6 || segment.all().size() < 160) segment.literal(static_cast<unsigned char>(random() % 7));
      else if (kind < 9) segment.match(1 + random() % 159, 3 + random() % 40);
      else segment.plain(std::string(random() % 20, static_cast<char>(random())));
    }
    const Bytes bytes = segment.message();
    const std::string read = text_of(ours.decode(bytes, kLongest));
    CHECK(read == segment.meaning());
    BYTE* out = nullptr;
    UINT32 size = 0;
    REQUIRE(zgfx_decompress(theirs, reinterpret_cast<const BYTE*>(bytes.data()), static_cast<UINT32>(bytes.size()), &out, &size, 0) >= 0);
    CHECK(read == std::string(reinterpret_cast<char*>(out), size));
    std::free(out);
    before = segment.all();
  }
  zgfx_context_free(theirs);
}

TEST_CASE("graphics come in several segments, compressed or not") {
  const std::string message = std::string("\xE1\x02\x00\x05\x00\x00\x00", 7) + std::string("\x04\0\0\0\x04" "abc", 8) + std::string("\x03\0\0\0\x04" "de", 7);
  CHECK(text_of(BulkDecoder().decode(bytes_of(message), kLongest)) == "abcde");
  // A later message refers to what was not compressed too.
  BulkDecoder decoder;
  CHECK(text_of(decoder.decode(bytes_of("\xE0\x04" "abcdef"), kLongest)) == "abcdef");
  Segment again("abcdef");
  again.match(6, 6);
  CHECK(text_of(decoder.decode(again.message(), kLongest)) == "abcdef");
}

TEST_CASE("graphics that announce too much, do not keep their word, or are cut are refused") {
  CHECK(refuses({}));
  CHECK(refuses(bytes_of("\xE2\x04" "abc")));
  CHECK(refuses(bytes_of("\xE0")));
  CHECK(refuses(bytes_of("\xE0\x04")));
  CHECK(refuses(bytes_of("\xE0\x04" "abcd"), 3));
  CHECK(refuses(bytes_of(std::string("\xE1\x01\0\xFF\xFF\xFF\xFF\x04\0\0\0\x04" "abc", 15))));          // 4 GB
  CHECK(refuses(bytes_of(std::string("\xE1\x01\0\x03\0\0\0\xFF\xFF\xFF\xFF\x04" "abc", 15))));          // a segment of as much
  CHECK(refuses(bytes_of(std::string("\xE1\x01\0\x04\0\0\0\x04\0\0\0\x04" "abc", 15))));                // less than it says
  CHECK(refuses(bytes_of(std::string("\xE1\x01\0\x02\0\0\0\x04\0\0\0\x04" "abc", 15))));                // more
  CHECK(refuses(bytes_of("\xE0\x24" + std::string(1, '\x08'))));                                        // bits unused of no byte
  CHECK(refuses(bytes_of(std::string("\xE0\x24\xFF\xFF\x09", 5))));                                       // nine bits unused of a byte
  Segment endless;
  endless.literal('a');
  for (int i = 0; i < 40; ++i) endless.match(1, 2047);  // 80 KiB out of one segment
  CHECK(refuses(endless.message()));
  std::minstd_rand random(3);
  for (int i = 0; i < 20'000; ++i) {
    Bytes noise(2 + random() % 40);
    for (std::byte& one : noise) one = static_cast<std::byte>(random());
    noise[0] = std::byte{0xE0}, noise[1] = std::byte{0x24};
    (void)BulkDecoder().decode(noise, 1000).has_value();
  }
}
