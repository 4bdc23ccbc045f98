// Runs that look drawn at random, whatever stands around them.
#include <algorithm>
#include <array>
#include <cmath>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/torn_run.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kShortestRun = 16;
constexpr std::size_t kShortestWithSymbols = 12;
constexpr std::size_t kShortestTorn = 20;
constexpr std::size_t kShortestMisread = 36;
constexpr std::size_t kShortestJoined = 20;
constexpr std::size_t kLongRun = 40;
constexpr double kJoinedRate = 0.42;

struct Shape {
  std::size_t lower = 0, upper = 0, digits = 0, symbols = 0, changes = 0, upper_pairs = 0;
  double bits = 0;  // Shannon entropy of a character

  explicit Shape(std::string_view run) {
    std::array<std::size_t, 128> counts{};
    int before = -1;
    for (const char c : run) {
      if (c == kUnknown) continue;
      const int kind = c >= 'a' && c <= 'z' ? 0 : c >= 'A' && c <= 'Z' ? 1 : is_digit(c) ? 2 : 3;
      ++(kind == 0 ? lower : kind == 1 ? upper : kind == 2 ? digits : symbols);
      changes += before >= 0 && kind != before;
      upper_pairs += kind == 1 && before == 1;
      before = kind;
      ++counts[static_cast<unsigned char>(c) & 127];
    }
    for (const std::size_t count : counts) {
      if (!count) continue;
      const double share = static_cast<double>(count) / static_cast<double>(run.size());
      bits -= share * std::log2(share);
    }
  }
};

// Digests, UUIDs, addresses: hexadecimal, also when some digits were misread.
bool is_hexadecimal(std::string_view run) {
  std::size_t wrong = 0;
  for (const char c : run) {
    const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-' || c == ':';
    if (hex || c == kUnknown) continue;
    if (!as_digit(c)) return false;
    ++wrong;
  }
  return wrong * 5 <= run.size();
}

// Most of it is words: glUniformMatrix2x3fv. Of random runs one in a hundred is, at the shortest.
bool is_name(std::string_view run) {
  constexpr std::size_t kShortestWord = 4;
  std::size_t in_words = 0;
  for (std::size_t at = 0; at < run.size();) {
    const std::size_t first = at;
    if (is_upper(run[at])) ++at;
    const std::size_t small = at;
    while (at < run.size() && is_lower(run[at])) ++at;
    if (at - small >= kShortestWord) in_words += at - first;
    if (at == first) ++at;
  }
  return in_words * 10 >= run.size() * 6;
}

// libs/msm/doc/Full: every folder's name is a word.
bool is_path(std::string_view run) {
  std::size_t folders = 0;
  for (std::size_t at = 0, slash = run.find('/'); slash != std::string_view::npos; at = slash + 1, slash = run.find('/', at)) {
    const auto name = run.substr(at, slash - at);
    std::size_t end = name.size();
    while (end > 0 && is_digit(name[end - 1])) --end;
    const auto letters = name.substr(0, end);
    const auto capitals = static_cast<std::size_t>(std::count_if(letters.begin(), letters.end(), is_upper));
    const bool word = letters.size() >= 2 && name.size() - end <= 3 && std::all_of(letters.begin(), letters.end(), is_letter) &&
                      (capitals == 0 || capitals == letters.size() || (capitals == 1 && is_upper(letters[0])));
    const bool number = letters.empty() && !name.empty() && name.size() <= 4;
    if (!word && !number && !(at == 0 && name.empty())) return false;
    folders += word;
  }
  return folders >= 2;
}

// Base64 whose small letters and digits were read as capitals: they stand side by side, but no letter is frequent.
bool is_long_and_varied(std::string_view run, const Shape& shape, double rate) {
  constexpr std::size_t kLeastSmall = 2, kLeastCapitals = 6;
  return run.size() >= kLongRun && shape.lower >= kLeastSmall && shape.upper >= kLeastCapitals && shape.digits >= 2 && rate >= 0.25 && shape.bits >= 4.2;
}

