#include "redaction/detectors/plain_token.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "redaction/detectors/fold.h"
#include "redaction/detectors/harmless_words.h"
#include "redaction/detectors/one_of.h"

namespace frostgate::redaction {
namespace {

constexpr std::string_view kOpening = "([{<\"'|*";
constexpr std::string_view kClosing = ")]}>\"'|.,;:";
constexpr std::string_view kCodeMarks = "(){}[];,.";
constexpr std::size_t kMostPunctuation = 3;

// No more than four digits in a row: a PIN has six.
constexpr std::string_view kNumbers =
    "[+-]?[0-9]{1,4}%?|[0-9]{1,3}(?:,[0-9]{3}){1,3}(?:\\.[0-9]{1,3})?|[+-]?[0-9]{1,4}[.,][0-9]{1,3}%?|[0-9]{1,3}/[0-9]{1,3}";
constexpr std::string_view kTime = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,6})?)?";
constexpr std::string_view kDate = "(?:19|20)[0-9][0-9][-/](?:0[0-9]|1[0-2])[-/](?:[0-2][0-9]|3[01])";
constexpr std::string_view kShapes[] = {
    "(?:[0-2]?[0-9]|3[01])[./](?:0?[0-9]|1[0-2])[./](?:19|20)?[0-9][0-9]",
    "(?:0?[0-9]|1[0-2])/(?:[0-2]?[0-9]|3[01])/(?:19|20)?[0-9][0-9]",
    "[0-9]{1,4}(?:[.,][0-9]{1,3})?(?:[munp]?s|min|[mhdwyxkKMGTBVWACF]|[kKMGT]i?B?|px|pt|em|st|nd|rd|th|[kMG]?Hz|bits?|fps)",
    "[0-9]{1,4}x[0-9]{1,4}",
    "v?[0-9]{1,3}(?:\\.[0-9]{1,4}){1,3}",
    "[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?:/[0-9]{1,2}|:[0-9]{1,5})?",
    "[-dlbcps][-rwxsStT]{9}[.+@]?",
    "F[0-9]{1,2}"};

// Said before a secret or a name, with a colon.
constexpr std::array<std::string_view, 38> kAnnouncing = {
    "password", "passwd",  "passwort", "kennwort",    "passphrase", "pin",     "token",  "key",     "secret", "login",
    "user",     "username", "benutzer", "benutzername", "code",     "contrasena", "clave", "passe",  "usuario", "utilisateur",
    "name",     "host",    "hostname", "server",      "id",         "account", "konto",  "compte",  "cuenta", "email",
    "mail",     "pass",    "pwd",      "credential",  "credentials", "pw",     "schlussel", "geheimnis"};
// Of those, what a variable's name may end in: DB_PASSWORD=.
constexpr std::array<std::string_view, 14> kSecretNames = {"password", "passwd", "passwort", "kennwort", "passphrase", "pin", "token",
                                                           "key", "secret", "pass", "pwd", "contrasena", "clave", "credentials"};
constexpr std::array<std::string_view, 60> kCounting = {
    "line",  "page",  "port",    "version", "total", "size",  "step",    "chapter", "section", "figure", "table",  "release",
    "root",  "after", "about",   "over",    "than",  "from",  "with",    "into",    "code",    "status", "exit",   "error",
    "zeile", "seite", "kapitel", "version", "ligne", "linea", "pagina",  "puerto",  "column",  "offset", "length", "count",
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "sept",
    "least", "most",  "only",    "every",   "each",  "last",  "first",   "next",    "level",   "uses",   "took",   "pid"};

std::string all_of(std::string_view first, std::span<const std::string_view> rest) {
  std::string pattern(first);
  for (const std::string_view shape : rest) pattern += "|" + std::string(shape);
  return pattern;
}

std::unique_ptr<re2::RE2> compiled(const std::string& pattern) {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  auto made = std::make_unique<re2::RE2>(pattern, options);
  if (!made->ok()) std::abort();
  return made;
}

// lower, Capitalised, UPPER: a secret of letters is mostly none of them.
bool in_one_case(std::string_view letters) {
  const auto capitals = static_cast<std::size_t>(std::count_if(letters.begin(), letters.end(), is_upper));
  return capitals == 0 || capitals == letters.size() || (capitals == 1 && is_upper(letters[0]));
}

bool all_letters(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_letter); }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::string_view without_punctuation(std::string_view token) {
  for (std::size_t n = 0; n < 2 && !token.empty() && kOpening.find(token.front()) != std::string_view::npos; ++n) token.remove_prefix(1);
  bool shouts = false;
  for (std::size_t n = 0; n < kMostPunctuation && !token.empty(); ++n) {
    const char last = token.back();
    const bool shout = (last == '!' || last == '?') && !shouts;
    if (!shout && kClosing.find(last) == std::string_view::npos) break;
    shouts = shouts || shout;
    token.remove_suffix(1);
  }
  return token;
}

bool is_mark(std::string_view token) {
  const bool same = std::all_of(token.begin(), token.end(), [&](char c) { return c == token[0]; });
  const bool code = token.size() <= 4 && token.find_first_not_of(kCodeMarks) == std::string_view::npos;
  return !is_alnum(token[0]) && token[0] != kUnknown && (same || code || is_trade_token(token));
}

