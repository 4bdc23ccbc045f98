// Private keys: from BEGIN to END in one column, and bodies whose header has scrolled out.
#include <algorithm>
#include <vector>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/patterns.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kLongestKey = 400;  // lines
constexpr std::size_t kBodyLine = 48;
constexpr std::size_t kMostMarks = 2;  // base64 has none; a name or a path has more
constexpr double kLongestGap = 1.9;  // line heights: one blank line, not two

bool is_body(const PreparedText& row) {
  const auto fits = std::count_if(row.text.begin(), row.text.end(), [](char c) { return is_alnum(c) || c == '+' || c == '/' || c == '='; });
  const auto spaces = std::count(row.text.begin(), row.text.end(), ' ');
  const auto others = static_cast<std::ptrdiff_t>(row.text.size()) - fits - spaces;
  if (row.packed.empty() || others * 6 > fits) return false;
  return row.packed.size() >= 40 ? spaces <= 3 : spaces == 0 && others <= 1;
}

// A prompt or prose. A body line, however badly misread, is a few long words.
bool is_other_text(const PreparedText& row) {
  const std::string_view text = row.text;
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return false;
  const std::size_t mark = text.find_first_of("$#>%");
  const bool prompt = mark != std::string_view::npos && (mark + 1 == text.size() || text[mark + 1] == ' ') &&
                      (mark == first || text.substr(0, mark).find_first_of("@:~\\]") != std::string_view::npos);
  if (prompt) return true;
  std::size_t words = 0;
  for (std::size_t at = first; at < text.size();) {
    const std::size_t end = row.run_end(at);
    const auto word = text.substr(at, end - at);
    words += word.size() >= 3 && word.size() < 16 && std::all_of(word.begin() + 1, word.end() - 1, [](char c) { return c >= 'a' && c <= 'z'; });
    at = end + 1;
  }
  return words >= 3;
}

// `branch = main`, `HOME=/home/alice`. What misreading makes of base64 has no name of one case before such a sign.
bool is_assignment(const PreparedText& row) {
  constexpr std::size_t kShortestName = 3;
  const std::string_view text = row.text;
  std::size_t sign = text.find(" = ");
  if (sign == std::string_view::npos) sign = text.find("=/");
  if (sign == std::string_view::npos) return false;
  const std::size_t first = text.find_first_not_of(' ');
  if (sign < first + kShortestName) return false;
  const auto name = text.substr(first, sign - first);
  const auto all = [&](auto of_case) { return std::all_of(name.begin(), name.end(), [&](char c) { return c == '_' || of_case(c); }); };
  return all(is_lower) || all(is_upper);
}

// Base64 of random bytes holds all three kinds; a path, a rule or a digest in hexadecimal does not.
bool is_random_body(const PreparedText& row) {
  std::size_t lower = 0, upper = 0, digits = 0, fits = 0, marks = 0;
  // An assignment: the labels know better where its secret begins.
  const std::size_t equals = row.text.find('=');
  if (equals != std::string::npos && row.text.size() - equals > 3) return false;
  for (const char c : row.text) {
    lower += c >= 'a' && c <= 'z';
    upper += c >= 'A' && c <= 'Z';
    digits += is_digit(c);
    marks += c == '_' || c == '.' || c == ':' || c == '#';
    fits += is_alnum(c) || c == '+' || c == '/' || c == '=';
  }
  return row.packed.size() >= kBodyLine && fits + row.packed.size() / 12 >= row.packed.size() && lower * 8 >= fits && upper * 8 >= fits && digits >= 2 && marks <= kMostMarks;
}

// "Authorization: Basic BODY", "pypi-BODY": words, and then a secret that a surer rule has found and that ends the line.
bool has_value(const JudgedText& judged) {
  const std::size_t end = judged.text.text.find_last_not_of(' ') + 1;
  return std::any_of(judged.hits.begin(), judged.hits.end(), [&](const Hit& hit) {
    const auto before = std::string_view(judged.text.text).substr(0, hit.first);
    return hit.first > 0 && hit.end >= end && !hit.rule.starts_with("entropy.") && std::none_of(before.begin(), before.end(), is_digit);
  });
}

class PrivateKeyDetector final : public Detector {
 public:
  PrivateKeyDetector()
      : begin_private_(folded_pattern("begin.{0,24}private.?key")),
        putty_(folded_pattern("private.?lines")), header_(folded_pattern("^[a-z]+(-[a-z]+)?\\. ")) {}