bool is_random(std::string_view run) {
  if (run.size() < kShortestRun || is_hexadecimal(run) || is_name(run) || is_path(run)) return false;
  const Shape shape(run);
  const double rate = static_cast<double>(shape.changes) / static_cast<double>(run.size() - 1);
  if (shape.lower >= 2 && shape.upper >= 2 && shape.digits >= 1)
    return shape.bits >= 3.2 && (rate >= 0.38 ? shape.digits >= 2 || run.size() >= 24 : is_long_and_varied(run, shape, rate));
  // Without a digit: capitals side by side tell it from camelCase.
  if (shape.lower >= 4 && shape.upper >= 4 && run.size() >= 24) return shape.upper_pairs >= 3 && rate >= 0.38 && shape.bits >= 3.6;
  return run.size() >= 24 && shape.digits >= 4 && shape.lower + shape.upper >= 6 && rate >= 0.3 && shape.bits >= 3.7;
}

bool is_password(std::string_view run) {
  if (run.size() < kShortestWithSymbols || run.size() > 64) return false;
  const Shape shape(run);
  const auto loud = std::count_if(run.begin(), run.end(), [](char c) { return std::string_view("!@#$%^&*+?~").find(c) != std::string_view::npos; });
  const bool quiet_only = static_cast<std::size_t>(loud) == shape.symbols;
  return quiet_only && loud >= 2 && shape.lower >= 2 && shape.upper >= 2 && shape.digits >= 2 && shape.changes * 2 >= run.size();
}

bool is_part_character(char c) { return is_alnum(c) || c == kUnknown; }
bool is_base64_character(char c) { return is_part_character(c) || c == '+' || c == '/' || c == '='; }

// What narrow letters and a `7` are read as, between two others.
bool is_misread_mark(std::string_view text, std::size_t at) {
  constexpr std::string_view kMarks = "?[]|){}&!", kBase64 = "+/=";
  if (kMarks.find(text[at]) == std::string_view::npos || at == 0 || at + 1 >= text.size()) return false;
  const auto beside = [&](char c) { return is_alnum(c) || kBase64.find(c) != std::string_view::npos || kMarks.find(c) != std::string_view::npos; };
  return beside(text[at - 1]) && beside(text[at + 1]);
}

