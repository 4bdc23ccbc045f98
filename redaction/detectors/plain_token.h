// What a token of the screen is when it is nothing but itself: a word, a number, a date, a flag, a path. The strict
// profile shows only those.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "redaction/detectors/vocabulary.h"

namespace frostgate::redaction {

enum class TokenKind {
  doubtful,  // may be a secret, whatever stands around it
  word,
  number,
  mark,      // punctuation, and what has a shape of its own: dates, flags, paths
  allowed,   // by the policy
};

struct Token {
  std::size_t first = 0;  // in the text it was cut from
  std::size_t end = 0;
  TokenKind kind = TokenKind::doubtful;
  // The first position that may be a secret's: after DB_PASSWORD=.
  std::size_t secret_from = 0;
  // It begins as no part of a torn secret does ("/etc/", "https://"), or is a shell's prompt: what stands before it, or
  // after it, is not more of it.
  bool begins_openly = false;
  bool ends_openly = false;
};

class PlainTokens {
 public:
  // `vocabulary` may be null.
  PlainTokens(std::shared_ptr<const Vocabulary> vocabulary, const std::vector<std::string>& allowed);

  // text[first, end) has no space; the text is plain (fold.h).
  Token judge(std::string_view text, std::size_t first, std::size_t end) const;

  // Plain letters in any case.
  bool is_word(std::string_view letters) const;
  // "Password:" and its like, or a word that a number may follow: "line 12". What follows is not more of the word.
  static bool announces_value(std::string_view token);
  static bool announces_number(std::string_view token);

 private:
  TokenKind kind_of(std::string_view token) const;
  bool is_known(std::string_view letters) const;
  bool is_path(std::string_view core) const;
  bool is_flag(std::string_view core) const;
  bool is_file_name(std::string_view core) const;
  bool all_known(std::string_view pieces, std::string_view separators) const;
  std::size_t announced(std::string_view token) const;

  std::shared_ptr<const Vocabulary> vocabulary_;
  std::set<std::string> allowed_;  // folded: the policy's words are misread, too
  std::unique_ptr<re2::RE2> numbers_, shapes_;
};

}  // namespace frostgate::redaction
