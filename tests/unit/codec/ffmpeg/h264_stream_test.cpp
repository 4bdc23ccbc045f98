#include "codec/h264_stream.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <set>

using namespace frostgate;
using codec::H264Stream;

namespace {

// The types of the NAL units (ITU-T H.264, 7.4.1) behind each start code.
std::set<int> units_of(std::span<const std::byte> stream) {
  std::set<int> out;
  for (std::size_t i = 0; i + 3 < stream.size(); ++i) {
    if (stream[i] == std::byte{0} && stream[i + 1] == std::byte{0} && stream[i + 2] == std::byte{1})
      out.insert(static_cast<int>(stream[i + 3]) & 0x1f);
  }
  return out;
}

constexpr int kSlice = 1, kIdrSlice = 5, kSequence = 7, kPicture = 8;

}  // namespace

TEST_CASE("a stream begins with its parameter sets and an IDR picture, and goes on with differences alone") {
  auto opened = H264Stream::open({320, 240});
  REQUIRE(opened);
  H264Stream& stream = *opened.value();
  const H264Stream::Planes picture = stream.picture();
  for (int y = 0; y < 240; ++y)
    for (int x = 0; x < 320; ++x) picture.data[0][y * picture.stride[0] + x] = static_cast<std::uint8_t>(x * y);
  const auto first = stream.encode();
  REQUIRE(first);
  const std::size_t whole = first.value().size();
  const std::set<int> units = units_of(first.value());
  CHECK((units.contains(kSequence) && units.contains(kPicture) && units.contains(kIdrSlice)));

  // The picture is still there, and what does not change costs next to nothing.
  const auto same = stream.encode();
  REQUIRE(same);
  CHECK(same.value().size() < whole / 20);
  CHECK(units_of(same.value()) == std::set<int>{kSlice});
  std::memset(stream.picture().data[0] + 100, 255, 16);
  const auto changed = stream.encode();
  REQUIRE(changed);
  CHECK_FALSE(units_of(changed.value()).contains(kIdrSlice));
}

TEST_CASE("a stream of odd sides or of no size is refused") {
  for (const Size size : {Size{321, 240}, Size{320, 241}, Size{0, 0}, Size{-2, 240}})
    CHECK(H264Stream::open(size).error().kind == ErrorKind::unsupported);
}
