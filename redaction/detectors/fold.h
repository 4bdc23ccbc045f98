// Characters that OCR takes for each other, as one. The classes are those of the measured confusions: 0/O/o/@, 1/l/I/|/],
// 5/S/s/$, 8/B, 2/Z, q/g/9, case, and the points . : ; ,
#pragma once

#include <string>
#include <string_view>

namespace frostgate::redaction {

// A character that the reader saw and could not tell (U+FFFD).
inline constexpr char kUnknown = '\x1a';

// The nearest ASCII character: accents dropped, typographic quotes, dashes, bullets, arrows and frames made plain;
// kUnknown for U+FFFD, '\x7f' for anything else.
char plain(char32_t code);

// The class of a plain character, named by one of its members; always a lower-case letter or a symbol, never a digit
// that has a letter of the same shape.
char fold(char plain_character);
std::string fold(std::string_view plain_text);

// The digit a plain character may be a misread form of, or '\0'.
char as_digit(char plain_character);

// UTF-8 to plain characters, one for each code point; broken sequences become '\x7f'.
std::string plain_text(std::string_view utf8);

// Without case; plain characters only.
char lower(char c);
std::string lower(std::string_view text);

inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_letter(char c) { return is_lower(c) || is_upper(c); }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
// Whether a and b, both folded, name the same class at `at`.
bool starts_at(std::string_view text, std::size_t at, std::string_view what);

// Letters mixed with digits, or with capitals inside: a word that was drawn rather than written.
bool looks_drawn(std::string_view word);
// The end of the secret whose first run of characters ends at `end`: it goes on behind a spurious space while what
// stands there looks drawn, too, or has at most `scrap` letters and digits.
std::size_t drawn_end(std::string_view text, std::size_t end, std::size_t scrap = 0);

}  // namespace frostgate::redaction
