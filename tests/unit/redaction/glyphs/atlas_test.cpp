#include <catch2/catch.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "redaction/glyphs/glyph_atlas.h"

namespace frostgate::redaction {
namespace {

using Standing = GlyphAtlas::Standing;

// The n-th of many glyphs that are not alike.
Glyph glyph(unsigned n) {
  std::mt19937 random(n);
  Glyph out{3 + static_cast<int>(n % 3), 7, static_cast<int>(n % 4) - 1, {}};
  for (int i = 0; i < out.width * out.height; ++i) out.levels.push_back(static_cast<std::uint8_t>(random() % 2 * kFullInk));
  return out;
}

const Label kA(U"A"), kB(U"B");

// `votes` votes for the label, of two lines.
void teach(GlyphAtlas& atlas, const Glyph& what, const Label& label, int votes = 6) {
  static std::uint64_t line = 0;
  line += 2;
  for (int i = 0; i < votes; ++i) atlas.vote(what, label, line + static_cast<std::uint64_t>(i % 2));
}

GlyphAtlas learned(const std::vector<unsigned>& order) {
  GlyphAtlas atlas;
  for (const unsigned n : order) teach(atlas, glyph(n), Label(std::u32string(1, static_cast<char32_t>(U'a' + n))));
  atlas.note_pitch(8);
  atlas.note_pitch(8);
  atlas.note_pitch(8);
  return atlas;
}

// The checksum of FORMAT.md, put where it belongs.
void seal(std::vector<std::byte>& bytes) {
  std::uint64_t sum = 14695981039346656037u;
  for (std::size_t i = 0; i + 8 < bytes.size(); ++i) {
    sum = (sum ^ std::to_integer<std::uint64_t>(bytes[i])) * 1099511628211u;
    sum ^= sum >> 32;
  }
  for (std::size_t i = 0; i < 8; ++i) bytes[bytes.size() - 8 + i] = static_cast<std::byte>(sum >> (8 * i) & 255);
}

}  // namespace

TEST_CASE("a glyph is known by several votes of two lines, not by many of one") {
  GlyphAtlas atlas;
  for (int i = 0; i < 10; ++i) atlas.vote(glyph(1), kA, 1);
  CHECK(atlas.find(glyph(1)).standing == Standing::unknown);
  atlas.vote(glyph(1), kA, 2);
  REQUIRE(atlas.find(glyph(1)).standing == Standing::known);
  CHECK(atlas.find(glyph(1)).match.label == kA);
  CHECK(atlas.find(glyph(2)).standing == Standing::unknown);
}

TEST_CASE("a glyph whose votes disagree is quarantined, and comes back when they agree") {
  GlyphAtlas atlas;
  teach(atlas, glyph(1), kA, 12);
  teach(atlas, glyph(1), kB, 8);
  CHECK(atlas.find(glyph(1)).standing == Standing::quarantined);
  for (int i = 0; i < 20; ++i) teach(atlas, glyph(1), kA, 6);
  REQUIRE(atlas.find(glyph(1)).standing == Standing::known);
  CHECK(atlas.find(glyph(1)).match.label == kA);
}

TEST_CASE("a wrong label is outvoted however long it was believed") {
  GlyphAtlas atlas;
  for (int i = 0; i < 500; ++i) teach(atlas, glyph(1), kB, 6);
  for (int i = 0; i < 40; ++i) teach(atlas, glyph(1), kA, 6);
  REQUIRE(atlas.find(glyph(1)).standing == Standing::known);
  CHECK(atlas.find(glyph(1)).match.label == kA);
}

TEST_CASE("votes for characters that OCR takes for each other are no disagreement") {
  GlyphAtlas atlas;
  teach(atlas, glyph(1), Label(U"0"), 7);
  teach(atlas, glyph(1), Label(U"O"), 6);
  REQUIRE(atlas.find(glyph(1)).standing == Standing::known);
  CHECK(atlas.find(glyph(1)).match.label == Label(U"0"));
}

TEST_CASE("another colour's rounding does not make another glyph, another pixel does") {
  GlyphAtlas atlas;
  teach(atlas, glyph(1), kA);
  Glyph rounded = glyph(1), other = glyph(1);
  for (std::uint8_t& level : rounded.levels) level = level == 0 ? 1 : static_cast<std::uint8_t>(level - 1);
  other.levels[5] = other.levels[5] == 0 ? kFullInk : 0;
  CHECK(atlas.find(rounded).standing == Standing::known);
  CHECK(atlas.find(other).standing == Standing::unknown);
  Glyph higher = glyph(1);
  ++higher.rise;
  CHECK(atlas.find(higher).standing == Standing::unknown);
}

TEST_CASE("a picture that a codec has disturbed a little is the nearest known one, unless two that are near say otherwise") {
  std::mt19937 random(3);
  const auto disturbed = [&](Glyph picture) {
    for (std::uint8_t& level : picture.levels) {
      const int noise = static_cast<int>(random() % 3);
      level = static_cast<std::uint8_t>(level > kFullInk / 2 ? level - noise : level + noise);
    }
    return picture;
  };
  GlyphAtlas atlas;
  for (unsigned n = 1; n <= 20; ++n) teach(atlas, glyph(n), Label(std::u32string(1, static_cast<char32_t>(U'a' + n))));
  for (unsigned n = 1; n <= 20; ++n) {
    const GlyphAtlas::Answer answer = atlas.find(disturbed(glyph(n)));
    REQUIRE(answer.standing == Standing::known);
    CHECK(answer.match.label == Label(std::u32string(1, static_cast<char32_t>(U'a' + n))));
  }
  // A column of faint ink that a codec left beside it.
  Glyph wider = glyph(1);
  wider.levels.clear();
  for (int y = 0; y < wider.height; ++y) {
    for (int x = 0; x < wider.width; ++x) wider.levels.push_back(glyph(1).levels[static_cast<std::size_t>(y * wider.width + x)]);
    wider.levels.push_back(1);
  }
  ++wider.width;
  CHECK(atlas.find(wider).standing == Standing::known);

  // Two pictures that say different things, and a third of which the pixel that tells them apart is half-way.
  Glyph one = glyph(30), other = one, between = one;
  one.levels[10] = 0, between.levels[10] = 3, other.levels[10] = 6;
  GlyphAtlas torn;
  teach(torn, one, kA);
  teach(torn, other, kB);
  REQUIRE(torn.find(one).match.label == kA);
  REQUIRE(torn.find(other).match.label == kB);
  CHECK(torn.find(between).standing == Standing::unknown);
}

TEST_CASE("an atlas that was saved and loaded knows what it knew") {
  const GlyphAtlas atlas = learned({1, 2, 3, 4, 5});
  const std::vector<std::byte> bytes = atlas.save();
  const auto loaded = GlyphAtlas::load(bytes);
  REQUIRE(loaded);
  CHECK(loaded.value().size() == 5);
  for (unsigned n = 1; n <= 5; ++n) CHECK(loaded.value().find(glyph(n)).match.label == atlas.find(glyph(n)).match.label);
  CHECK(loaded.value().pitches() == std::vector<int>{8});
  CHECK(loaded.value().save() == bytes);
}

TEST_CASE("a saved atlas does not tell in which order it was learned") {
  CHECK(learned({1, 2, 3, 4, 5}).save() == learned({5, 3, 1, 2, 4}).save());
}

TEST_CASE("only what many votes agreed on is saved") {
  GlyphAtlas atlas = learned({1});
  teach(atlas, glyph(2), kA, 2);
  teach(atlas, glyph(3), kA, 6);
  teach(atlas, glyph(3), kB, 6);
  for (int i = 0; i < 9; ++i) atlas.vote(glyph(4), kA, 1'000'000);
  CHECK(atlas.save() == learned({1}).save());
}

TEST_CASE("an atlas that is cut, changed or no atlas is refused") {
  const std::vector<std::byte> bytes = learned({1, 2, 3}).save();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO(size);
    REQUIRE_FALSE(GlyphAtlas::load(std::span(bytes).first(size)));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const unsigned flip : {1u, 128u, 255u}) {
      INFO(i << " " << flip);
      std::vector<std::byte> changed = bytes;
      changed[i] ^= static_cast<std::byte>(flip);
      REQUIRE_FALSE(GlyphAtlas::load(changed));
    }
  }
  std::vector<std::byte> longer = bytes;
  longer.insert(longer.end() - 8, std::byte{0});
  seal(longer);
  CHECK_FALSE(GlyphAtlas::load(longer));
}

