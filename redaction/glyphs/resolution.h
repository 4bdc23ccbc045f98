// Tells characters of one shape apart by where they stand and how high they are: an engine often cannot.
#pragma once

#include "redaction/glyphs/interpretation.h"

namespace frostgate::redaction {

enum class Stature {
  low,    // as high as an x
  tall,   // as high as a capital
  other,
};
Stature stature_of(char32_t code);

// The letter of the other case where both cases have one shape (x and X), else 0.
char32_t other_case(char32_t code);

// What an engine said of the symbol, in the case that its height in the line tells.
char32_t in_its_case(const Interpretation& line, const Symbol& symbol, char32_t said);

// Corrects the labels of known symbols: case by the height of the line's other letters, and quotes, points and commas
// by their own pictures.
void resolve(Interpretation& line);

}  // namespace frostgate::redaction
