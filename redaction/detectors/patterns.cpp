#include "redaction/detectors/patterns.h"

#include <cstdlib>

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {

std::unique_ptr<re2::RE2> folded_pattern(std::string_view pattern) {
  std::string folded;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      folded += c;
      folded += pattern[++i];
    } else if (starts_at(pattern, i, "(?:")) {
      folded += "(?:";
      i += 2;
    } else if (c == '{') {
      // A repeat count.
      const std::size_t end = pattern.find('}', i);
      folded += pattern.substr(i, end - i + 1);
      i = end;
    } else {
      if (c == '[') in_class = true;
      if (c == ']') in_class = false;
      const char f = is_alnum(c) && !in_class ? fold(c) : c;
      folded += f;
    }
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(RE2::Options::EncodingLatin1);
  auto compiled = std::make_unique<re2::RE2>(folded, options);
  if (!compiled->ok()) std::abort();
  return compiled;
}

void each_match(const re2::RE2& pattern, std::string_view text, int group,
                const std::function<void(std::size_t, std::size_t)>& visit) {
  re2::StringPiece groups[4];
  const re2::StringPiece whole(text.data(), text.size());
  for (std::size_t at = 0; at <= text.size();) {
    if (!pattern.Match(whole, at, text.size(), RE2::UNANCHORED, groups, group + 1)) return;
    const auto match_end = static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
    if (groups[group].data()) {
      const auto first = static_cast<std::size_t>(groups[group].data() - text.data());
      visit(first, first + groups[group].size());
    }
    at = std::max(match_end, at + 1);
  }
}

}  // namespace frostgate::redaction
