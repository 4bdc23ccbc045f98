#include "redaction/separators.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "redaction/lines/colour.h"

namespace frostgate::redaction {
namespace {

struct Run {
  int top = 0;
  int bottom = 0;
  int height() const { return bottom - top; }
};

// The strong ink of one column: from the first to the last of it, and its first two runs from above.
struct Column {
  Run ink;
  int runs = 0;
  Run upper, lower;
};

Column column_at(FrameView frame, const LineBox& line, int x, int strong) {
  Column column;
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    if (distance(colour_of(frame.at(x, y)), line.background) <= strong) continue;
    if (column.runs == 0) column.ink.top = y;
    column.ink.bottom = y + 1;
    Run& run = column.runs <= 1 ? column.upper : column.lower;
    if (column.runs > 0 && run.bottom == y) {
      run.bottom = y + 1;
    } else if (++column.runs <= 2) {
      (column.runs == 1 ? column.upper : column.lower) = {y, y + 1};
    }
  }
  return column;
}

// Small type is blurred: the bars of a sign, and letters that stand close by it, run into each other by weak ink. How strong that is, the first
// letters of the line tell, which are public where a sign follows.
int strong_ink(FrameView frame, const LineBox& line) {
  constexpr int kFirst = 3;  // times the line's height
  const int end = std::min(line.box.right(), line.box.x + kFirst * line.box.height);
  int farthest = 0;
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    for (int x = line.box.x; x < end; ++x) farthest = std::max(farthest, distance(colour_of(frame.at(x, y)), line.background));
  }
  return std::max(line.ink, farthest / 3);
}

class Signs {
 public:
  Signs(FrameView frame, const LineBox& line, int from, int end) : box_(line.box), from_(std::max(from, line.box.x)), to_line_end_(end >= line.box.right()) {
    end = std::min(end, line.box.right());
    const int strong = strong_ink(frame, line);
    for (int x = from_; x < end; ++x) columns_.push_back(column_at(frame, line, x, strong));
  }

  std::vector<Separator> find() const {
    std::vector<Separator> found;
    const int count = static_cast<int>(columns_.size());
    for (int x = 0; x < count;) {
      const int end = end_of_mark(x);
      if (end == x) {
        ++x;
        continue;
      }
      int left = x, right = end;
      bool sign = is_sign(x, end);
      for (int next = end_of_mark(right); next > right; next = end_of_mark(right)) sign = sign || is_sign(right, next), right = next;
      x = right;
      if (sign && left > 0 && (right < count || to_line_end_)) found.push_back({from_ + left, from_ + right});
    }
    return found;
  }

  std::vector<Colon> colons() const {
    std::vector<Colon> found;
    const int count = static_cast<int>(columns_.size()), widest = std::max(2, box_.height * 3 / 10) + 1;
    for (int left = 0, before = 0; left < count;) {
      if (blank(left)) {
        ++left;
        continue;
      }
      int right = left;
      while (right < count && !blank(right)) ++right;
      int behind = right;
      while (behind < count && blank(behind)) ++behind;
      const bool alone = before > 0 && right - left <= widest && end_of_bars(left) == left;
      if (alone && is_colon(left, right)) found.push_back({{from_ + left, from_ + right}, {from_ + before, from_ + behind}});
      before = right;
      left = behind;
    }
    return found;
  }

 private:
  const Column& at(int x) const { return columns_[static_cast<std::size_t>(x)]; }
  bool blank(int x) const { return at(x).runs == 0; }
  bool in_blanks(int left, int right) const { return (left == 0 || blank(left - 1)) && (right == static_cast<int>(columns_.size()) || blank(right)); }

  // Behind the blanks, the sign or the low mark that begins at `x`; `x` where a letter does.
  int end_of_mark(int x) const {
    const int count = static_cast<int>(columns_.size());
    int end = x;
    while (end < count && blank(end)) ++end;
    if (end > x || x == count) return end;
    const int inner = x + fades_in(x);
    if (const int bars = end_of_bars(inner); bars > inner) return bars;
    while (end < count && !blank(end)) ++end;
    return in_blanks(x, end) && (is_colon(x, end) || is_low(x, end)) ? end : x;
  }

  bool is_sign(int left, int right) const {
    if (blank(left)) return false;
    for (int x = left; x < right; ++x) {
      if (end_of_bars(x) > x) return true;
    }
    return is_colon(left, right);
  }

  // Whether the column is the blurred side of two bars, of which but one is strong there.
  bool fades_in(int x) const {
    if (at(x).runs != 1 || x + 1 == static_cast<int>(columns_.size()) || end_of_bars(x + 1) == x + 1) return false;
    const Run& ink = at(x).ink;
    return level(ink, at(x + 1).upper) || level(ink, at(x + 1).lower);
  }

  static bool level(const Run& a, const Run& b) { return std::abs(a.top - b.top) <= 1 && std::abs(a.bottom - b.bottom) <= 1; }

  // Two bars over each other, amid the height of small letters: an equals sign, also where it touches a letter.
  int end_of_bars(int first) const {
    const int height = box_.height, thick = std::max(2, height / 4);
    const auto bars = [&](const Column& column) {
      const int apart = column.lower.top - column.upper.top;
      return column.runs == 2 && column.upper.height() <= thick && column.lower.height() <= thick && apart * 20 <= height * 7 &&
             (column.upper.top - box_.y) * 20 >= height * 3 && (box_.bottom() - column.lower.bottom) * 10 >= height;
    };
    int x = first;
    while (x < static_cast<int>(columns_.size()) && bars(at(x)) && level(at(x).upper, at(first).upper) && level(at(x).lower, at(first).lower)) ++x;
    return x - first >= std::max(3, height * 3 / 10) ? x : first;
  }

  // Two dots over each other: in no column more than those.
  bool is_colon(int left, int right) const {
    const int dot = std::max(2, box_.height * 3 / 10);
    if ((right - left) * 2 > box_.height) return false;
    std::vector<bool> inked(static_cast<std::size_t>(box_.height), false);
    for (int x = left; x < right; ++x) {
      if (at(x).runs > 2) return false;
      for (const Run& run : {at(x).upper, at(x).lower}) std::fill_n(inked.begin() + (run.height() > 0 ? run.top - box_.y : 0), run.height(), true);
    }
    const auto run_from = [&](std::vector<bool>::const_iterator at) {
      const auto first = std::find(at, inked.cend(), true);
      return std::pair(first, std::find(first, inked.cend(), false));
    };
    const auto upper = run_from(inked.cbegin()), lower = run_from(upper.second);
    const auto is_dot = [&](const auto& run) { return run.first != run.second && run.second - run.first <= dot; };
    return is_dot(upper) && is_dot(lower) && std::find(lower.second, inked.cend(), true) == inked.cend() && (upper.first - inked.cbegin()) * 20 >= box_.height * 3;
  }

  // Lower than any letter.
  bool is_low(int left, int right) const {
    Run rows{box_.bottom(), box_.y};
    for (int x = left; x < right; ++x) rows = {std::min(rows.top, at(x).ink.top), std::max(rows.bottom, at(x).ink.bottom)};
    return rows.height() * 20 <= box_.height * 9;
  }

  Rect box_;
  int from_;
  bool to_line_end_;
  std::vector<Column> columns_;
};

}  // namespace

std::vector<Colon> colons(FrameView frame, const LineBox& line) { return Signs(frame, line, line.box.x, line.box.right()).colons(); }

std::vector<Separator> separators(FrameView frame, const LineBox& line, int from, int end) { return Signs(frame, line, from, end).find(); }

}  // namespace frostgate::redaction
