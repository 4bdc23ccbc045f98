#include "gateway/relay/rdp/message_assembly.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

constexpr std::uint32_t kFirstChunk = 1, kLastChunk = 2, kShowProtocol = 0x10;
using Bytes = std::vector<std::byte>;

}  // namespace

TEST_CASE("a message on a channel comes in one chunk or in several") {
  MessageAssembly assembly;
  const Bytes one{std::byte{1}, std::byte{2}}, two{std::byte{3}};
  auto whole = assembly.add(one, kFirstChunk | kLastChunk | kShowProtocol, 2);
  REQUIRE((whole && whole.value()));
  CHECK(*whole.value() == one);
  for (int i = 0; i < 2; ++i) {
    REQUIRE_FALSE(assembly.add(one, kFirstChunk, 3).value());
    REQUIRE_FALSE(assembly.add({}, 0x20, 0).value());  // CHANNEL_FLAG_SUSPEND
    whole = assembly.add(two, kLastChunk, 3);
    REQUIRE((whole && whole.value()));
    CHECK(*whole.value() == Bytes{std::byte{1}, std::byte{2}, std::byte{3}});
  }
  REQUIRE(assembly.add({}, kFirstChunk | kLastChunk, 0).value());
}

TEST_CASE("a message that is too long, contradicts itself or is compressed is cut, before there is room for it") {
  const Bytes two(2);
  const auto is_cut = [&](std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total, bool within = false) {
    MessageAssembly assembly;
    if (within) REQUIRE(assembly.add(two, kFirstChunk, 3));
    const auto outcome = assembly.add(chunk, flags, total);
    return !outcome && outcome.error().kind == ErrorKind::corrupt;
  };
  CHECK(is_cut(two, kFirstChunk, 0xFFFFFFFF));
  CHECK(is_cut(two, kFirstChunk, MessageAssembly::kLongest + 1));
  CHECK_FALSE(is_cut(two, kFirstChunk, MessageAssembly::kLongest));
  CHECK(is_cut(two, 0, 2));
  CHECK(is_cut(two, kLastChunk, 2));
  CHECK(is_cut(two, kFirstChunk | kLastChunk, 1));
  CHECK(is_cut(two, kFirstChunk | kLastChunk, 3));
  CHECK(is_cut(two, kFirstChunk | kLastChunk | 0x200000, 2));
  CHECK(is_cut(two, kLastChunk, 3, true));
  CHECK(is_cut(two, kFirstChunk, 3, true));
  CHECK(is_cut(std::span(two).first(1), kLastChunk, 4, true));
  CHECK(is_cut({}, kLastChunk, 3, true));
}
