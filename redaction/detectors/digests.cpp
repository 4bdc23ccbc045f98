#include "redaction/detectors/digests.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "redaction/detectors/fold.h"
#include "redaction/detectors/judged_text.h"

namespace frostgate::redaction {
namespace {

constexpr std::array<std::size_t, 5> kLengths = {32, 40, 64, 96, 128};
constexpr std::size_t kDigitsForSlack = 12;  // in so many one may be read as two, or two as one

std::size_t slack(std::size_t length) { return length / kDigitsForSlack; }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// f is read as T, t or F, b as h, 7 as a slash, 4 as an accented e.
bool is_misread_hex(char c) { return as_digit(c) != '\0' || c == 'T' || c == 't' || c == 'h' || c == '/' || c == kUnknown; }

// What stands before a digest is a word, a colon or a quote; a sign that joins it to a name makes it a token's.
bool may_begin(std::string_view text, std::size_t at) {
  if (at > 0 && is_alnum(text[at - 1])) return false;
  const std::size_t before = text.substr(0, at).find_last_not_of(' ');
  return before == std::string_view::npos || std::string_view("_-=.&?").find(text[before]) == std::string_view::npos;
}

// Where the digest that begins at `first` ends, or `first`.
std::size_t digest_end(std::string_view text, std::size_t first) {
  std::size_t length = 0, digits = 0, misread = 0, best = first;
  for (std::size_t at = first; at < text.size() && length <= kLengths.back() + slack(kLengths.back()); ++at) {
    const char c = text[at];
    if (c == ' ') {
      if (at + 1 == text.size() || text[at + 1] == ' ') break;
      continue;
    }
    if (!is_hex(c) && !is_misread_hex(c)) break;
    ++length;
    digits += is_digit(c);
    misread += !is_hex(c);
    const bool ends = at + 1 == text.size() || !(is_alnum(text[at + 1]) || std::string_view("_-+/=.@").find(text[at + 1]) != std::string_view::npos);
    const bool fits = std::any_of(kLengths.begin(), kLengths.end(), [&](std::size_t l) { return length + slack(l) >= l && length <= l + slack(l); });
    if (ends && fits && misread * 4 <= length && digits * 10 >= length * 3) best = at + 1;
  }
  return best;
}

}  // namespace

void mark_digests(const PreparedText& text, std::vector<bool>& harmless) {
  const std::string_view plain = text.text;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (plain[at] == ' ' || !may_begin(plain, at)) continue;
    const std::size_t end = digest_end(plain, at);
    if (end == at) continue;
    std::fill(harmless.begin() + static_cast<std::ptrdiff_t>(at), harmless.begin() + static_cast<std::ptrdiff_t>(end), true);
    at = end;
  }
}

}  // namespace frostgate::redaction
