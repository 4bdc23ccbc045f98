#include "redaction/tesseract/heaps.h"

#include <algorithm>
#include <cstddef>

#include "redaction/lines/line_image.h"

namespace frostgate::redaction {
namespace {

int width(const Stretch& stretch) { return stretch.to - stretch.from; }

// Of the symbols that are wider than a stroke; 0 when there are too few to tell.
int usual_width(const std::vector<Stretch>& symbols) {
  constexpr int kStroke = 3;
  constexpr std::size_t kEnough = 4;
  std::vector<int> widths;
  for (const Stretch& one : symbols) {
    if (width(one) > kStroke) widths.push_back(width(one));
  }
  if (widths.size() < kEnough) return 0;
  const auto middle = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2);
  std::nth_element(widths.begin(), middle, widths.end());
  return *middle;
}

std::vector<Stretch> ink_runs(const LineImage& image, Stretch within) {
  std::vector<Stretch> runs;
  for (int x = within.from; x < within.to; ++x) {
    if (blank_column(image, x)) continue;
    if (runs.empty() || runs.back().to != x) runs.push_back({x, x});
    runs.back().to = x + 1;
  }
  return runs;
}

// Symbols [first, last) over the ink between the columns.
void spread(const LineImage& image, Stretch hole, std::vector<Stretch>& symbols, std::size_t first, std::size_t last) {
  const std::vector<Stretch> runs = ink_runs(image, hole);
  if (runs.empty()) return;
  const auto count = static_cast<int>(last - first);
  if (static_cast<int>(runs.size()) == count) {
    std::copy(runs.begin(), runs.end(), symbols.begin() + static_cast<std::ptrdiff_t>(first));
    return;
  }
  const Stretch ink{runs.front().from, runs.back().to};
  for (int k = 0; k < count; ++k) {
    const int from = ink.from + width(ink) * k / count, to = ink.from + width(ink) * (k + 1) / count;
    symbols[first + static_cast<std::size_t>(k)] = {from, std::max(to, from + 1)};
  }
}

// Room for more than a letter, with ink in it.
bool bare_ink(const LineImage& image, Stretch hole, int usual) { return width(hole) >= usual * 3 / 2 && !ink_runs(image, hole).empty(); }

}  // namespace

void spread_heaps(const LineImage& image, std::vector<Stretch>& symbols) {
  const int usual = usual_width(symbols);
  if (usual == 0) return;
  const auto starts_with = [&](std::size_t k) { return symbols[k + 1].from - symbols[k].from <= usual / 6; };  // the next one
  const auto crumb = [&](std::size_t k) { return width(symbols[k]) * 2 < usual; };
  for (std::size_t at = 0; at + 1 < symbols.size(); ++at) {
    if (!starts_with(at)) continue;
    // The heap is [first, last): all that begin where the next one does, and crumbs right before them. What it ends with has a box of its own.
    std::size_t first = at, last = at + 1;
    while (last + 1 < symbols.size() && starts_with(last)) ++last;
    at = last;
    while (first > 0 && crumb(first - 1) && symbols[first].from - symbols[first - 1].to < usual / 2) --first;
    const int begin = first > 0 ? symbols[first - 1].to : 0;
    if (bare_ink(image, {begin, symbols[first].from}, usual)) {
      spread(image, {begin, symbols[last].from}, symbols, first, last);
      continue;
    }
    // The whole heap lies before its ink.
    if (crumb(last)) ++last;
    int reach = 0;
    for (std::size_t k = first; k < last; ++k) reach = std::max(reach, symbols[k].to);
    const int end = last < symbols.size() ? symbols[last].from : image.box.width;
    if (bare_ink(image, {reach, end}, usual)) {
      spread(image, {symbols[first].from, end}, symbols, first, last);
      continue;
    }
    // A symbol beside the heap has the ink of all.
    const auto has_all = [&](std::size_t k) { return k < symbols.size() && width(symbols[k]) >= usual * 3; };
    if (has_all(last)) {
      spread(image, {symbols[first].from, symbols[last].to}, symbols, first, last + 1);
    } else if (first > 0 && has_all(first - 1)) {
      spread(image, {symbols[first - 1].from, std::min(reach, end)}, symbols, first - 1, last);
    }
  }
}

}  // namespace frostgate::redaction
