// Characters that OCR takes for each other, as one. The classes are those of the measured confusions: 0/O/o/@, 1/l/I/|/],
// 5/S/s/$, 8/B, 2/Z, q/g/9, case, and the points . : ; ,
#pragma once

#include <string>
#include <string_view>

namespace frostgate::redaction {

// The nearest ASCII character: accents dropped, typographic quotes and dashes made plain; '\x7f' for anything else.
char plain(char32_t code);

// The class of a plain character, named by one of its members; always a lower-case letter or a symbol, never a digit
// that has a letter of the same shape.
char fold(char plain_character);
std::string fold(std::string_view plain_text);

// The digit a plain character may be a misread form of, or '\0'.
char as_digit(char plain_character);

// UTF-8 to plain characters, one for each code point; broken sequences become '\x7f'.
std::string plain_text(std::string_view utf8);

bool is_letter(char c);
bool is_digit(char c);
inline bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
// Whether a and b, both folded, name the same class at `at`.
bool starts_at(std::string_view text, std::size_t at, std::string_view what);

}  // namespace frostgate::redaction
