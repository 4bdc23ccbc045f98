// Blobs of ink that stand like the letters of a word: in a row, whatever way it runs. Pure.
#pragma once

#include <vector>

#include "codec/base/geometry.h"
#include "redaction/lines/colour.h"

namespace frostgate::redaction {

// One connected piece of ink.
struct Blob {
  Rect box;
  int area = 0;       // pixels
  Colour colour = 0;  // where it differs most from what is around it
};

struct LetterRow {
  Rect box;
  bool one_colour = false;  // most of its blobs have exactly the same
};

// Rows of at least four blobs of like size and colour with no more room between them than letters have.
// Rows of the same shape over and over (dots, dashes, teeth of a scale) are none. Straight rows of any direction.
std::vector<LetterRow> letter_rows(const std::vector<Blob>& blobs);

}  // namespace frostgate::redaction