bool starts_openly(std::string_view token) {
  const std::size_t slash = token.find('/', 1);
  if (token[0] == '/' && slash != std::string_view::npos) return is_root_folder(lower(token.substr(1, slash - 1)));
  return token.starts_with("~/") || token.starts_with("./") || token.starts_with("../") || token.starts_with("http://") ||
         token.starts_with("https://") || (token.size() > 3 && is_upper(token[0]) && token.substr(1, 2) == ":\\");
}

// alice@host:~$, [root@host etc]#, PS C:\>, C:\Users>
bool is_prompt(std::string_view token) {
  return token.size() > 2 && std::string_view("$#>%").find(token.back()) != std::string_view::npos &&
         token.find_first_of("@~\\") != std::string_view::npos;
}

}  // namespace

PlainTokens::PlainTokens(std::shared_ptr<const Vocabulary> vocabulary, const std::vector<std::string>& allowed)
    : vocabulary_(std::move(vocabulary)),
      numbers_(compiled(std::string(kNumbers))),
      shapes_(compiled(std::string(kTime) + "(?:[AaPp][Mm])?|" + std::string(kDate) + "|" + std::string(kDate) + "T" + std::string(kTime) +
                       "(?:Z|[+-][0-9]{2}:?[0-9]{2})?|" + all_of(kShapes[0], std::span(kShapes).subspan(1)))) {
  for (const std::string& token : allowed) allowed_.insert(fold(plain_text(token)));
}

bool PlainTokens::is_word(std::string_view letters) const {
  const std::string word = lower(letters);
  return is_trade_word(word) || (word.size() >= 3 && vocabulary_ && vocabulary_->contains(word));
}

bool PlainTokens::is_known(std::string_view letters) const {
  return all_letters(letters) && in_one_case(letters) && (letters.size() <= 2 || is_word(letters));
}

bool PlainTokens::all_known(std::string_view pieces, std::string_view separators) const {
  for (std::size_t at = 0; at <= pieces.size();) {
    const std::size_t end = std::min(pieces.find_first_of(separators, at), pieces.size());
    const auto piece = pieces.substr(at, end - at);
    const bool few_digits = all_digits(piece) && piece.size() <= 4;
    if (!piece.empty() && !few_digits && !is_known(piece) && !is_file_ending(piece) && !is_root_folder(piece) && !is_trade_token(piece))
      return false;
    at = end + 1;
  }
  return true;
}

bool PlainTokens::is_path(std::string_view core) const { return starts_openly(core) && all_known(core, "/\\.-_:~"); }

// -la, --no-color
bool PlainTokens::is_flag(std::string_view core) const {
  if (core.starts_with("--")) return core.size() > 3 && std::count(core.begin(), core.end(), '-') <= 4 && all_known(core.substr(2), "-");
  return core.size() >= 2 && core.size() <= 5 && core[0] == '-' && all_letters(core.substr(1));
}

bool PlainTokens::is_file_name(std::string_view core) const {
  const std::size_t point = core.rfind('.');
  if (point == std::string_view::npos || !is_file_ending(lower(core.substr(point + 1)))) return false;
  const auto name = core.substr(0, point);
  return name.empty() || name == "*" || is_known(name);
}

TokenKind PlainTokens::kind_of(std::string_view token) const {
  if (allowed_.contains(fold(token))) return TokenKind::allowed;
  if (is_mark(token)) return TokenKind::mark;
  auto core = without_punctuation(token);
  if (core.ends_with("()") || core.ends_with("(")) core = core.substr(0, core.find('('));
  if (core.empty()) return TokenKind::doubtful;
  if (allowed_.contains(fold(core))) return TokenKind::allowed;
  if (is_known(core)) return TokenKind::word;
  const re2::StringPiece piece(core.data(), core.size());
  if (re2::RE2::FullMatch(piece, *numbers_)) return TokenKind::number;
  if (is_trade_token(lower(core)) || re2::RE2::FullMatch(piece, *shapes_)) return TokenKind::mark;
  const std::size_t apostrophe = core.find('\'');
  if (apostrophe != std::string_view::npos && is_known(core.substr(0, apostrophe)) && is_known(core.substr(apostrophe + 1))) return TokenKind::word;
  return is_flag(core) || is_path(core) || is_file_name(core) ? TokenKind::mark : TokenKind::doubtful;
}

// The length of `DB_PASSWORD=`, or 0.
std::size_t PlainTokens::announced(std::string_view token) const {
  const std::size_t sign = token.find_first_of("=:");
  if (sign == std::string_view::npos || sign + 1 == token.size()) return 0;
  auto name = token.substr(0, sign);
  while (!name.empty() && name.front() == '-') name.remove_prefix(1);
  const std::size_t last = name.find_last_of("_-") + 1;
  return one_of(lower(name.substr(last)), kSecretNames) && all_known(name, "_-") ? sign + 1 : 0;
}

Token PlainTokens::judge(std::string_view text, std::size_t first, std::size_t end) const {
  Token token{first, end, kind_of(text.substr(first, end - first)), first, false, false};
  const auto run = text.substr(first, end - first);
  token.secret_from = first + announced(run);
  token.begins_openly = starts_openly(run) || token.secret_from > first;
  token.ends_openly = text.find_first_not_of(' ') == first && is_prompt(run);
  return token;
}

bool PlainTokens::announces_value(std::string_view token) {
  return token.ends_with(":") && one_of(lower(without_punctuation(token)), kAnnouncing);
}

bool PlainTokens::announces_number(std::string_view token) { return token.size() <= 3 || one_of(lower(token), kCounting); }

}  // namespace frostgate::redaction