  std::vector<std::string> rules() const override { return {"pem.private_key", "pem.putty_key", "pem.body"}; }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    judged.begins_putty_key = matches(*putty_, text.packed);
    judged.begins_private_key = matches(*begin_private_, text.packed);
    judged.is_key_body = is_random_body(text) && !has_value(judged) && std::count(text.text.begin(), text.text.end(), ' ') <= 3 && !text.harmless_between(0, text.text.size());
    if (!judged.begins_private_key || text.joined) return;
    const auto rest = inline_body(text);
    if (rest < text.text.size()) judged.add("pem.private_key", rest, text.text.size(), true);
  }

  void find(const ScreenText& screen, Findings& findings) const override {
    std::vector<bool> decided(screen.rows.size(), false);
    for (std::size_t i = 0; i < screen.rows.size(); ++i) {
      if (screen.rows[i].judged->begins_putty_key) follow(screen, i, decided, findings, "pem.putty_key");
      if (screen.rows[i].judged->begins_private_key) follow(screen, i, decided, findings, "pem.private_key");
    }
    for (std::size_t i = 0; i < screen.rows.size(); ++i) {
      if (decided[i] || !screen.rows[i].judged->is_key_body) continue;
      findings.add_line("pem.body", i);
      cover_last_line(screen, i, decided, findings);
      cover_line_above(screen, i, decided, findings);
    }
  }

 private:
  static bool matches(const re2::RE2& pattern, const std::string& text) { return re2::RE2::PartialMatch(text, pattern); }

  // A key on one line, as in JSON: what stands after the header's closing hyphens.
  std::size_t inline_body(const PreparedText& row) const {
    std::size_t after = row.text.size();
    each_match(*begin_private_, row.packed, 0, [&](std::size_t, std::size_t end) {
      if (end < row.unpacked.size()) after = std::min<std::size_t>(after, row.unpacked[end]);
    });
    while (after < row.text.size() && (row.folded[after] == '-' || row.text[after] == ' ')) ++after;
    return after;
  }

  // A key's last line is too short to tell by itself.
  static void cover_last_line(const ScreenText& screen, std::size_t body, std::vector<bool>& decided, Findings& findings) {
    const std::size_t line = screen.below(body, screen.lines[body].box, 1.0);
    if (line >= screen.rows.size() || decided[line]) return;
    if (is_body_in_both_cases(*screen.rows[line])) findings.add_line("pem.body", line);
  }

  // Nor does one whose digits were misread, where its header was, too.
  static void cover_line_above(const ScreenText& screen, std::size_t body, const std::vector<bool>& decided, Findings& findings) {
    for (std::size_t i = 0; i < screen.rows.size(); ++i) {
      const PreparedText& row = *screen.rows[i];
      if (decided[i] || i == body || row.packed.size() < kBodyLine || !is_body_in_both_cases(row)) continue;
      if (screen.below(i, screen.lines[i].box, 1.0) == body) findings.add_line("pem.body", i);
    }
  }

  static bool is_body_in_both_cases(const PreparedText& row) {
    return is_body(row) && std::any_of(row.text.begin(), row.text.end(), is_lower) && std::any_of(row.text.begin(), row.text.end(), is_upper) &&
           !row.harmless_between(0, row.text.size());
  }

  // Walks down the column from a header to the END line, a gap, or a line that is plainly none of the key's. Rows that
  // were found in pieces are covered as a whole, from the block's left edge.
  void follow(const ScreenText& screen, std::size_t line, std::vector<bool>& decided, Findings& findings, std::string_view rule) const {
    const Rect header = screen.lines[line].box;
    Rect block{};
    std::vector<std::size_t> found;
    for (std::size_t n = 0; n < kLongestKey; ++n) {
      line = screen.below(line, header, kLongestGap);
      if (line >= screen.rows.size()) break;
      const PreparedText& row = *screen.rows[line];
      const bool ends = row.folded.find("---") != std::string::npos;
      if (ends) break;
      const bool other = screen.lines[line].readable && (is_assignment(row) || (!is_body(row) && !matches(*header_, row.folded) && is_other_text(row)));
      if (other) break;
      block = block.united(screen.lines[line].box);
      found.push_back(line);
    }
    if (found.empty()) return;
    const int left = std::min(block.x, header.x);
    for (std::size_t i = 0; i < screen.lines.size(); ++i) {
      const Rect& box = screen.lines[i].box;
      const int middle = box.y + box.height / 2;
      const bool inside = middle >= block.y && middle < block.bottom() && box.x < block.right() && box.right() > left;
      if (!inside && std::find(found.begin(), found.end(), i) == found.end()) continue;
      decided[i] = true;
      findings.add_line(rule, i, left);
    }
  }

  std::unique_ptr<re2::RE2> begin_private_, putty_, header_;
};

}  // namespace

std::unique_ptr<Detector> private_key_detector() { return std::make_unique<PrivateKeyDetector>(); }

}  // namespace frostgate::redaction
