#include "redaction/detectors/label_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "redaction/detectors/fold.h"
#include "redaction/detectors/label_misread.h"
#include "redaction/detectors/label_value.h"
#include "redaction/detectors/patterns.h"

namespace frostgate::redaction {
namespace {

// A space in a word stands for space, hyphen, underscore, point or nothing. An engine without Spanish reads contraseña with two
// letters for its ñ.
const std::vector<std::string_view> kPassword = {
    "password", "passwd", "passphrase", "pass phrase", "passcode", "passwort", "kennwort", "kennsatz", "zugangscode",
    "mot de passe", "mat de passe", "contrasena", "contrasenya", "contrasefia", "contraseiia", "contrasenia", "contraseftia", "contrasefhia", "phrase secrete", "phrase de passe", "wachtwoord", "senha"};
const std::vector<std::string_view> kPassOf = {"smtp pass", "mail pass", "db pass", "mysql pass", "admin pass", "root pass", "user pass", "ftp pass"};
const std::vector<std::string_view> kPasswordWeak = {"pass", "pwd", "passw", "psw", "pw", "mdp", "clave", "losung"};
const std::vector<std::string_view> kSecret = {
    "client secret", "shared secret", "secret access key", "secret key", "signing secret", "pre shared key", "secret",
    "geheimnis", "geheimer schlussel", "cle secrete", "clave secreta", "secreto", "app secret"};
const std::vector<std::string_view> kSecretWeak = {"psk", "wpa key", "credential", "zugangsdaten", "identifiants"};
const std::vector<std::string_view> kKey = {
    "api key", "access key", "account key", "shared access key", "private key", "encryption key", "master key",
    "signing key", "subscription key", "recovery key", "auth key", "unseal key", "api schlussel", "zugriffsschlussel",
    "privater schlussel", "wiederherstellungsschlussel", "cle api", "cle d'acces", "cle privee", "clave api",
    "clave de acceso", "clave privada", "private mac"};
const std::vector<std::string_view> kToken = {
    "access token", "auth token", "bearer token", "refresh token", "api token", "session token", "zugriffstoken", "token",
    "verification code", "sicherheitscode", "bestatigungscode", "code de verification", "codigo de verificacion", "jeton"};
const std::vector<std::string_view> kTokenWeak = {"otp", "tan", "totp", "mfa code", "2fa code", "one time code"};
const std::vector<std::string_view> kPin = {"pin", "pin code", "code pin", "puk", "cvv", "cvc", "cvv2", "codigo pin"};
const std::vector<std::string_view> kCard = {"card number", "kartennummer", "numero de carte", "numero de tarjeta", "iban"};
const std::vector<std::string_view> kAuthorization = {"authorization", "proxy authorization"};

// Parts of an identifier after the label word that make it name something else than the secret itself.
constexpr std::string_view kOtherThings[] = {
    "file",   "path",    "policy", "policies", "polcy", "poicy", "length",  "expir",  "name",     "type",   "count",   "min",
    "max",    "timeout", "age",    "url",      "uri",     "reset",  "manager",  "ref",    "arn",     "stdin",
    "prompt", "from",    "auth",   "protected", "less",   "field",  "input",    "label",  "required", "strength",
    "change", "enabled", "dir",    "store",    "endpoint", "ttl",   "rotation", "provider", "validat", "attempt",
    "last",   "iz",      "class",  "error",    "version", "hint",   "based",    "usage",  "limit",   "budget", "priority"};

constexpr std::string_view kGluedTails[] = {"s", "e", "code", "text", "value", "hash", "word", "key", "phrase", "db", "id", "for"};

std::string letter_pattern(char letter, bool strong) {
  switch (letter) {
    case ' ': return "[-. ]?";
    case 'm': return "(?:[m\x1a]|rn)";
    // One that lost half of its bar, an `l`, which a short word would be full of.
    case 't': return strong ? "[tl\x1a]" : "[t\x1a]";
    // In narrow type a `u`, which folds to `v`; of a short word that would make others (`pv`).
    case 'w': return strong ? "(?:[wv\x1a]|v[vy]|yv)" : "(?:[w\x1a]|vv)";
    default: return {'[', fold(letter), kUnknown, ']'};
  }
}

// The word as OCR may give it: with a spurious space, or what two letters' edges are read as, between any two letters, or one of them read
// twice; when it is long also with one letter that is nothing like it, or none.
std::string word_pattern(std::string_view word, bool strong) {
  const auto spelled = [&](std::size_t any) {
    std::string pattern;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const std::string letter = letter_pattern(word[i], strong);
      pattern += i == any ? "[a-z\x1a]?" : letter;
      if (!strong || word[i] == ' ') continue;
      if (i != any && any == word.size()) pattern += letter + "?";
      if (i + 1 < word.size()) pattern += "[ &]?";
    }
    return pattern;
  };
  std::string pattern = spelled(word.size());
  if (strong && word.size() >= 8 && word.find(' ') == std::string_view::npos)
    for (std::size_t i = 0; i < word.size(); ++i) pattern += "|" + spelled(i);
  return pattern;
}

// "-rw-r--r--", of which an engine reads r as p and P: in it a `pw` announces nothing.
bool in_file_mode(std::string_view text, const LabelMatch& match) {
  const std::size_t before = text.substr(0, match.first).rfind(' '), first = before == std::string_view::npos ? 0 : before + 1;
  const auto run = text.substr(first, text.find(' ', first) - first);
  return run.size() >= 10 && run.size() <= 11 && std::count(run.begin(), run.end(), '-') >= 3 &&
         run.find_first_not_of("-dflrwxpPRWXsStT.+") == std::string_view::npos;
}

// "poLlicy": one letter read as two.
std::string without_doubles(std::string_view word) {
  std::string single;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (i == 0 || word[i] == word[i - 1] || lower(word[i]) != lower(word[i - 1])) single += lower(word[i]);
  }
  return single;
}

