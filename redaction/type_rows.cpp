#include "redaction/type_rows.h"

#include <algorithm>
#include <string_view>

namespace frostgate::redaction {
namespace {

constexpr std::string_view kTall = "ABCDEFGHIKLMNOPRSTUVWXYZbdfhkl0123456789";
constexpr std::string_view kLow = "acemnorsuvwxz";
constexpr std::size_t kEnough = 2;  // characters

bool one_of(std::string_view set, char32_t code) { return code < 128 && set.find(static_cast<char>(code)) != std::string_view::npos; }

int median(std::vector<int>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct InkRows {
  int top = 0;
  int bottom = 0;  // empty when not below `top`
};

InkRows ink_rows(FrameView frame, const LineBox& line, int from, int end) {
  InkRows rows{line.box.bottom(), line.box.y};
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    for (int x = std::max(from, line.box.x); x < std::min(end, line.box.right()); ++x) {
      if (!inked(frame, line, x, y)) continue;
      rows.top = std::min(rows.top, y);
      rows.bottom = y + 1;
      break;
    }
  }
  return rows;
}

}  // namespace

bool inked(FrameView frame, const LineBox& line, int x, int y) {
  return distance(colour_of(frame.at(x, y)), line.background) > line.ink;
}

std::optional<TypeRows> type_rows(FrameView frame, const LineBox& line, const TextLine& text, const std::vector<bool>& seen) {
  std::vector<int> feet, tall, low;
  for (std::size_t i = 0; i < text.characters.size(); ++i) {
    const Character& character = text.characters[i];
    const bool is_tall = one_of(kTall, character.code);
    if (!seen[i] || (!is_tall && !one_of(kLow, character.code))) continue;
    const InkRows rows = ink_rows(frame, line, character.box.x, character.box.right());
    if (rows.bottom <= rows.top) continue;
    feet.push_back(rows.bottom);
    (is_tall ? tall : low).push_back(rows.top);
  }
  if (feet.size() < kEnough) return std::nullopt;
  const int baseline = median(feet);
  // A small letter is not quite three quarters as high as a capital.
  const int capital = tall.empty() ? (baseline - median(low)) * 11 / 8 : baseline - median(tall);
  if (capital < 3) return std::nullopt;
  return TypeRows{capital, baseline};
}

TypeRows rough_type_rows(FrameView frame, const LineBox& line) {
  std::vector<int> profile;
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    int count = 0;
    for (int x = line.box.x; x < line.box.right(); ++x) count += inked(frame, line, x, y);
    profile.push_back(count);
  }
  // The last row that holds much of the ink is that of the letters' feet.
  const int much = std::max(1, *std::max_element(profile.begin(), profile.end()) * 3 / 10);
  int baseline = line.box.y + 1;
  for (std::size_t i = 0; i < profile.size(); ++i) {
    if (profile[i] >= much) baseline = line.box.y + static_cast<int>(i) + 1;
  }
  return {std::max(3, baseline - line.box.y), baseline};
}

}  // namespace frostgate::redaction
