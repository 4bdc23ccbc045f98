// A bitmap with one bit a pixel, 64 pixels to a word, and the few operations on whole rows that finding lines needs.
// Coordinates start at 0; a pixel outside is clear.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/base/geometry.h"

namespace frostgate::redaction {

class BitRows {
 public:
  using Word = std::uint64_t;
  static constexpr int kBits = 64;

  BitRows() = default;
  explicit BitRows(Size size);

  Size size() const { return size_; }
  std::size_t words() const { return words_; }  // of a row; the last holds no pixel
  Word* row(int y) { return bits_.data() + static_cast<std::size_t>(y) * words_; }
  const Word* row(int y) const { return bits_.data() + static_cast<std::size_t>(y) * words_; }
  bool test(int x, int y) const { return row(y)[static_cast<std::size_t>(x) / kBits] >> (x % kBits) & 1; }

  void clear(const Rect& rect);
  void clear(const BitRows& other);  // of the same size, as all others here
  void add(const BitRows& other);

  int count(const Rect& rect) const;
  // Column by column, whether `rect` has a set pixel.
  std::vector<Word> columns(const Rect& rect) const;
  // Tight around what is set inside `rect`; empty when nothing is.
  Rect tight(const Rect& rect) const;

  // What belongs to a run of at least `length` set pixels, in a row or in a column.
  BitRows row_runs(int length) const;
  BitRows column_runs(int length) const;
  // Gaps of up to `gap` (below 64) clear pixels in a row are set.
  BitRows row_closed(int gap) const;
  // Single clear pixels between two set ones of a column are set.
  BitRows column_closed() const;
  // Everything within `reach` (below 64) rows and columns of a set pixel.
  BitRows dilated(int reach) const;

 private:
  Size size_;
  std::size_t words_ = 0;
  std::vector<Word> bits_;
};

// Calls each(first, end) for every run of set bits.
template <class Each>
void for_each_run(const BitRows::Word* row, std::size_t words, Each&& each) {
  constexpr int kBits = BitRows::kBits;
  int start = -1;
  for (std::size_t w = 0; w < words; ++w) {
    const BitRows::Word word = row[w];
    if (start < 0 ? word == 0 : word == ~BitRows::Word{0}) continue;
    int at = 0;
    while (at < kBits) {
      const BitRows::Word rest = (start < 0 ? word : ~word) >> at;
      if (rest == 0) break;
      at += std::countr_zero(rest);
      const int x = static_cast<int>(w) * kBits + at;
      if (start < 0) {
        start = x;
      } else {
        each(start, x);
        start = -1;
      }
    }
  }
  if (start >= 0) each(start, static_cast<int>(words) * kBits);
}

}  // namespace frostgate::redaction
