#include "redaction/live/plain_word.h"

#include <cstddef>

namespace frostgate::redaction {
namespace {

constexpr std::size_t kLongestWord = 18;
constexpr std::size_t kMostConsonants = 4;  // in a row

bool lower(char32_t c) { return (c >= U'a' && c <= U'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7); }
bool upper(char32_t c) { return (c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7); }
bool vowel(char32_t c) { return std::u32string_view(U"aeiouyAEIOUY").find(c) != std::u32string_view::npos || c >= 0xC0; }

}  // namespace

bool plain_word(std::u32string_view token) {
  constexpr std::u32string_view before = U"\"'(<[", after = U"\"')>].,:;!?";
  while (!token.empty() && before.find(token.front()) != std::u32string_view::npos) token.remove_prefix(1);
  while (!token.empty() && after.find(token.back()) != std::u32string_view::npos) token.remove_suffix(1);
  if (token.empty() || token.size() > kLongestWord) return false;
  std::size_t uppers = 0, consonants = 0, vowels = 0;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (!lower(token[i]) && !upper(token[i])) return false;
    uppers += upper(token[i]);
    // One capital in front, or nothing else.
    if (upper(token[i]) && i > 0 && uppers != i + 1) return false;
    if (lower(token[i]) && uppers > 1) return false;
    consonants = vowel(token[i]) ? 0 : consonants + 1;
    vowels += vowel(token[i]);
    if (consonants > kMostConsonants) return false;
  }
  return vowels * 6 >= token.size();
}

}  // namespace frostgate::redaction
