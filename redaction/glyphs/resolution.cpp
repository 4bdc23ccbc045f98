#include "redaction/glyphs/resolution.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace frostgate::redaction {
namespace {

constexpr std::u32string_view kLow = U"acemnorsuvwxz";
constexpr std::u32string_view kTall = U"ABCDEFGHIKLMNOPRSTUVWXYZ0123456789bdfhkl";
constexpr std::u32string_view kSameShape = U"cCkKoOpPsSuUvVwWxXzZ";  // in pairs
// These look like no character of the other height.
constexpr std::u32string_view kSurelyLow = U"aemnr";
constexpr std::u32string_view kSurelyTall = U"ABDEFGHLMNRTbdh34679";
constexpr std::u32string_view kQuotes = U"'\"\u2018\u2019\u201C\u201D";

char32_t code_of(const Symbol& symbol) {
  const std::u32string_view text = symbol.answer.match.label.text();
  return symbol.known() && text.size() == 1 ? text.front() : 0;
}

int top_of(const Symbol& symbol) { return symbol.glyph.rise + symbol.glyph.height; }

// The middle one of the heights of those symbols; 0 when there are none.
int usual_top(const Interpretation& line, std::u32string_view codes) {
  std::vector<int> tops;
  for (const Symbol& symbol : line.symbols) {
    const char32_t code = code_of(symbol);
    if (code != 0 && codes.find(code) != std::u32string_view::npos) tops.push_back(top_of(symbol));
  }
  if (tops.empty()) return 0;
  std::ranges::nth_element(tops, tops.begin() + static_cast<std::ptrdiff_t>(tops.size() / 2));
  return tops[tops.size() / 2];
}

// Between an x and a capital: 0 where the line does not tell.
int border_of(const Interpretation& line) {
  const int low = usual_top(line, kSurelyLow), tall = usual_top(line, kSurelyTall);
  if (low > 0 && tall > low) return (low + tall + 1) / 2;
  if (low > 0) return low + std::max(1, low / 6);
  return tall > 0 ? tall - std::max(0, tall / 8) : 0;
}

// Not counting the blurred edge that a point between two rows has.
bool row_has_ink(const Glyph& glyph, int y) {
  const auto row = glyph.levels.begin() + static_cast<std::ptrdiff_t>(y) * glyph.width;
  return std::any_of(row, row + glyph.width, [](std::uint8_t level) { return level > kFullInk / 2; });
}

bool column_has_ink(const Glyph& glyph, int x) {
  for (int y = 0; y < glyph.height; ++y) {
    if (glyph.levels[static_cast<std::size_t>(y) * glyph.width + x] > 0) return true;
  }
  return false;
}

bool in_two_columns(const Glyph& glyph) {
  for (int x = 1; x + 1 < glyph.width; ++x) {
    if (!column_has_ink(glyph, x)) return true;
  }
  return false;
}

// Of two points above each other, whether the lower one is as high as the upper one.
bool equal_points(const Glyph& glyph) {
  std::vector<int> points;  // rows of each
  for (int y = 0; y < glyph.height; ++y) {
    if (!row_has_ink(glyph, y)) continue;
    if (y == 0 || !row_has_ink(glyph, y - 1)) points.push_back(0);
    ++points.back();
  }
  return points.size() != 2 || points[0] >= points[1];
}

char32_t resolved(const Symbol& symbol, int border) {
  const char32_t code = code_of(symbol);
  const Glyph& glyph = symbol.glyph;
  if (kQuotes.find(code) != std::u32string_view::npos) return in_two_columns(glyph) ? U'"' : U'\'';
  if (code == U'.' || code == U',') return glyph.rise >= 0 || glyph.height <= glyph.width ? U'.' : U',';
  if (code == U':' || code == U';') return glyph.rise >= 0 || equal_points(glyph) ? U':' : U';';
  const GlyphAtlas::Match& match = symbol.answer.match;
  if (border == 0 || match.low == 0 || match.tall == 0) return code;
  return top_of(symbol) >= border ? match.tall : match.low;
}

}  // namespace

Stature stature_of(char32_t code) {
  if (kLow.find(code) != std::u32string_view::npos) return Stature::low;
  return kTall.find(code) != std::u32string_view::npos ? Stature::tall : Stature::other;
}

char32_t other_case(char32_t code) {
  const std::size_t at = kSameShape.find(code);
  return at == std::u32string_view::npos ? 0 : kSameShape[at ^ 1];
}

char32_t in_its_case(const Interpretation& line, const Symbol& symbol, char32_t said) {
  const char32_t other = other_case(said);
  const int border = other == 0 ? 0 : border_of(line);
  if (border == 0) return said;
  return (top_of(symbol) >= border) == (stature_of(said) == Stature::tall) ? said : other;
}

void resolve(Interpretation& line) {
  const int border = border_of(line);
  for (Symbol& symbol : line.symbols) {
    if (code_of(symbol) == 0) continue;
    const char32_t code = resolved(symbol, border);
    symbol.answer.match.label = Label({&code, 1});
  }
}

}  // namespace frostgate::redaction
