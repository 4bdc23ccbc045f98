#include "redaction/lines/bit_rows.h"

#include <algorithm>

namespace frostgate::redaction {
namespace {

using Word = BitRows::Word;
constexpr int kBits = BitRows::kBits;

// The bits of word `w` that lie in columns [left, right).
Word mask_of(std::size_t w, int left, int right) {
  const int first = static_cast<int>(w) * kBits;
  const int from = std::max(left - first, 0), to = std::min(right - first, kBits);
  if (from >= to) return 0;
  const Word up_to = to == kBits ? ~Word{0} : (Word{1} << to) - 1;
  return up_to & (~Word{0} << from);
}

// row[x] op= row[x - by], 0 < by < 64.
template <class Op>
void with_left(Word* row, std::size_t words, int by, Op op) {
  for (std::size_t w = words; w-- > 0;) {
    const Word carried = w > 0 ? row[w - 1] >> (kBits - by) : 0;
    row[w] = op(row[w], row[w] << by | carried);
  }
}

// row[x] op= row[x + by].
template <class Op>
void with_right(Word* row, std::size_t words, int by, Op op) {
  for (std::size_t w = 0; w < words; ++w) {
    const Word carried = w + 1 < words ? row[w + 1] << (kBits - by) : 0;
    row[w] = op(row[w], row[w] >> by | carried);
  }
}

constexpr auto both = [](Word a, Word b) { return a & b; };
constexpr auto either = [](Word a, Word b) { return a | b; };

// Calls step(by) so that a window of one grows to `length`.
template <class Step>
void doubling(int length, int most, Step step) {
  for (int have = 1; have < length;) {
    const int by = std::min({have, length - have, most});
    step(by);
    have += by;
  }
}

}  // namespace

BitRows::BitRows(Size size)
    : size_(size), words_(static_cast<std::size_t>(size.width) / kBits + 2), bits_(words_ * static_cast<std::size_t>(size.height)) {}

void BitRows::clear(const Rect& rect) {
  const Rect area = rect.intersected(Rect::of(size_));
  if (area.empty()) return;
  const auto first = static_cast<std::size_t>(area.x / kBits), last = static_cast<std::size_t>((area.right() - 1) / kBits);
  for (int y = area.y; y < area.bottom(); ++y) {
    Word* bits = row(y);
    for (std::size_t w = first; w <= last; ++w) bits[w] &= ~mask_of(w, area.x, area.right());
  }
}

void BitRows::clear(const BitRows& other) {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] &= ~other.bits_[i];
}

void BitRows::add(const BitRows& other) {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] |= other.bits_[i];
}

int BitRows::count(const Rect& rect) const {
  const Rect area = rect.intersected(Rect::of(size_));
  if (area.empty()) return 0;
  const auto first = static_cast<std::size_t>(area.x / kBits), last = static_cast<std::size_t>((area.right() - 1) / kBits);
  int sum = 0;
  for (int y = area.y; y < area.bottom(); ++y) {
    const Word* bits = row(y);
    for (std::size_t w = first; w <= last; ++w) sum += std::popcount(bits[w] & mask_of(w, area.x, area.right()));
  }
  return sum;
}

std::vector<Word> BitRows::columns(const Rect& rect) const {
  std::vector<Word> any(words_);
  const Rect area = rect.intersected(Rect::of(size_));
  if (area.empty()) return any;
  const auto first = static_cast<std::size_t>(area.x / kBits), last = static_cast<std::size_t>((area.right() - 1) / kBits);
  for (int y = area.y; y < area.bottom(); ++y) {
    const Word* bits = row(y);
    for (std::size_t w = first; w <= last; ++w) any[w] |= bits[w];
  }
  for (std::size_t w = first; w <= last; ++w) any[w] &= mask_of(w, area.x, area.right());
  return any;
}

Rect BitRows::tight(const Rect& rect) const {
  Rect area = rect.intersected(Rect::of(size_));
  while (!area.empty() && count({area.x, area.y, area.width, 1}) == 0) ++area.y, --area.height;
  while (!area.empty() && count({area.x, area.bottom() - 1, area.width, 1}) == 0) --area.height;
  if (area.empty()) return {};
  int left = area.right(), right = area.x;
  for_each_run(columns(area).data(), words_, [&](int from, int to) {
    left = std::min(left, from);
    right = std::max(right, to);
  });
  return Rect::between(left, area.y, right, area.bottom());
}

BitRows BitRows::row_runs(int length) const {
  BitRows out = *this;
  for (int y = 0; y < size_.height; ++y) {
    Word* bits = out.row(y);
    doubling(length, kBits - 1, [&](int by) { with_left(bits, words_, by, both); });
    if (std::all_of(bits, bits + words_, [](Word word) { return word == 0; })) continue;
    doubling(length, kBits - 1, [&](int by) { with_right(bits, words_, by, either); });
  }
  return out;
}

BitRows BitRows::column_runs(int length) const {
  BitRows out = *this;
  const int height = size_.height;
  doubling(length, height, [&](int by) {
    for (int y = height - 1; y >= 0; --y) {
      Word* here = out.row(y);
      const Word* above = y >= by ? out.row(y - by) : nullptr;
      for (std::size_t w = 0; w < words_; ++w) here[w] = above ? here[w] & above[w] : 0;
    }
  });
  doubling(length, height, [&](int by) {
    for (int y = 0; y + by < height; ++y) {
      Word* here = out.row(y);
      const Word* below = out.row(y + by);
      for (std::size_t w = 0; w < words_; ++w) here[w] |= below[w];
    }
  });
  return out;
}

BitRows BitRows::row_closed(int gap) const {
  BitRows out = *this;
  for (int y = 0; y < size_.height; ++y) {
    Word* bits = out.row(y);
    doubling(gap + 1, kBits - 1, [&](int by) { with_left(bits, words_, by, either); });
    doubling(gap + 1, kBits - 1, [&](int by) { with_right(bits, words_, by, both); });
  }
  return out;
}

BitRows BitRows::column_closed() const {
  BitRows out = *this;
  for (int y = 1; y + 1 < size_.height; ++y) {
    const Word *above = row(y - 1), *below = row(y + 1);
    Word* here = out.row(y);
    for (std::size_t w = 0; w < words_; ++w) here[w] |= above[w] & below[w];
  }
  return out;
}

BitRows BitRows::dilated(int reach) const {
  BitRows out = *this;
  const int height = size_.height;
  for (int y = 0; y < height; ++y) {
    Word* bits = out.row(y);
    doubling(reach + 1, kBits - 1, [&](int by) { with_left(bits, words_, by, either); });
    doubling(reach + 1, kBits - 1, [&](int by) { with_right(bits, words_, by, either); });
    const int last = static_cast<int>(size_.width) / kBits;
    bits[last] &= mask_of(static_cast<std::size_t>(last), 0, size_.width);
    bits[last + 1] = 0;
  }
  doubling(reach + 1, height, [&](int by) {
    for (int y = height - 1; y >= by; --y) {
      Word* here = out.row(y);
      const Word* above = out.row(y - by);
      for (std::size_t w = 0; w < words_; ++w) here[w] |= above[w];
    }
  });
  doubling(reach + 1, height, [&](int by) {
    for (int y = 0; y + by < height; ++y) {
      Word* here = out.row(y);
      const Word* below = out.row(y + by);
      for (std::size_t w = 0; w < words_; ++w) here[w] |= below[w];
    }
  });
  return out;
}

}  // namespace frostgate::redaction
