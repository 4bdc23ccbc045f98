#include "redaction/detectors/label_value.h"

#include <algorithm>
#include <array>

#include "redaction/detectors/fold.h"
#include "redaction/detectors/label_misread.h"
#include "redaction/detectors/one_of.h"

namespace frostgate::redaction {
namespace {

// Longest explanation between a label and its colon: "[sudo] password for alice:".
constexpr std::size_t kLongestPrompt = 80;

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
bool has_digit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

constexpr std::array<std::string_view, 17> kNothing = {"none",  "null",   "nil",    "undefined", "true", "false",
                                                       "str",   "string", "text",   "bytes",     "char", "bool",
                                                       "int",   "any",    "object", "varchar",   "optional"};
constexpr std::array<std::string_view, 20> kAskingCalls = {
    "getpass", "environ", "getenv", "input", "prompt", "env", "read", "ask", "load", "fetch",
    "decrypt", "generate", "param", "request", "header", "config", "option", "lookup", "vault", "readline"};
constexpr std::array<std::string_view, 20> kFlagProse = {"option", "options", "flag",  "flags",  "argument", "parameter", "switch",
                                                         "is",     "to",      "and",   "or",     "the",      "for",       "with",
                                                         "if",     "instead", "as",    "on",     "may",      "can"};

// A name may be in one case, camelCase or PascalCase; capitals side by side and then small letters are drawn.
bool looks_named(std::string_view word) {
  for (std::size_t i = 0; i + 2 < word.size(); ++i)
    if (is_upper(word[i]) && is_upper(word[i + 1]) && is_lower(word[i + 2])) return false;
  return true;
}

// `$NAME`, `${...}`, `%NAME%`, `{{ ... }}`, `<your password>`
bool is_variable(std::string_view value) {
  const auto word = first_word(value);
  const bool named = std::all_of(word.begin() + (word.empty() ? 0 : 1), word.end(), [](char c) {
    return c == '_' || c == ':' || c == '.' || c == ';' || c == '"' || c == ')' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
  if (value.starts_with("${{") || value.starts_with("{{")) return true;
  if (value.starts_with("${") || value.starts_with("$(")) return value.find_first_of(":=\"'") == std::string_view::npos;
  if (value.starts_with("$")) return named && word.size() > 2 && !has_digit(word) && looks_named(word);
  if (value.starts_with("%") && word.size() > 2 && word.back() == '%') return !has_digit(word);
  if (!value.starts_with("<")) return false;
  const std::size_t end = value.find('>');
  // "<Value>" has its value behind it, whatever that begins with.
  const bool ends = end != std::string_view::npos && (end + 1 == value.size() || std::string_view(" \"'`<>)]},;.:&|/").find(value[end + 1]) != std::string_view::npos);
  return ends && end > 2 && std::all_of(value.begin() + 1, value.begin() + static_cast<std::ptrdiff_t>(end),
                                                                 [](char c) { return is_letter(c) || c == ' ' || c == '_' || c == '-'; });
}

// `getpass.getpass("Password: ")`, `os.environ["X"]`: asks for the secret instead of saying it. A second quoted
// argument would be its default, so that is not harmless.
bool asks_for_it(std::string_view value) {
  const std::size_t path = value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.:>-$&*! ");
  if (path == 0 || path == std::string_view::npos) return false;
  const std::string name = lower(value.substr(0, path));
  const bool known = std::any_of(kAskingCalls.begin(), kAskingCalls.end(),
                                 [&](std::string_view call) { return name.find(call) != std::string::npos; });
  // A parenthesis is read as a brace; one that closes tells it from a variable's.
  const bool brace = value[path] == '{' && value.find(')', path) != std::string_view::npos;
  if (!known || (value[path] != '(' && value[path] != '[' && !brace)) return false;
  const std::size_t comma = value.find(',', path);
  return comma == std::string_view::npos || value.find_first_of("\"'", comma) == std::string_view::npos;
}

// `getToken();`, `hash_password(password)`: a call whose result nobody sees.
bool is_plain_call(std::string_view value) {
  const std::size_t open = value.find('(');
  const std::size_t close = value.find_last_not_of("; ");
  if (open == std::string_view::npos || open < 3 || close == std::string_view::npos || value[close] != ')') return false;
  return std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(close), [](char c) {
    return is_letter(c) || c == '_' || c == '.' || c == ',' || c == ' ' || c == '(' || c == ')';
  });
}

// `getpass("Password: ")`: the end of the call's argument, and no value.
bool closes_a_call(std::string_view value) {
  return value.find(')') != std::string_view::npos && value.find_first_not_of("\"')];,: ") == std::string_view::npos;
}

// An identifier whose last part is a label again: `password=password`, `token = self.token`.
bool repeats_the_label(std::string_view value) {
  auto word = value.substr(0, value.find_first_of(",;) "));
  if (word.empty() || has_digit(word)) return false;
  const bool plain_path = std::all_of(word.begin(), word.end(), [](char c) { return is_letter(c) || c == '_' || c == '.' || c == '-' || c == '>'; });
  const std::string name = lower(word);
  return plain_path && (name.ends_with("password") || name.ends_with("passwd") || name.ends_with("pwd") || name.ends_with("token") ||
                        name.ends_with("secret") || name.ends_with("api_key") || name.ends_with("apikey"));
}

// What passwd(1), su(1) and sudo(8) say after their own name.
bool is_message(std::string_view value) {
  constexpr std::array<std::string_view, 6> kMessages = {"password updated", "password changed", "password unchanged",
                                                         "password expiry", "authentication ", "a password is required"};
  const std::string said = lower(value);
  return std::any_of(kMessages.begin(), kMessages.end(), [&](std::string_view m) { return said.starts_with(m); });
}

// LOCAL_FILE_PATH, YOUR_PASSWORD: what manuals write.
bool is_placeholder(std::string_view value) {
  constexpr std::array<std::string_view, 9> kPlaceholders = {"FILE", "PATH", "KEY", "PASSWORD", "TOKEN", "NAME", "VALUE", "SECRET", "POLICY"};
  const auto word = value.substr(0, value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"));
  const bool ended = word.size() == value.size() || value[word.size()] == ' ' || value[word.size()] == ']';
  return ended && word.find('_') != std::string_view::npos &&
         std::any_of(kPlaceholders.begin(), kPlaceholders.end(), [&](std::string_view p) { return word.ends_with(p); });
}

bool harmless_value(std::string_view value, char separator, bool in_code) {
  if (value.empty()) return false;
  if (is_placeholder(value)) return true;
  if (is_message(value) || closes_a_call(value) || (separator == '=' && is_plain_call(value))) return true;
  if (is_variable(is_quote(value[0]) ? value.substr(1) : value) || asks_for_it(value)) return true;
  constexpr std::array<std::string_view, 6> kEmpty = {"[]", "{}", "()", "\"\"", "''", "[],"};
  if (one_of(value, kEmpty)) return true;
  const std::size_t word_end = value.find_first_of(",;)}?=| ");
  const bool ended = word_end != std::string_view::npos;
  const bool nothing = one_of(lower(value.substr(0, word_end)), kNothing);
  if (nothing && (separator == '=' || in_code || (ended && value[word_end] != ' '))) return true;
  return separator == '=' && repeats_the_label(value);
}

// A point or semicolon that OCR may have made of a colon: only before one word that no sentence begins with.
bool is_misread_colon(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at + 1);
  if (rest.empty() || rest[0] != ' ') return false;
  const auto value = rest.substr(skip_spaces(rest, 0));
  if (value.empty()) return false;
  const auto word = first_word(value);
  const auto letters = word.substr(0, word.find_last_not_of(")]:;,") + 1);  // `form.password. data):`
  const bool plain_word = std::all_of(letters.begin(), letters.end(), is_letter);
  return has_digit(word) || (!plain_word && word.size() == value.size());
}

// The flag's value is the next word: --password VALUE.
std::optional<std::size_t> flag_value(std::string_view text, const LabelMatch& match) {
  std::size_t start = match.first;
  while (start > 0 && text[start - 1] != ' ' && text[start - 1] != '"' && text[start - 1] != '\'') --start;
  if (text.substr(0, match.first).ends_with("--")) start = match.first - 2;  // the space before it lost
  if (text[start] != '-' || match.identifier >= text.size() || text[match.identifier] != ' ') return {};
  const std::size_t at = skip_spaces(text, match.identifier);
  if (at >= text.size()) return match.identifier + 1;
  const auto value = text.substr(at);
  if (value[0] == '-' || value[0] == '=' || value[0] == ':' || value[0] == '[' || value[0] == '|') return {};
  if (one_of(lower(first_word(value)), kFlagProse) || harmless_value(value, '=', true)) return {};
  return match.identifier + 1;
}

// Whether a prompt may end at `i`, in a colon or what OCR makes of one: before the last word of the line.
bool ends_prompt(std::string_view text, std::size_t from, std::size_t i) {
  const bool misread = text[i] == ';' || text[i] == '.';
  if (text[i] != ':' && !misread) return false;
  if (i + 1 == text.size()) return true;
  if (text[i + 1] != ' ') return false;
  const auto subject = text.substr(from, i - from);
  return !misread || (std::count(subject.begin(), subject.end(), ' ') <= 2 && text.find(' ', skip_spaces(text, i + 1)) == std::string_view::npos);
}

// "Password for https://example.com:", "Passwort fur root:": the colon of a prompt, its following space lost or not.
std::optional<std::size_t> prompt_end(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 8> kFor = {"of", "de", "du", "pour", "para", "von", "del", "again"};
  const bool glued = glued_prompt(text, at = skip_spaces(text, at));
  const std::string word = fold(first_word(text.substr(at)));
  // "for", and "für" as an engine that knows no German has it: fur, fir, fiir.
  const bool is_for = (word.size() == 3 || word.size() == 4) && word.front() == fold("f").front() && word.back() == fold("r").front();
  if (!glued && !is_for && std::none_of(kFor.begin(), kFor.end(), [&](std::string_view known) { return fold(known) == word; })) return {};
  const std::size_t end = std::min(text.size(), at + kLongestPrompt);
  for (std::size_t i = at; i < end; ++i)
    if (ends_prompt(text, at, i)) return i + 1;
  const std::size_t colon = text.substr(0, end).rfind(':');
  const bool found = colon != std::string_view::npos && colon > at && text[colon + 1] != '/' && !is_digit(text[colon + 1]);
  return found ? std::optional(colon + 1) : std::nullopt;
}

// "[sudo] password for alice:", whatever became of the words after the label.
bool is_sudo(std::string_view text) {
  const std::size_t at = fold(text.substr(0, 8)).find(fold("sudo"));
  return at != std::string::npos && at > 0 && at <= 3;
}

// <password>, not forward<Token>.
bool opens_tag(std::string_view text, std::size_t end) {
  const std::size_t open = text.rfind('<', end);
  return open != std::string_view::npos && (open == 0 || (!is_alnum(text[open - 1]) && text[open - 1] != '_' && text[open - 1] != '.'));
}

struct Separator {
  char kind = 0;         // ':' '=' '>' or 'R' for a registry type
  std::size_t end = 0;   // first position after it
};

std::optional<Separator> separator_at(std::string_view text, std::size_t at, bool quoted, bool tag) {
  if (at >= text.size()) return {};
  const char c = text[at];
  if (starts_at(text, at, "==") || starts_at(text, at, "::")) {
    const std::size_t value = skip_spaces(text, at + 2);
    if (c == '=' && value < text.size() && is_quote(text[value])) return Separator{'=', at + 2};
    return {};
  }
  if (starts_at(text, at, ":=") || starts_at(text, at, "=>") || starts_at(text, at, "?=") || starts_at(text, at, "+="))
    return Separator{'=', at + 2};
  if (c == ':' || c == '=') return Separator{c, at + 1};
  if (c == '>' && tag && opens_tag(text, at) && lower(text.substr(0, at)).rfind("<input") == std::string::npos) return Separator{'>', at + 1};
  if ((c == '.' || c == ';') && is_misread_colon(text, at)) return Separator{':', at + 1};
  // JSON: "client_secret". "..."
  if (quoted && (c == '.' || c == ';' || c == ',') && is_quote(text[std::min(skip_spaces(text, at + 1), text.size() - 1)])) return Separator{':', at + 1};
  if (c == '-' && starts_at(text, at, "- ") && at > 0 && text[at - 1] == ' ' && has_digit(first_word(text.substr(skip_spaces(text, at + 1)))))
    return Separator{'=', at + 1};
  if (quoted && lower(text.substr(at, 6)) == "value=") return Separator{'=', at + 6};
  if (lower(text.substr(at, 4)) == "reg_") return Separator{'R', std::min(text.find(' ', at), text.size())};
  return {};
}

// Four words and more, all in small letters: after "pass:" they say what happens in it.
bool is_prose(std::string_view text) {
  if (std::count(text.begin(), text.end(), ' ') < 3) return false;
  return std::all_of(text.begin() + 1, text.end(), [](char c) { return is_lower(c) || c == ' ' || c == ',' || c == '.' || c == '\'' || c == '-'; });
}

// "if password == confirm_password:", "ifnot check_password(form.password.data):": of a block, or behind a call that the label stands in or names.
bool opens_block(std::string_view text, const LabelMatch& match) {
  const std::string word = lower(first_word(text.substr(skip_spaces(text, 0))));
  if (word == "if" || word == "elif" || word == "while") return true;
  const std::size_t last = text.find_last_not_of(": ");
  if (last == std::string_view::npos || text[last] != ')') return false;
  const auto before = text.substr(0, match.first);
  const std::size_t open = before.rfind('(');
  const bool in_call = open != std::string_view::npos && open > 0 && is_alnum(before[open - 1]) && before.find(')', open) == std::string_view::npos;
  return in_call || (before.ends_with('_') && starts_at(text, match.identifier, "("));
}

bool is_closing_tag(std::string_view text, std::size_t first) {
  while (first > 0 && (is_alnum(text[first - 1]) || text[first - 1] == '_' || text[first - 1] == '-' || text[first - 1] == ':')) --first;
  return first > 1 && text[first - 1] == '/' && text[first - 2] == '<';
}

// The words before the label make it a message of a parser or a count, not the announcement of a value.
bool is_about_something_else(std::string_view text, std::size_t first) {
  constexpr std::array<std::string_view, 9> kBefore = {"unexpected", "invalid", "next", "eof", "forgot", "no", "if", "not", "type=\""};
  std::size_t start = first;
  while (start > 0 && text[start - 1] == ' ') --start;
  const std::size_t end = start;
  while (start > 0 && text[start - 1] != ' ') --start;
  const std::string before = lower(text.substr(start, end - start));
  return one_of(before, kBefore) || lower(text.substr(0, first)).ends_with("type=\"");
}

// "Bearer TOKEN", "Basic TOKEN", the blank lost or not: the scheme is public, and where a command's rule begins as well.
std::size_t behind_scheme(std::string_view text, std::size_t at) {
  const std::size_t word = skip_spaces(text, at);
  for (const std::string_view scheme : {"Bearer", "Basic"}) {
    const std::size_t end = word + scheme.size();
    if (end < text.size() && fold(text.substr(word, scheme.size())) == fold(scheme)) return end;
  }
  return at;
}

}  // namespace

bool glued_prompt(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 4> kOtherWords = {"forg", "form", "forc", "forb"};
  const std::string word = lower(first_word(text.substr(std::min(at, text.size()))));
  const bool other = std::any_of(kOtherWords.begin(), kOtherWords.end(), [&](std::string_view begun) { return word.starts_with(begun); });
  return word.starts_with("for") && !other && (word.find('@') != std::string::npos || (word.size() > 4 && word.ends_with(':')));
}

std::optional<std::size_t> value_after(const PreparedText& prepared, const LabelMatch& match) {
  const std::string_view text = prepared.text;
  const bool password = match.strong && match.rule == "label.password";
  if (is_closing_tag(text, match.first) || is_about_something_else(text, match.first)) return {};
  if (const auto flag = flag_value(text, match)) return flag;
  if (const auto glued = glued_value(text, match.first, match.end, match.strong, password)) return glued;
  std::size_t at = match.identifier;
  bool quoted = false;
  while (at < text.size() && (is_quote(text[at]) || text[at] == ']' || (quoted && text[at] == '\x7f'))) quoted = true, ++at;
  const bool tag = quoted || match.first == 0 || text.substr(0, match.first).find('<') != std::string_view::npos;
  at = skip_spaces(text, at);
  if (at < text.size() && text[at] == '(') {
    const std::size_t close = text.find(')', at);
    if (close != std::string_view::npos && close - at <= 30) at = skip_spaces(text, close + 1);
  }
  auto separator = separator_at(text, at, quoted, tag);
  if (!separator) {
    if (const auto prompt = prompt_end(text, match.identifier)) return prompt;
    if (const auto prompt = prompt_end(text, match.end)) return prompt;
    return is_sudo(text) ? std::optional(match.end) : parted_value(text, match.first, match.identifier, password);
  }
  std::size_t value = skip_spaces(text, separator->end);
  if (value == text.size() && opens_block(text, match)) return {};
  const std::size_t before = text.find_first_not_of(' ');
  bool in_code = quoted || text.substr(0, match.first).find_first_of("(,{") != std::string_view::npos || before >= 2;
  // `password: str = "..."`: the type is not the value.
  const std::size_t assign = text.find('=', value);
  if (separator->kind == ':' && assign != std::string_view::npos && harmless_value(text.substr(value, assign - value), ':', true)) {
    separator->end = assign + 1;
    separator->kind = '=';
    value = skip_spaces(text, separator->end);
  }
  if (harmless_value(text.substr(value), separator->kind, in_code)) return {};
  // "Pin: release a=stable", "First pass: determine the length": words, where a short label needs more.
  const bool wants_digit = (match.rule == "label.pin" || match.rule == "label.card") && value < text.size();
  if (wants_digit && !has_digit(text.substr(value, 8)) && text.find(' ', value) != std::string_view::npos) return {};
  if (!match.strong && separator->kind == ':' && is_prose(text.substr(value))) return {};
  return match.rule == "label.authorization" ? behind_scheme(text, separator->end) : separator->end;
}

}  // namespace frostgate::redaction
