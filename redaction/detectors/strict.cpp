// The strict profile: every token that is not plainly harmless, and what may have been torn off it. A secret that was
// read with a spurious space in it leaves pieces that may be words or short numbers ("Summer 2024!", "48 1934"), so a
// doubtful token takes its neighbours with it wherever only one narrow space parts them.
#include <algorithm>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/plain_token.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kShortestPin = 6;
constexpr std::size_t kShortPiece = 3;  // says too little to stop at

bool like_digit(char c) { return is_digit(c) || std::string_view("OlISsBZ|]!@").find(c) != std::string_view::npos; }

class StrictDetector final : public Detector {
 public:
  explicit StrictDetector(const DetectorSettings& settings) : plain_(settings.vocabulary, settings.harmless) {}

  std::vector<std::string> rules() const override { return {}; }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    std::vector<Token> tokens;
    for (std::size_t at = text.text.find_first_not_of(' '); at < text.text.size(); at = text.text.find_first_not_of(' ', at)) {
      const std::size_t end = text.run_end(at);
      tokens.push_back(plain_.judge(text.text, at, end));
      at = end;
    }
    std::vector<bool> covered(tokens.size(), false);
    for (std::size_t i = 0; i < tokens.size(); ++i) covered[i] = tokens[i].kind == TokenKind::doubtful;
    cover_torn_numbers(text, tokens, covered);
    cover_numbered_words(text, tokens, covered);
    cover_neighbours(text, tokens, covered);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!covered[i]) continue;
      std::size_t last = i;
      while (last + 1 < tokens.size() && covered[last + 1] && tokens[last + 1].secret_from == tokens[last + 1].first) ++last;
      judged.add("strict.token", tokens[i].secret_from, tokens[last].end);
      i = last;
    }
  }

 private:
  using Tokens = std::vector<Token>;

  // One space, and not as wide as between columns.
  static bool close(const PreparedText& text, const Token& left, const Token& right) {
    return right.first == left.end + 1 && !text.wide(left.end);
  }

  // "48 1934"
  static void cover_torn_numbers(const PreparedText& text, const Tokens& tokens, std::vector<bool>& covered) {
    for (std::size_t i = 0; i < tokens.size();) {
      std::size_t end = i, digits = 0;
      bool number = false;
      while (end < tokens.size() && (end == i || close(text, tokens[end - 1], tokens[end])) && digit_like(text, tokens[end])) {
        digits += tokens[end].end - tokens[end].first;
        number = number || tokens[end].kind == TokenKind::number;
        ++end;
      }
      if (number && end > i + 1 && digits >= kShortestPin) std::fill(covered.begin() + static_cast<std::ptrdiff_t>(i), covered.begin() + static_cast<std::ptrdiff_t>(end), true);
      i = std::max(end, i + 1);
    }
  }

  static bool digit_like(const PreparedText& text, const Token& token) {
    return std::all_of(text.text.begin() + static_cast<std::ptrdiff_t>(token.first), text.text.begin() + static_cast<std::ptrdiff_t>(token.end), like_digit);
  }

  // "summer 2024", where it is not "line 2024".
  static void cover_numbered_words(const PreparedText& text, const Tokens& tokens, std::vector<bool>& covered) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i].kind != TokenKind::word || tokens[i + 1].kind != TokenKind::number || !close(text, tokens[i], tokens[i + 1])) continue;
      const auto word = std::string_view(text.text).substr(tokens[i].first, tokens[i].end - tokens[i].first);
      if (is_letter(word.back()) && is_digit(text.text[tokens[i + 1].first]) && !PlainTokens::announces_number(word)) covered[i] = covered[i + 1] = true;
    }
  }

  static void cover_neighbours(const PreparedText& text, const Tokens& tokens, std::vector<bool>& covered) {
    const std::vector<bool> doubtful = covered;
    const auto take = [&](std::size_t from, auto step, auto&& may) {
      for (std::size_t at = from;;) {
        const std::size_t next = step(at);
        if (next >= tokens.size() || doubtful[next] || tokens[next].kind == TokenKind::allowed || !may(at, next)) return;
        covered[next] = true;
        if (tokens[next].end - tokens[next].first > kShortPiece) return;
        at = next;
      }
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!doubtful[i]) continue;
      take(i, [](std::size_t at) { return at - 1; }, [&](std::size_t at, std::size_t next) {
        const auto word = std::string_view(text.text).substr(tokens[next].first, tokens[next].end - tokens[next].first);
        return close(text, tokens[next], tokens[at]) && !tokens[at].begins_openly && !PlainTokens::announces_value(word);
      });
      take(i, [](std::size_t at) { return at + 1; }, [&](std::size_t at, std::size_t next) {
        return close(text, tokens[at], tokens[next]) && !tokens[at].ends_openly && !tokens[next].begins_openly;
      });
    }
  }

  PlainTokens plain_;
};

}  // namespace

std::unique_ptr<Detector> strict_detector(const DetectorSettings& settings) { return std::make_unique<StrictDetector>(settings); }

}  // namespace frostgate::redaction
