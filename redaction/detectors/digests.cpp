#include "redaction/detectors/digests.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "codec/base/secret.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/judged_text.h"

namespace frostgate::redaction {
namespace {

constexpr std::array<std::size_t, 5> kLengths = {32, 40, 64, 96, 128};
constexpr std::size_t kLongestPrefix = 4;  // of a vendor's token: "dapi" and a digest is one
constexpr std::size_t kDigitsForSlack = 12;  // in so many one may be read as two, or two as one

std::size_t slack(std::size_t length) { return length / kDigitsForSlack; }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Any letter may be a misread digit, and the narrow marks; more than a few are none of a digest: base64 is two thirds other letters.
bool is_misread_hex(char c) { return is_alnum(c) || as_digit(c) != '\0' || std::string_view("/'\"`%+&").find(c) != std::string_view::npos || c == kUnknown; }

// Looks like a hexadecimal digit, or is one that lost or won a stroke.
bool resembles_hex(char c) { return is_hex(c) || as_digit(c) != '\0' || std::string_view("TthHL/'%&").find(c) != std::string_view::npos || c == kUnknown; }

// What stands before a digest is a word, a colon or a quote; a sign that joins it to a name makes it a token's. The space behind
// git's "commit" may be lost.
bool may_begin(std::string_view text, std::size_t at) {
  if (at > 0 && is_alnum(text[at - 1])) return text.substr(0, at) == "commit";
  const std::size_t before = text.substr(0, at).find_last_not_of(' ');
  return before == std::string_view::npos || std::string_view("_-=.&?").find(text[before]) == std::string_view::npos;
}

// A mark that more letters follow is a misread digit, and some join a digest to what is none.
bool ends_at(std::string_view text, std::size_t at) {
  if (at == text.size() || text[at] == ' ') return true;
  return !is_alnum(text[at]) && std::string_view("_-+/=.@").find(text[at]) == std::string_view::npos && (at + 1 == text.size() || !is_alnum(text[at + 1]));
}

// Where the digest that begins at `first` ends, or `first`.
std::size_t digest_end(std::string_view text, std::size_t first) {
  std::size_t length = 0, digits = 0, misread = 0, foreign = 0, best = first;
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
    foreign += !resembles_hex(c);
    if (foreign > 0 && length <= kLongestPrefix) break;
    const bool ends = ends_at(text, at + 1);
    const bool fits = std::any_of(kLengths.begin(), kLengths.end(), [&](std::size_t l) { return length + slack(l) >= l && length <= l + slack(l); });
    if (ends && fits && misread * 4 <= length && foreign * 10 <= length && digits * 4 >= length) best = at + 1;
  }
  return best;
}

}  // namespace

void mark_digests(const PreparedText& text, std::vector<bool>& harmless) {
  // What narrow type makes of a 7 or an f is no letter.
  std::string plain = text.text;
  for (std::size_t at = 0; at < plain.size(); ++at)
    if (text.characters[at] == U'¥') plain[at] = '7';
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (plain[at] == ' ' || !may_begin(plain, at)) continue;
    const std::size_t end = digest_end(plain, at);
    if (end == at) continue;
    std::fill(harmless.begin() + static_cast<std::ptrdiff_t>(at), harmless.begin() + static_cast<std::ptrdiff_t>(end), true);
    at = end;
  }
  wipe_memory(plain.data(), plain.size());
}

}  // namespace frostgate::redaction
