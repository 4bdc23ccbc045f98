#include "redaction/detectors/patterns.h"

#include <algorithm>
#include <cstdlib>

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {

namespace {

RE2::Options latin1() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(RE2::Options::EncodingLatin1);
  return options;
}

// A pattern may have holes before its secret, but must not be one.
bool says_enough(std::string_view folded, std::size_t secret) {
  constexpr std::size_t kReach = 24;
  const auto before = folded.substr(secret - std::min(secret, kReach), std::min(secret, kReach));
  const auto unknown = static_cast<std::size_t>(std::count(before.begin(), before.end(), kUnknown));
  return unknown * 3 <= before.size();
}

std::string fold_pattern(std::string_view pattern) {
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
    } else if (c == '[' && !in_class) {
      in_class = true;
      folded += c;
      if (i + 1 < pattern.size() && pattern[i + 1] != '^') folded += kUnknown;
    } else if (is_alnum(c) && !in_class) {
      folded += {'[', fold(c), kUnknown, ']'};
    } else {
      if (c == ']') in_class = false;
      folded += c;
    }
  }
  return folded;
}

}  // namespace

std::unique_ptr<re2::RE2> folded_pattern(std::string_view pattern) {
  auto compiled = std::make_unique<re2::RE2>(fold_pattern(pattern), latin1());
  if (!compiled->ok()) std::abort();
  return compiled;
}

FoldedPatterns::FoldedPatterns(const std::vector<std::string_view>& patterns)
    : all_(std::make_unique<re2::RE2::Set>(latin1(), re2::RE2::UNANCHORED)) {
  for (const std::string_view pattern : patterns) {
    patterns_.push_back(folded_pattern(pattern));
    if (all_->Add(fold_pattern(pattern), nullptr) < 0) std::abort();
  }
  if (!all_->Compile()) std::abort();
}

void FoldedPatterns::each_match(std::string_view folded, const std::function<void(std::size_t, std::size_t, std::size_t)>& visit) const {
  std::vector<int> present;
  re2::RE2::Set::ErrorInfo error{};
  const bool any = all_->Match(re2::StringPiece(folded.data(), folded.size()), &present, &error);
  // Without the memory for one pass: each by itself.
  const bool unsure = !any && error.kind != re2::RE2::Set::kNoError;
  std::sort(present.begin(), present.end());
  for (std::size_t i = 0, at = 0; i < patterns_.size(); ++i) {
    while (at < present.size() && static_cast<std::size_t>(present[at]) < i) ++at;
    if (!unsure && (at == present.size() || static_cast<std::size_t>(present[at]) != i)) continue;
    redaction::each_match(*patterns_[i], folded, 1, [&](std::size_t first, std::size_t end) {
      if (says_enough(folded, first)) visit(i, first, end);
    });
  }
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
