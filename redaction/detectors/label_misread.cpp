#include "redaction/detectors/label_misread.h"

#include <algorithm>
#include <array>

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kShortestValue = 4;

// The start of the identifier that the label ends: of DB_PASSWORD.
std::size_t name_start(std::string_view text, std::size_t first) {
  while (first > 0 && (is_alnum(text[first - 1]) || text[first - 1] == '_')) --first;
  return first;
}

// An environment variable's name stands alone or after `export`, without a lower-case letter but a misread one.
bool is_variable_name(std::string_view name) {
  const auto small = std::count_if(name.begin(), name.end(), is_lower);
  const auto capital = std::count_if(name.begin(), name.end(), is_upper);
  return capital >= 3 && small * 4 <= capital;
}

bool stands_alone(std::string_view text, std::size_t start) {
  return start == 0 || std::string_view(" \"'([{?&").find(text[start - 1]) != std::string_view::npos;
}

// Nothing but blanks, or a mail or host name as of "alice@db's password", before the label.
bool begins_line(std::string_view text, std::size_t start) {
  const auto before = text.substr(0, start);
  const std::size_t word = before.find_first_not_of(' ');
  if (word == std::string_view::npos) return true;
  return before.substr(word) == "export " || before.find('@') != std::string_view::npos;
}

bool is_mixed(std::string_view value) {
  bool letter = false, digit = false, loud = false;
  for (const char c : value) {
    letter = letter || is_letter(c);
    digit = digit || is_digit(c);
    loud = loud || std::string_view("!#$%^&*@+?").find(c) != std::string_view::npos;
  }
  return letter && (digit || loud);
}

// Long and mixed enough to be no word of a sentence.
bool is_drawn(std::string_view value) {
  return value.size() >= 8 && std::count_if(value.begin(), value.end(), is_digit) >= 2 && std::count_if(value.begin(), value.end(), is_letter) >= 2;
}

bool ends_a_file_name(std::string_view word) {
  constexpr std::array<std::string_view, 22> kEndings = {"txt", "php", "py",  "js",  "ts",  "html", "kdbx", "csv",  "json", "yml",  "yaml",
                                                         "xml", "conf", "log", "md", "cpp", "java", "go",   "conf", "toml", "com", "service"};
  return std::find(kEndings.begin(), kEndings.end(), word) != kEndings.end();
}

// What stands after "password" in prose, in forms and as a name.
bool follows_the_word(std::string_view value) {
  constexpr std::array<std::string_view, 84> kFollowing = {
      "again",    "authentication", "based",    "box",      "cannot",  "change",   "changed",  "changes",  "checking", "confirmation",
      "could",    "database",       "dialog",   "does",     "entered", "entry",    "error",    "expired",  "expires",  "expiry",
      "failed",   "failure",        "field",    "file",     "files",   "forgotten", "generator", "guessing", "hash",    "hashes",
      "hashing",  "hint",           "history",  "incorrect", "input",  "invalid",  "length",   "login",    "management", "manager",
      "mismatch", "missing",        "mode",     "must",     "needed",  "only",     "option",   "options",  "policies", "policy",
      "prompt",   "prompts",        "protected", "protection", "quality", "recovery", "rejected", "required", "reset",  "resets",
      "rotation", "rules",          "saved",    "security", "server",  "settings", "should",   "store",    "storage",  "strength",
      "that",     "this",           "type",     "unchanged", "update", "updated",  "used",     "validation", "value",  "vault",
      "vergessen", "with",          "word",     "wrong"};
  std::string word = lower(value);
  while (!word.empty() && !is_alnum(word.back())) word.pop_back();
  return std::find(kFollowing.begin(), kFollowing.end(), word) != kFollowing.end();
}

// "Password xyz" is the whole line; "Passwords match" says something else.
bool is_all_there_is(std::string_view text, std::size_t start, std::size_t end, std::string_view value) {
  return text.find_first_not_of(' ') == start && is_upper(text[start]) && lower(text[end - 1]) != 's' && value.data() + value.size() == text.data() + text.find_last_not_of(' ') + 1;
}

