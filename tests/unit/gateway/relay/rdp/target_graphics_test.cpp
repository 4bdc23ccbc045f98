#include "gateway/relay/rdp/target_graphics.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "codec/h264_stream.h"
#include "gateway/relay/rdp/little_endian.h"
#include "gateway/relay/rdp/paste.h"
#include "gateway/relay/rdp/planar_encoder.h"
#include "tests/unit/gateway/relay/rdp/runs_of_colours.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

using Bytes = std::vector<std::byte>;
constexpr Size kScreen{320, 200};

struct Field {
  std::uint64_t value;
  std::size_t size;
};
Field field16(std::uint64_t value) { return {value, 2}; }
Field field32(std::uint64_t value) { return {value, 4}; }
Field field8(std::uint64_t value) { return {value, 1}; }

Bytes order(std::uint32_t command, std::initializer_list<Field> fields, std::span<const std::byte> data = {}) {
  Bytes content;
  for (const Field& field : fields) append(content, static_cast<std::uint32_t>(field.value), field.size);
  content.insert(content.end(), data.begin(), data.end());
  Bytes out;
  append(out, command, 4), append(out, static_cast<std::uint32_t>(content.size() + 8), 4);
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes create(unsigned surface, Size size) { return order(9, {field16(surface), field16(size.width), field16(size.height), field8(0x20)}); }
Bytes map(unsigned surface, Point place = {}) { return order(0xF, {field16(surface), field16(0), field32(place.x), field32(place.y)}); }
Bytes reset(std::uint32_t width, std::uint32_t height) { return order(0xE, {field32(width), field32(height), field32(0)}); }
Bytes start(unsigned frame) { return order(0xB, {field32(0), field32(frame)}); }
Bytes end(unsigned frame) { return order(0xC, {field32(frame)}); }
Bytes picture(unsigned surface, unsigned codec, const Rect& rect, std::span<const std::byte> data) {
  return order(1, {field16(surface), field16(codec), field8(0x20), field16(rect.x), field16(rect.y), field16(rect.right()), field16(rect.bottom()), field32(data.size())}, data);
}
std::span<const std::byte> raw(const Frame& frame) { return {reinterpret_cast<const std::byte*>(frame.row(0)), static_cast<std::size_t>(frame.size().area()) * 4}; }

// A target on the other end of the channel, and the screen that is made of what it says.
class Pipeline {
 public:
  explicit Pipeline(bool with_video = false) : graphics(kScreen, with_video, {[this](Size size) { return resize(size); }, [this](FrameView view, const Rect& to) { paint(view, to); },
                                                                              [this] { ++frames; }, [this] { ++told_lossy; }}) {
    REQUIRE(graphics.opened([this](std::span<const std::byte> message) { return sent.emplace_back(message.begin(), message.end()), true; }));
  }

  // Orders, in one message.
  Result<void> say(std::initializer_list<Bytes> orders) {
    Bytes all;
    for (const Bytes& one : orders) all.insert(all.end(), one.begin(), one.end());
    Bytes message{std::byte{0xE1}};
    append(message, static_cast<std::uint32_t>((all.size() + 59'999) / 60'000), 2), append(message, static_cast<std::uint32_t>(all.size()), 4);
    for (std::size_t at = 0; at < all.size(); at += 60'000) {
      const std::size_t size = std::min<std::size_t>(60'000, all.size() - at);
      append(message, static_cast<std::uint32_t>(size + 1), 4), append(message, 4, 1);
      message.insert(message.end(), all.begin() + static_cast<std::ptrdiff_t>(at), all.begin() + static_cast<std::ptrdiff_t>(at + size));
    }
    return graphics.receive(message);
  }
  std::string refusal(std::initializer_list<Bytes> orders) {
    const auto outcome = say(orders);
    return outcome ? "" : outcome.error().message;
  }

  Frame screen{kScreen};
  int frames = 0, told_lossy = 0;
  std::vector<Bytes> sent;
  TargetGraphics graphics;

 private:
  Result<void> resize(Size size) {
    screen = Frame(size);
    return {};
  }
  void paint(FrameView view, const Rect& to) {
    const Rect seen = to.intersected(Rect::of(screen.size()));
    if (!seen.empty()) paste(view.part({seen.x - to.x, seen.y - to.y, seen.width, seen.height}), screen, {seen.x, seen.y});
  }
};

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a target is told of graphics without AVC, and of AVC420 alone where it wants that; it may agree to nothing else") {
  const auto confirm = [](std::uint32_t version, std::uint32_t flags) { return order(0x13, {field32(version), field32(4), field32(flags)}); };
  Pipeline exact, video(true);
  REQUIRE(exact.sent.size() == 1);
  CHECK(exact.sent[0] == order(0x12, {field16(2), field32(0x80004), field32(4), field32(2), field32(0x80105), field32(4), field32(2)}));
  CHECK(video.sent[0] == order(0x12, {field16(1), field32(0x80105), field32(4), field32(0x12)}));
  CHECK_FALSE(exact.graphics.agreed());
  CHECK_FALSE(exact.say({confirm(0xA0600, 0)}));
  CHECK_FALSE(exact.say({confirm(0x80105, 0x10)}));
  CHECK_FALSE(video.say({confirm(0x80004, 0)}));
  CHECK_FALSE(exact.graphics.agreed());
  CHECK(exact.say({confirm(0x80004, 2)}));
  CHECK(video.say({confirm(0x80105, 0x12)}));
  CHECK(exact.graphics.agreed());
  CHECK(video.graphics.agreed());
}

TEST_CASE("what a target paints exactly is on the screen exactly, a frame at a time, and is acknowledged") {
  Pipeline to;
  const Frame wallpaper = runs_of_colours(kScreen, 4), window = runs_of_colours({100, 60}, 9);
  PlanarEncoder encoder;
  const auto planar = encoder.encode(window.view(), PlanarEncoder::Rows::from_top);
  REQUIRE(to.say({create(3, kScreen), map(3), start(77), picture(3, 0, Rect::of(kScreen), raw(wallpaper))}));
  CHECK(to.frames == 0);  // its frame goes on
  REQUIRE(to.say({picture(3, 10, {40, 30, 100, 60}, std::as_bytes(planar)), end(77)}));
  CHECK(to.frames == 1);
  Frame wanted = wallpaper;
  paste(window.view(), wanted, {40, 30});
  CHECK(same_pixels(to.screen.view(), wanted.view(), Rect::of(kScreen)));
  CHECK(to.sent.back() == order(0xD, {field32(0), field32(77), field32(1)}));

  // Filled, moved onto itself, kept, and pasted from the cache.
  REQUIRE(to.say({start(78), order(4, {field16(3), field32(0x00123456), field16(2), field16(0), field16(0), field16(10), field16(10), field16(300), field16(190), field16(320), field16(200)}),
                  order(5, {field16(3), field16(3), field16(40), field16(30), field16(140), field16(90), field16(1), field16(45), field16(35)}),
                  order(6, {field16(3), field32(0), field32(0), field16(9), field16(0), field16(0), field16(20), field16(20)}),
                  order(7, {field16(9), field16(3), field16(2), field16(200), field16(100), field16(300), field16(0)}), end(78)}));
  for (const Rect& filled : {Rect{0, 0, 10, 10}, Rect{300, 190, 20, 10}})
    for (int y = filled.y; y < filled.bottom(); ++y)
      for (int x = filled.x; x < filled.right(); ++x) std::memcpy(wanted.row(y) + x * 4, "\x56\x34\x12", 3);
  paste(Frame::copy_of(wanted.view().part({40, 30, 100, 60})).view(), wanted, {45, 35});
  const Frame kept = Frame::copy_of(wanted.view().part({0, 0, 20, 20}));
  for (const Point& place : {Point{200, 100}, Point{300, 0}}) paste(kept.view(), wanted, place);
  CHECK(same_pixels(to.screen.view(), wanted.view(), Rect::of(kScreen)));
  CHECK(to.sent.back() == order(0xD, {field32(0), field32(78), field32(2)}));
  CHECK(to.told_lossy == 0);
}

TEST_CASE("a target may have another screen, and surfaces that show only a part of it, or nothing") {
  Pipeline to;
  REQUIRE(to.say({reset(400, 300), create(1, {200, 300}), create(2, {250, 300}), map(1), map(2, {200, 0}), create(5, {10, 10})}));
  CHECK(to.screen.size() == Size{400, 300});
  const auto fill = [](unsigned surface, std::uint32_t colour, Size size) { return order(4, {field16(surface), field32(colour), field16(1), field16(0), field16(0), field16(size.width), field16(size.height)}); };
  REQUIRE(to.say({start(1), fill(1, 0x111111, {200, 300}), fill(2, 0x222222, {250, 300}), fill(5, 0x333333, {10, 10}), end(1)}));
  const auto colour = [&](int x, int y) { return static_cast<int>(to.screen.row(y)[x * 4]); };
  CHECK(colour(0, 0) == 0x11);
  CHECK(colour(199, 299) == 0x11);
  CHECK(colour(200, 0) == 0x22);
  CHECK(colour(399, 299) == 0x22);
  // What was painted before it was shown is seen then.
  REQUIRE(to.say({map(5, {395, 295}), start(2), end(2)}));
  CHECK(colour(394, 294) == 0x22);
  CHECK(colour(399, 299) == 0x33);
  REQUIRE(to.say({order(0xA, {field16(1)}), order(8, {field16(12)}), order(3, {field16(1), field32(0)})}));
  CHECK(contains(to.refusal({fill(1, 0, {1, 1})}), "the surface 1, which there is not"));
}

TEST_CASE("AVC420 is shown where a target was told that it may send it, and is known to be lossy") {
  const Size size{320, 192};
  auto stream = codec::H264Stream::open(size);
  REQUIRE(stream);
  Pipeline to(true), without;
  for (Pipeline* one : {&to, &without}) REQUIRE(one->say({create(1, kScreen), map(1)}));
  const auto planes = stream.value()->picture();
  for (const int luma : {60, 200}) {
    for (int y = 0; y < size.height; ++y) std::memset(planes.data[0] + y * planes.stride[0], luma, static_cast<std::size_t>(size.width));
    const auto coded = stream.value()->encode();
    REQUIRE(coded);
    Bytes data;
    append(data, 1, 4);
    for (const int side : {16, 8, 304, 192}) append(data, static_cast<std::uint32_t>(side), 2);
    append(data, 0x6417, 2);
    const auto bytes = Result<std::span<const std::byte>>(coded).value();
    data.insert(data.end(), bytes.begin(), bytes.end());
    REQUIRE(to.say({start(1), picture(1, 11, Rect::of(kScreen), data), end(1)}));
    CHECK(std::abs(to.screen.row(100)[160 * 4] - luma) <= 3);
    CHECK(std::abs(to.screen.row(191)[303 * 4 + 2] - luma) <= 3);
    for (const Point& outside : {Point{15, 100}, Point{160, 7}, Point{304, 100}, Point{160, 192}}) CHECK(to.screen.row(outside.y)[outside.x * 4] == 0);
    CHECK(contains(without.refusal({picture(1, 11, Rect::of(kScreen), data)}), "the graphics codec 11"));
    // It says that it shows more than there is of it.
    Bytes lying = data;
    overwrite(lying, 4 + 6, 200, 2);
    CHECK(contains(to.refusal({picture(1, 11, Rect::of(kScreen), lying)}), "AVC picture"));
  }
  CHECK(to.told_lossy == 1);
  CHECK(without.told_lossy == 0);
  Bytes nonsense(200, std::byte{0x5A});
  overwrite(nonsense, 0, 1, 4);
  CHECK_FALSE(to.say({picture(1, 11, Rect::of(kScreen), nonsense)}));
  overwrite(nonsense, 0, 0xFFFFFFFF, 4);
  CHECK(contains(to.refusal({picture(1, 11, Rect::of(kScreen), nonsense)}), "AVC picture"));
}

TEST_CASE("a surface, a picture, a cache that cannot be is refused before there is room for it") {
  const Frame small({8, 8});
  const auto refusal = [&](std::initializer_list<Bytes> orders) {
    Pipeline to;
    REQUIRE(to.say({create(1, kScreen), map(1)}));
    return to.refusal(orders);
  };
  CHECK(contains(refusal({create(2, {65535, 65535})}), "a surface of 65535x65535 pixels for a screen of 320x200"));
  CHECK(contains(refusal({create(2, {0, 10})}), "a surface of 0x10"));
  CHECK(contains(refusal({create(2, {1000, 1000}), create(3, {1000, 1000})}), "a surface of 1000x1000"));
  CHECK(contains(refusal({reset(0xFFFFFFFF, 1)}), "a screen of 4294967295x1"));
  CHECK(contains(refusal({picture(1, 0, {316, 0, 8, 8}, raw(small))}), "a picture of 8x8 pixels outside its surface of 320x200"));
  CHECK(contains(refusal({picture(1, 0, {0, 0, 8, 9}, raw(small))}), "not as long as its pixels"));
  CHECK(contains(refusal({picture(7, 0, {0, 0, 8, 8}, raw(small))}), "the surface 7"));
  CHECK(contains(refusal({picture(1, 10, {0, 0, 320, 200}, raw(small).first(2))}), "planar"));
  for (const unsigned codec : {3u, 8u, 9u, 14u, 15u, 65535u}) CHECK(contains(refusal({picture(1, codec, {0, 0, 8, 8}, raw(small))}), "the graphics codec"));
  CHECK(contains(refusal({order(1, {field16(1), field16(0), field8(0x20), field16(0), field16(0), field16(8), field16(8), field32(0xFFFFFFFF)})}), "that is cut"));
  CHECK(contains(refusal({order(2, {field16(1), field16(9), field32(0), field8(0x20), field32(0xFFFFFFFF)})}), "that is cut"));
  CHECK(contains(refusal({order(4, {field16(1), field32(0), field16(65535)})}), "that is cut"));
  CHECK(contains(refusal({order(4, {field16(1), field32(0), field16(1), field16(10), field16(10), field16(321), field16(20)})}), "outside its surface"));
  CHECK(contains(refusal({order(5, {field16(1), field16(1), field16(0), field16(0), field16(8), field16(8), field16(1), field16(65535), field16(0)})}), "outside its surface"));
  CHECK(contains(refusal({order(5, {field16(1), field16(1), field16(9), field16(0), field16(8), field16(8), field16(1), field16(0), field16(0)})}), "outside its surface"));
  const auto keep = [](unsigned slot) { return order(6, {field16(1), field32(0), field32(0), field16(slot), field16(0), field16(0), field16(320), field16(200)}); };
  CHECK(contains(refusal({keep(0)}), "a slot 0"));
  CHECK(contains(refusal({keep(4097)}), "a slot 4097"));
  CHECK(contains(refusal({order(7, {field16(5), field16(1), field16(1), field16(0), field16(0)})}), "slot 5, which is empty"));
  Pipeline hoarder;
  REQUIRE(hoarder.say({create(1, kScreen), map(1)}));
  for (unsigned turn = 0; turn < 500; ++turn) REQUIRE(hoarder.say({keep(1 + turn % 60)}));  // 15 MB, again and again
  std::string said;
  for (unsigned slot = 100; slot < 110 && said.empty(); ++slot) said = hoarder.refusal({keep(slot)});
  CHECK(contains(said, "more pictures in the cache"));
  CHECK(contains(refusal({order(0x15, {})}), "a graphics order of the kind 21"));
  Bytes cut = create(2, {8, 8});
  overwrite(cut, 4, 7, 4);
  CHECK(contains(refusal({cut}), "an impossible length"));
  overwrite(cut, 4, 4000, 4);
  CHECK(contains(refusal({cut}), "an impossible length"));
  Bytes places;
  for (int i = 0; i < 20'000; ++i) append(places, 0, 4);
  CHECK(contains(refusal({order(5, {field16(1), field16(1), field16(0), field16(0), field16(320), field16(200), field16(20'000)}, places)}), "at 20000 places"));
}

TEST_CASE("whatever orders a target makes of chance, nothing is painted outside") {
  std::minstd_rand random(21);
  for (int turn = 0; turn < 300; ++turn) {
    Pipeline to(turn % 2 == 0);
    bool goes_on = bool(to.say({create(1, kScreen), map(1), create(2, {50, 50}), map(2, {300, 190})}));
    for (int i = 0; i < 40 && goes_on; ++i) {
      Bytes content(random() % 60);
      for (std::byte& one : content) one = static_cast<std::byte>(random() % (i % 3 == 0 ? 256 : 4));
      goes_on = bool(to.say({order(1 + random() % 0x14, {}, content)}));
    }
  }
}