bool names_something_else(const LabelMatch& match, const PreparedText& text, std::string_view rule) {
  const std::string tail = without_doubles(std::string_view(text.text).substr(match.end, match.identifier - match.end));
  if (tail.empty()) return false;
  for (const std::string_view thing : kOtherThings)
    if (tail.find(thing) != std::string::npos) return true;
  if ((rule == "label.key" || rule == "label.token") && tail.ends_with("id")) return true;
  if ((rule == "label.token" || rule == "label.secret" || rule == "label.pin") && tail == "s") return true;
  const char next = text.text[match.end];
  const bool word_goes_on = next >= 'a' && next <= 'z' && text.text[match.end - 1] >= 'a';
  return word_goes_on && std::find(std::begin(kGluedTails), std::end(kGluedTails), tail) == std::end(kGluedTails);
}

}  // namespace

LabelWords::LabelWords(const std::vector<std::string>& extra_labels) {
  add("label.password", true, kPassword);
  add("label.password", true, kPassOf);
  add("label.password", false, kPasswordWeak);
  add("label.secret", true, kSecret);
  add("label.secret", false, kSecretWeak);
  add("label.key", true, kKey);
  add("label.token", true, kToken);
  add("label.token", false, kTokenWeak);
  add("label.pin", false, kPin);
  add("label.card", false, kCard);
  add("label.authorization", false, kAuthorization);
  std::vector<std::string> plain_labels;
  for (const auto& label : extra_labels) plain_labels.push_back(lower(plain_text(label)));
  if (!plain_labels.empty()) add("label.extra", false, {plain_labels.begin(), plain_labels.end()});
}

void LabelWords::add(std::string_view rule, bool strong, const std::vector<std::string_view>& words) {
  std::string pattern;
  for (const std::string_view word : words) pattern += (pattern.empty() ? "(" : "|") + word_pattern(word, strong);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_longest_match(true);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  auto compiled = std::make_unique<re2::RE2>(pattern + ")", options);
  if (!compiled->ok()) std::abort();
  groups_.push_back({std::string(rule), strong, std::move(compiled)});
}

std::vector<std::string> LabelWords::rules() const {
  std::vector<std::string> names;
  for (const Group& group : groups_)
    if (std::find(names.begin(), names.end(), group.rule) == names.end()) names.push_back(group.rule);
  if (std::find(names.begin(), names.end(), "label.extra") == names.end()) names.emplace_back("label.extra");
  return names;
}

bool LabelWords::accept(const Group& group, const PreparedText& text, LabelMatch& match) {
  const std::string_view plain = text.text;
  const std::string word = lower(plain.substr(match.first, match.end - match.first));
  const bool goes_on = match.end < plain.size() && plain[match.end] == '_';
  if (!group.strong && in_file_mode(plain, match)) return false;
  if (word == "passport" || (word == "tan" && goes_on)) return false;
  // A label may have a hole, but must not be one.
  if (std::count(word.begin(), word.end(), kUnknown) * 3 > static_cast<std::ptrdiff_t>(word.size())) return false;
  if (match.first > 0 && !group.strong && is_alnum(plain[match.first - 1])) return false;
  // A spurious space is one; words that only share letters across a gap are not a label.
  if (std::count(word.begin(), word.end(), ' ') > 2) return false;
  match.identifier = match.end;
  while (match.identifier < plain.size() &&
         (is_alnum(plain[match.identifier]) || plain[match.identifier] == '_' || plain[match.identifier] == '-'))
    ++match.identifier;
  if (glued_value(plain, match.first, match.end, group.strong, group.strong && group.rule == "label.password")) {
    match.identifier = match.end;
    return true;
  }
  if (group.strong && glued_prompt(plain, match.end)) {
    match.identifier = match.end;
    return true;
  }
  // A misread separator must not make the value part of the name: "password-hunter2".
  if (!group.strong && match.identifier > match.end && is_alnum(plain[match.end])) return false;
  return !names_something_else(match, text, group.rule);
}

std::vector<LabelMatch> LabelWords::find(const PreparedText& text) const {
  std::vector<LabelMatch> matches;
  for (const Group& group : groups_) {
    each_match(*group.pattern, text.folded, 1, [&](std::size_t first, std::size_t end) {
      LabelMatch match{group.rule, first, end, end, group.strong};
      if (accept(group, text, match)) matches.push_back(match);
    });
  }
  std::sort(matches.begin(), matches.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.end > b.end;
  });
  return matches;
}

}  // namespace frostgate::redaction