std::string_view run_at(std::string_view text, std::size_t at) {
  const auto rest = text.substr(std::min(at, text.size()));
  return rest.substr(0, rest.find(' '));
}

// Whether the run goes on to a separator of its own: password_file2=/etc/x, getToken2(). Base64 may end in `=`.
bool has_separator(std::string_view run) {
  const std::size_t last = run.find_last_not_of('=');
  return last != std::string_view::npos && run.substr(0, last + 1).find_first_of("=:(") != std::string_view::npos;
}

}  // namespace

std::optional<std::size_t> glued_value(std::string_view text, std::size_t first, std::size_t end, bool strong, bool password) {
  const std::size_t start = name_start(text, first);
  if (end >= text.size() || !stands_alone(text, start)) return {};
  const bool hyphen = text[end] == '-' || text[end] == '~';
  if (!hyphen && !strong) return {};
  const std::size_t at = hyphen ? end + 1 : end;
  const auto value = run_at(text, at);
  if (value.empty() || has_separator(value)) return {};
  const bool variable = is_variable_name(text.substr(start, end - start));
  if (hyphen && variable) return std::all_of(value.begin(), value.end(), is_upper) ? std::nullopt : std::optional(at);
  if (value.size() < kShortestValue) return {};
  const bool digit = std::any_of(value.begin(), value.end(), is_digit);
  // "password-word" as the whole line is no name: nobody writes one alone.
  const bool alone = password && start == first && text.find_first_not_of(' ') == start && text.find_last_not_of(' ') + 1 == at + value.size();
  if (hyphen) return digit || is_mixed(value) || (alone && !follows_the_word(value)) ? std::optional(at) : std::nullopt;
  // "passwords2", "PASSWORD_2": more of the name.
  if (!is_alnum(value[0]) || (value[0] == 's' && !is_letter(value[1]))) return {};
  if (variable && is_lower(value[0])) return at;
  return is_mixed(value) && value.find_first_of("_.") == std::string_view::npos ? std::optional(at) : std::nullopt;
}

std::optional<std::size_t> parted_value(std::string_view text, std::size_t first, std::size_t end, bool password) {
  const std::size_t start = name_start(text, first);
  if (end >= text.size() || !stands_alone(text, start)) return {};
  if (text[end] == ' ' && end + 1 < text.size() && std::string_view(".,;").find(text[end + 1]) != std::string_view::npos) ++end;
  const bool point = text[end] == '.' || text[end] == ',' || text[end] == ';';
  if (!point && text[end] != ' ') return {};
  std::size_t at = point ? end + 1 : end;
  const bool space = at < text.size() && text[at] == ' ';
  while (at < text.size() && text[at] == ' ') ++at;
  const auto value = run_at(text, at);
  const bool at_line_start = begins_line(text, start);
  const bool last = text.find_first_not_of(' ', at + value.size()) == std::string_view::npos;
  if (value.empty() || value[0] == '[' || value[0] == '(' || value.starts_with("0x") || has_separator(value)) return {};
  // "Password. word" as the whole line; a sentence goes on, a file's name has an ending.
  if (point) {
    const auto rest = text.substr(at);
    const bool broken = std::count(rest.begin(), rest.end(), ' ') == 1 && is_mixed(rest);
    const bool whole = password && is_all_there_is(text, start, end, value) && value.find('(') == std::string_view::npos;
    return at_line_start && (last || broken) && !ends_a_file_name(value) && (space || whole || is_mixed(value)) ? std::optional(at) : std::nullopt;
  }
  if (value.size() < kShortestValue) return {};
  if (is_mixed(value) && (at_line_start || last || is_drawn(value)) && value.find_first_of("/|<>{}") == std::string_view::npos) return at;
  if (password && is_all_there_is(text, start, end, value) && start == first && !follows_the_word(value) && is_letter(value.back())) return at;
  const bool variable = text.substr(start, end - start).find('_') != std::string_view::npos && is_variable_name(text.substr(start, end - start));
  const bool shouted = std::none_of(value.begin(), value.end(), is_lower) && std::any_of(value.begin(), value.end(), is_upper);
  return variable && at_line_start && last && !shouted ? std::optional(at) : std::nullopt;
}

}  // namespace frostgate::redaction
