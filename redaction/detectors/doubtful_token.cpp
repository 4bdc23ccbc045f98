#include "redaction/detectors/doubtful_token.h"

#include <algorithm>
#include <string_view>

#include "redaction/detectors/judged_text.h"

namespace frostgate::redaction {
namespace {

constexpr std::u32string_view kJoints = U"/\\.,:;=-_()[]{}<>\"'`|";
constexpr std::size_t kFewestOfPiece = 6, kFewestOfToken = 8;
constexpr std::size_t kFewestOfRun = 32, kLeastBeyondHex = 35;  // characters; of a hundred
constexpr int kTurnsOfPiece = 2, kTurnsOfToken = 3;

bool a_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool a_small(char32_t c) { return c >= U'a' && c <= U'z'; }
bool a_capital(char32_t c) { return c >= U'A' && c <= U'Z'; }

// How often a word turns from letters to digits, back, or to a capital: words and numbers do not, names with a number do once.
class Turns {
 public:
  void add(char32_t c) {
    digits_ = digits_ || a_digit(c);
    lower_ = lower_ || a_small(c);
    upper_ = upper_ || a_capital(c);
    const bool letter = a_small(c) || a_capital(c), was_letter = a_small(before_) || a_capital(before_);
    turns_ += (letter && a_digit(before_)) || (was_letter && a_digit(c)) || (a_small(before_) && a_capital(c));
    before_ = c;
    ++length_;
  }
  bool piece_by_lot() const { return length_ >= kFewestOfPiece && digits_ && turns_ >= kTurnsOfPiece; }
  bool token_by_lot() const { return length_ >= kFewestOfToken && digits_ && lower_ && upper_ && turns_ >= kTurnsOfToken; }

 private:
  char32_t before_ = 0;
  std::size_t length_ = 0;
  int turns_ = 0;
  bool digits_ = false, lower_ = false, upper_ = false;
};

bool by_lot(std::span<const char32_t> token) {
  Turns whole, piece;
  for (const char32_t c : token) {
    whole.add(c);
    if (kJoints.find(c) == std::u32string_view::npos) {
      piece.add(c);
      continue;
    }
    if (piece.piece_by_lot()) return true;
    piece = {};
  }
  return piece.piece_by_lot() || whole.token_by_lot();
}

// Whether a rule has it from its first digit on, or before.
bool found(std::span<const char32_t> text, std::size_t first, std::size_t end, std::span<const Finding> findings) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    if (finding.first >= end || finding.end <= first) return false;
    const auto before = text.subspan(first, std::max(first, finding.first) - first);
    return std::none_of(before.begin(), before.end(), a_digit);
  });
}

// What is public is blanked.
PreparedText without_harmless(const TextLine& line) {
  PreparedText text;
  for (const Character& character : line.characters) text.characters.push_back(character.code);
  text.prepare();
  for (std::size_t at = 0; at < text.characters.size(); ++at) {
    if (text.harmless[at]) text.characters[at] = U' ';
  }
  return text;
}

}  // namespace

bool has_doubtful_token(const TextLine& line, std::span<const Finding> findings) {
  const PreparedText text = without_harmless(line);
  const std::span<const char32_t> all(text.characters);
  for (std::size_t first = 0; first < all.size();) {
    std::size_t end = first;
    while (end < all.size() && all[end] != U' ') ++end;
    if (by_lot(all.subspan(first, end - first)) && !found(all, first, end, findings)) return true;
    first = end + 1;
  }
  return false;
}

bool may_be_long_run(const TextLine& line) {
  const PreparedText text = without_harmless(line);
  std::size_t all = 0, beyond_hex = 0;
  for (const char32_t c : text.characters) {
    all += a_digit(c) || a_small(c) || a_capital(c);
    beyond_hex += (c >= U'g' && c <= U'z') || (c >= U'G' && c <= U'Z');
  }
  return all >= kFewestOfRun && beyond_hex * 100 >= all * kLeastBeyondHex;
}

}  // namespace frostgate::redaction