TEST_CASE("a forged atlas is refused or is one that could have been saved") {
  const std::vector<std::byte> bytes = learned({1, 2, 3}).save();
  std::mt19937 random(3);
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<std::byte> forged = bytes;
    for (unsigned k = 0; k <= random() % 3; ++k) forged[random() % forged.size()] = static_cast<std::byte>(random() % 256);
    if (random() % 4 == 0) forged.resize(8 + random() % forged.size());
    seal(forged);
    const auto loaded = GlyphAtlas::load(forged);
    if (!loaded) continue;
    ++accepted;
    REQUIRE(loaded.value().save() == forged);
  }
  CHECK(accepted > 0);
}

TEST_CASE("an atlas is bounded and goes on learning when it is full of glyphs seen once") {
  GlyphAtlas atlas;
  teach(atlas, glyph(1), kA);
  for (unsigned n = 0; n < 70'000; ++n) {
    Glyph noise{17 + static_cast<int>(n % 40), 2 + static_cast<int>(n / 40 % 40), 0, {}};
    noise.levels.assign(static_cast<std::size_t>(noise.width) * noise.height, 0);
    for (unsigned bit = 0; bit < 17; ++bit) noise.levels[noise.levels.size() - 1 - bit] = n >> bit & 1 ? kFullInk : 0;
    atlas.vote(noise, kB, n + 10);
  }
  CHECK(atlas.size() <= 32768);
  CHECK(atlas.find(glyph(1)).standing == Standing::known);
  teach(atlas, glyph(2), kB);
  CHECK(atlas.find(glyph(2)).standing == Standing::known);
}

}  // namespace frostgate::redaction
