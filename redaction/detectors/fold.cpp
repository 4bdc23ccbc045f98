#include "redaction/detectors/fold.h"

#include <algorithm>
#include <array>

namespace frostgate::redaction {
namespace {

constexpr char kOther = '\x7f';

// U+00C0 to U+017F without their accents, in order; '?' where there is none.
constexpr std::string_view kLatin =
    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
    "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
static_assert(kLatin.size() == 0x180 - 0xC0);

constexpr std::array<char, 128> make_classes() {
  std::array<char, 128> classes{};
  for (int c = 0; c < 128; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    classes[static_cast<std::size_t>(c)] = static_cast<char>(upper ? c - 'A' + 'a' : c);
  }
  const auto same = [&](std::string_view members, char name) {
    for (const char c : members) classes[static_cast<std::size_t>(c)] = name;
  };
  same("0Oo@", 'o');
  same("1lIi|!]jJ", 'l');
  same("5Ss$", 's');
  same("8Bb6", 'b');
  same("2Zz", 'z');
  same("9gGqQ", 'g');
  same("uUvV", 'v');
  same(".:;,", '.');
  same("-_~", '-');
  same("\"'`", '"');
  return classes;
}
constexpr std::array<char, 128> kClasses = make_classes();

}  // namespace

char plain(char32_t code) {
  if (code == 0x09 || code == 0xA0 || (code >= 0x2000 && code <= 0x200A) || code == 0x3000) return ' ';
  if (code >= 0x20 && code < 0x7F) return static_cast<char>(code);
  if (code >= 0xC0 && code < 0x180) return kLatin[code - 0xC0];
  if (code >= 0xFF01 && code <= 0xFF5E) return static_cast<char>(code - 0xFF01 + 0x21);
  if (code >= 0x2500 && code <= 0x2503) return code < 0x2502 ? '-' : '|';
  if (code > 0x2503 && code < 0x2580) return '+';
  if (code >= 0x2580 && code < 0x25A0) return '#';
  if (code >= 0x25A0 && code < 0x2600) return '*';
  if (code >= 0x2190 && code < 0x2200) return '>';
  switch (code) {
    case 0xFFFD: return kUnknown;
    case 0x2018: case 0x2019: case 0x201A: case 0xB4: return '\'';
    case 0x201C: case 0x201D: case 0x201E: case 0xAB: case 0xBB: case 0x2122: return '"';
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2212: return '-';
    case 0xA6: return '|';
    case 0xB7: case 0x2022: case 0x2713: case 0x2714: return '*';
    case 0x2026: return '.';
    case 0xA7: return 'S';
    case 0xA9: case 0xAE: return '@';
    case 0xA2: return 'c';
    case 0xA3: case 0x20AC: return 'E';
    case 0xA5: return 'Y';
    case 0xA1: return 'i';
    case 0xDF: return 's';
    default: return kOther;
  }
}

char fold(char c) {
  const auto index = static_cast<unsigned char>(c);
  return index < 128 ? kClasses[index] : kOther;
}

std::string fold(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) c = fold(c);
  return folded;
}

char as_digit(char c) {
  switch (c) {
    case 'O': case 'o': case '@': case 'Q': case 'D': return '0';
    case 'l': case 'I': case '|': case ']': case 'i': case '!': return '1';
    case 'Z': case 'z': return '2';
    case 'S': case 's': case '$': return '5';
    case 'G': case 'b': return '6';
    case 'B': return '8';
    case 'g': case 'q': return '9';
    case '?': return '7';
    default: return is_digit(c) ? c : '\0';
  }
}

std::string plain_text(std::string_view utf8) {
  std::string text;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at++]);
    const int more = lead >= 0xF0 && lead < 0xF8 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    char32_t code = more == 3 ? lead & 0x07u : more == 2 ? lead & 0x0Fu : more == 1 ? lead & 0x1Fu : lead;
    bool whole = lead < 0x80 || (more > 0 && lead < 0xF8);
    for (int i = 0; i < more && whole; ++i) {
      whole = at < utf8.size() && (static_cast<unsigned char>(utf8[at]) & 0xC0) == 0x80;
      if (whole) code = code << 6 | (static_cast<unsigned char>(utf8[at++]) & 0x3Fu);
    }
    text += whole ? plain(code) : kOther;
  }
  return text;
}

char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = lower(c);
  return lowered;
}

bool looks_drawn(std::string_view word) {
  const bool digit = std::any_of(word.begin(), word.end(), is_digit), letter = std::any_of(word.begin(), word.end(), is_letter);
  const bool plain = std::all_of(word.begin(), word.end(), [](char c) { return is_alnum(c) || std::string_view("+=_!#%^@$&*?~").find(c) != std::string_view::npos; });
  const auto capital = [&](std::size_t from) { return std::any_of(word.begin() + static_cast<std::ptrdiff_t>(std::min(from, word.size())), word.end(), is_upper); };
  const bool lower_too = std::any_of(word.begin(), word.end(), is_lower);
  return plain && letter && (digit || (lower_too && capital(1)));
}

std::size_t drawn_end(std::string_view text, std::size_t end, std::size_t scrap) {
  constexpr int kMostSpaces = 3;
  for (int spaces = 0; spaces < kMostSpaces && end + 1 < text.size() && text[end] == ' ' && text[end + 1] != ' '; ++spaces) {
    const std::size_t next = std::min(text.find(' ', end + 1), text.size());
    const auto word = text.substr(end + 1, next - end - 1);
    if (!looks_drawn(word) && (word.size() > scrap || !std::all_of(word.begin(), word.end(), is_alnum))) break;
    end = next;
  }
  return end;
}

bool starts_at(std::string_view text, std::size_t at, std::string_view what) {
  return at <= text.size() && text.substr(at).starts_with(what);
}

}  // namespace frostgate::redaction