class EntropyDetector final : public Detector {
 public:
  std::vector<std::string> rules() const override { return {"entropy.run", "entropy.password"}; }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    for (std::size_t at = 0; at < text.text.size();) {
      const std::size_t end = text.run_end(at);
      if (end - at >= kShortestWithSymbols) judge_word(judged, at, end);
      at = end + 1;
    }
    judge_torn(judged);
    take_rest(judged);
  }

 private:
  // What an engine tore off a run or a token says nothing by itself.
  static void take_rest(JudgedText& judged) {
    const std::size_t count = judged.hits.size();
    for (std::size_t i = 0; i < count; ++i) {
      const Hit hit = judged.hits[i];
      const bool run = hit.rule == "entropy.run";
      if (!run && !hit.rule.starts_with("token.")) continue;
      const RunExtent extent = torn_run(judged.text, hit.first, hit.end, run);
      if (extent.first < hit.first || extent.end > hit.end) judged.add("entropy.run", extent.first, extent.end);
    }
  }

  // A vendor's token whose prefix nobody could read: its parts are too short to tell, but not all that points and hyphens join.
  static bool judge_joined(JudgedText& judged, std::size_t first, std::size_t end) {
    const PreparedText& text = judged.text;
    while (first < end && !is_alnum(text.text[first])) ++first;
    const std::size_t sign = std::string_view(text.text).substr(0, end).find_last_of("=:\"(<>@,;&");
    if (sign != std::string_view::npos && sign >= first) return false;
    std::string joined(text.text, first, end - first);
    std::erase_if(joined, [](char c) { return !is_part_character(c); });
    const Shape shape(joined);
    const double rate = joined.empty() ? 0 : static_cast<double>(shape.changes) / static_cast<double>(joined.size());
    const bool marks = joined.size() * 10 >= (end - first) * 8;
    const bool mixed = shape.lower >= 3 && shape.upper >= 3 && shape.digits >= 3 && rate >= kJoinedRate;
    const bool found = joined.size() >= kShortestJoined && marks && mixed && !text.harmless_between(first, end) && is_random(joined);
    wipe_memory(joined.data(), joined.size());
    if (found) judged.add("entropy.run", first, end);
    return found;
  }

  // Runs that spurious spaces tore apart: each piece looks drawn, and together they look random.
  static void judge_torn(JudgedText& judged) {
    const PreparedText& text = judged.text;
    for (std::size_t at = 0; at < text.text.size();) {
      const std::size_t end = text.run_end(at);
      const std::size_t whole = looks_drawn(std::string_view(text.text).substr(at, end - at)) && text.text.compare(end, 3, " 0x") != 0 ? drawn_end(text.text, end) : end;
      if (whole > end && !text.harmless_between(at, whole)) {
        std::string joined(text.text, at, whole - at);
        std::erase(joined, ' ');
        const bool run = std::all_of(joined.begin(), joined.end(), is_base64_character) && std::count_if(joined.begin(), joined.end(), is_digit) >= 3;
        if (run && joined.size() >= kShortestTorn && is_random(joined)) judged.add("entropy.run", at, whole);
        wipe_memory(joined.data(), joined.size());
      }
      at = whole + 1;
    }
  }

  static void judge_word(JudgedText& judged, std::size_t first, std::size_t end) {
    const PreparedText& text = judged.text;
    const std::string_view word(text.text);
    if (!text.harmless_between(first, end) && is_password(word.substr(first, end - first))) {
      judged.add("entropy.password", first, end);
      return;
    }
    const std::size_t slashes = word.substr(0, end).find("//", first);
    const bool url = slashes != std::string_view::npos && (slashes == first || std::string_view(":;.,").find(word[slashes - 1]) != std::string_view::npos);
    // A slashed zero is read as `@`. What wraps may go on in a prompt, where that is none.
    const auto zero = [&](char c) { return c == '@' && !text.joined; };
    const auto base64 = [&](std::size_t at) { return is_base64_character(text.text[at]) || zero(text.text[at]); };
    const auto misread = [&](std::size_t at) { return base64(at) || is_misread_mark(text.text, at); };
    if (!url && (judge_parts(judged, first, end, misread, kShortestMisread) || judge_parts(judged, first, end, base64, 32))) return;
    if (judge_parts(judged, first, end, [&](std::size_t at) { return is_part_character(text.text[at]) || zero(text.text[at]); }, kShortestRun)) return;
    if (!url) judge_joined(judged, first, end);
  }

  // What hyphens and underscores join to a random run, and looks as random, is more of it.
  static bool goes_on(std::string_view part) {
    return part.size() >= 6 && looks_drawn(part) && std::any_of(part.begin(), part.end(), is_upper) && std::any_of(part.begin(), part.end(), is_lower) &&
           std::any_of(part.begin(), part.end(), is_digit);
  }
  static std::size_t drawn_behind(std::string_view rest) {
    std::size_t end = 0;
    while (end < rest.size() && (rest[end] == '-' || rest[end] == '_')) {
      const std::size_t next = std::min(rest.find_first_of("-_", end + 1), rest.size());
      if (!goes_on(rest.substr(end + 1, next - end - 1))) break;
      end = next;
    }
    return end;
  }
  static std::size_t drawn_before(std::string_view before) {
    std::size_t first = before.size();
    while (first > 0 && (before[first - 1] == '-' || before[first - 1] == '_')) {
      const std::size_t mark = before.substr(0, first - 1).find_last_of("-_");
      const std::size_t start = mark == std::string_view::npos ? 0 : mark + 1;
      if (!goes_on(before.substr(start, first - 1 - start))) break;
      first = start;
    }
    return first;
  }

  template <class Belongs>
  static bool judge_parts(JudgedText& judged, std::size_t first, std::size_t end, Belongs belongs, std::size_t shortest) {
    const PreparedText& text = judged.text;
    bool found = false;
    for (std::size_t at = first; at < end;) {
      std::size_t stop = at;
      while (stop < end && belongs(stop)) ++stop;
      // "api_key=VALUE": padding stands at the end, so this is an assignment, and its name may be seen.
      for (std::size_t i = at; i + 1 < stop; ++i) {
        if (text.text[i] == '=' && text.text[i + 1] != '=') at = i + 1;
      }
      const auto run = std::string_view(text.text).substr(at, stop - at);
      if (run.size() >= shortest && !text.harmless_between(at, stop) && is_random(run)) {
        const auto word = std::string_view(text.text).substr(first, end - first);
        judged.add("entropy.run", first + drawn_before(word.substr(0, at - first)), stop + drawn_behind(word.substr(stop - first)));
        found = true;
      }
      at = stop + 1;
    }
    return found;
  }
};

}  // namespace

std::unique_ptr<Detector> entropy_detector() { return std::make_unique<EntropyDetector>(); }

}  // namespace frostgate::redaction
