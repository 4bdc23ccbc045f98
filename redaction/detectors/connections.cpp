// User info in URLs, and the line formats of password files.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/patterns.h"
#include "redaction/detectors/torn_run.h"

namespace frostgate::redaction {
namespace {

struct ConnectionShape {
  std::string_view rule;
  std::string_view pattern;  // folded; group 1 is the secret
  bool mixed = false;        // and has what words have not: see mixed()
};

// sam(5)-like lines: crypt(3) hashes; .netrc in one line; shadow's second field.
constexpr ConnectionShape kShapes[] = {
    {"file.crypt_hash", "s(?:[lsbyo]|z[abxy]?|apr1|argon2[a-z]*|7) ?s([^ ]{16,})"},
    {"file.netrc", "machine +[^ ]+ +login +[^ ]+ +password +([^ ]+)"},
    {"file.sam_hash", "[a-z0-9]+\\.[0-9losbz]{3,4}\\.([a-f0-9losbz]{32}\\.[a-f0-9losbz]{32})\\."},
    {"token.telegram_bot", "(?:^|[^a-z0-9])(?:bot)?([0-9obglszq?]{8,10} ?[.] ?aa(?: ?[a-z0-9@$|!?\\]/)}_~-]){30,34}[a-z0-9@$|!?\\]_~-]{0,3})", true},
    {"token.airtable", "\\b(pat[a-z0-9@$|!\\]]{14}\\.[a-f0-9losgz]{60,66})"},
    {"token.azure_client_secret", "(?:^|[^a-z0-9])([a-z0-9_.-]{3}[b7]g-[a-z0-9_.@$|!\\]-]{31,34})(?:[^a-z0-9]|$)", true},
    {"file.ldap_hash", "\\{s?sha[0-9losbz]*\\}([^ ]{20,})"},
    {"url.signature", "[?&]sig=([^ &\"]{20,})"},
    {"file.xml_password", "pass(?:word|wd)[>=] ?(?:<?value[>=s]? ?)?([^<>]{4,40}?)(?:</|/(?:value|[a-z]*pass(?:word|wd)))"},
    {"file.pgpass", "^[a-z0-9-]+(?: ?\\. ?[a-z0-9-]+)* ?\\. ?[0-9oblsgz]{4,5} ?[.l] ?(?:[a-z0-9_-]+[ .]{1,2})?[a-z0-9_-]+(?: ?[.l] ?| )([^ ]{8,64})$", true},
    {"token.discord", "\\b([mn][a-z0-9]{23,25}\\.[a-z0-9-]{6}\\.[a-z0-9-]{27,38})\\b", true},
};

std::vector<std::string_view> connection_patterns() {
  std::vector<std::string_view> patterns;
  for (const ConnectionShape& shape : kShapes) patterns.push_back(shape.pattern);
  return patterns;
}

class ConnectionDetector final : public Detector {
 public:
  ConnectionDetector() : shapes_(connection_patterns()) {}

  std::vector<std::string> rules() const override {
    return {"url.user_info", "file.pgpass", "file.netrc", "file.crypt_hash", "file.sam_hash", "file.ldap_hash", "file.xml_password", "url.signature", "token.airtable", "token.azure_client_secret", "token.telegram_bot", "token.discord"};
  }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    user_info(judged);
    without_slashes(judged);
    behind_scheme(judged);
    without_any_sign(judged);
    pgpass(judged);
    shadow(judged);
    shapes_.each_match(text.folded, [&](std::size_t shape, std::size_t first, std::size_t end) {
      const std::string_view rule = kShapes[shape].rule;
      if (kShapes[shape].mixed && !mixed(std::string_view(text.text).substr(first, end - first))) return;
      if (rule == "file.crypt_hash" && !names_scheme(std::string_view(text.text).substr(0, first))) return;
      // shadow(5): what follows the hash is of no use to anybody.
      const std::size_t field = rule == "file.crypt_hash" ? text.text.rfind(':', first) : std::string::npos;
      if (!text.harmless_between(first, end)) judged.add(rule, field == std::string::npos ? first : field_first(text.text, field, first), end, field != std::string::npos);
    });
  }

  void find(const ScreenText& screen, Findings& findings) const override { netrc(screen, findings); }

 private:
  // Of a line's field whose colon is at `colon`. The scheme in front of its secret goes with it: how its signs are read depends on what follows.
  static std::size_t field_first(std::string_view text, std::size_t colon, std::size_t secret) {
    constexpr std::size_t kLongestScheme = 12;
    const std::size_t first = text.find_first_not_of(' ', colon + 1);
    return secret - first <= kLongestScheme ? first : secret;
  }

  // name:HASH:19700:0:99999:7:::, whatever became of the scheme's signs.
  static void shadow(JudgedText& judged) {
    constexpr std::string_view kColons = ":;";
    constexpr std::size_t kLongestName = 32, kShortestHash = 30, kLongestNumber = 6;
    constexpr std::ptrdiff_t kFewestBehind = 4;
    const std::string_view line = judged.text.text;
    const std::size_t colon = line.find_first_of(kColons);
    if (judged.text.joined || colon == std::string_view::npos || colon == 0 || colon > kLongestName) return;
    const auto name = line.substr(0, line.find_last_not_of(' ', colon - 1) + 1);
    const std::size_t first = line.find_first_not_of(' ', colon + 1), end = line.find_first_of(kColons, colon + 1);
    if (name.find(' ') != std::string_view::npos || end == std::string_view::npos || end < first + kShortestHash || !mixed(line.substr(first, end - first))) return;
    const auto behind = line.substr(end);
    if (std::count_if(behind.begin(), behind.end(), [&](char c) { return kColons.find(c) != std::string_view::npos; }) < kFewestBehind) return;
    for (std::size_t at = end; at < line.size();) {
      const std::size_t next = std::min(line.find_first_of(kColons, at + 1), line.size());
      if (next - at - 1 > kLongestNumber) return;
      at = next;
    }
    judged.add("file.crypt_hash", first, line.size(), true);
  }

  // "$6$" or, both dollars misread, "S6S": neither "sys" in a word nor "585" in a digest is a scheme; nor is "$o$" with another sign in it.
  static bool names_scheme(std::string_view before) {
    const auto scheme = before.substr(before.size() - std::min<std::size_t>(before.size(), 3));
    if (scheme.size() == 3 && fold(scheme[1]) == fold('o')) return scheme[0] == '$' && scheme[2] == '$';
    return scheme.find('$') != std::string_view::npos || (scheme.size() == 3 && scheme[0] == 'S' && is_digit(scheme[1]) && scheme[2] == 'S');
  }

  static bool mixed(std::string_view run) {
    return std::any_of(run.begin(), run.end(), is_digit) && std::any_of(run.begin(), run.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  }

  // scheme://user:password@host, its colons misread as points, with spurious spaces. When OCR lost the @, a "port" that is
  // no number is the password.
  static void user_info(JudgedText& judged) {
    const PreparedText& text = judged.text;
    const std::string_view folded = text.folded;
    for (std::size_t at = folded.find('/'); at != std::string_view::npos; at = folded.find('/', at + 1)) {
      const std::size_t second = at + (starts_at(folded, at, "/ /") ? 2 : 1);
      if (second >= folded.size() || folded[second] != '/') continue;
      std::size_t colon_before = at;
      if (colon_before > 0 && text.text[colon_before - 1] == ' ') --colon_before;
      if (colon_before < 2 || folded[colon_before - 1] != '.' || !is_alnum(text.text[colon_before - 2])) continue;
      std::size_t host = second + 1;
      if (host < text.text.size() && text.text[host] == ' ') ++host;
      if (!with_sign(judged, host)) without_sign(judged, host);
      at = second;
    }
  }

  // "8080/...": the @ stands in the path.
  static bool is_port(std::string_view after) {
    const std::size_t slash = after.find('/');
    return slash != std::string_view::npos && slash > 0 && std::all_of(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(slash), is_digit);
  }

  // Where user info can no longer stand: a query begins, unless it is a `?` within a password.
  static std::size_t info_end(std::string_view rest) {
    const std::size_t query = rest.find('?');
    if (query == std::string_view::npos) return rest.size();
    const std::size_t colon = rest.find_first_of(":;"), path = rest.find('/');
    if (colon > std::min(query, path)) return query;
    // Behind a host's colon stands a number; a `7` of a password may be read as a slash.
    const auto value = rest.substr(colon + 1, std::min(query, path) - colon - 1);
    if (!is_number(value)) return rest.find('/', std::min(rest.find('@', query), rest.size()));
    return path > query && signs_behind(rest.substr(query)) ? rest.find('/', query) : query;
  }

  // "?6DQ@host": the rest of a password, since a query names a value before it holds an @.
  static bool signs_behind(std::string_view query) {
    const auto password = query.substr(0, query.find('/'));
    const std::size_t sign = password.find('@');
    return sign != std::string_view::npos && password.substr(0, sign).find('=') == std::string_view::npos;
  }

  static bool is_number(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

  // user:password@host; false when there is no @.
  static bool with_sign(JudgedText& judged, std::size_t host) {
    const PreparedText& text = judged.text;
    const std::size_t end = user_info_end(text, host);
    const std::string_view rest = std::string_view(text.text).substr(host, end - host);
    const std::size_t sign = rest.rfind('@', info_end(rest));
    if (sign == std::string_view::npos || sign == 0) return false;
    const auto info = rest.substr(0, sign);
    std::size_t colon = info.find_first_of(":;");
    if (colon != std::string_view::npos && is_port(info.substr(colon + 1))) return true;
    if (colon == std::string_view::npos && info.find('/') == std::string_view::npos) colon = info.find_first_of(".,");
    if (colon != std::string_view::npos) {
      if (!is_variable(rest.substr(colon + 1, sign - colon - 1))) judged.add("url.user_info", host + colon + 1, host + sign);
    } else if (sign >= 16 && mixed(rest.substr(0, sign)) && rest.substr(0, sign).find('/') == std::string_view::npos) {
      judged.add("url.user_info", host, host + sign);
    }
    return true;
  }

  // The end of the run, or of a later one that brings the @ that a user and a half password still lack.
  static std::size_t user_info_end(const PreparedText& text, std::size_t host) {
    constexpr std::size_t kMostSpaces = 3, kLongest = 100;
    const std::string_view all(text.text);
    const std::size_t end = text.run_end(host);
    const auto run = all.substr(host, end - host);
    const std::size_t colon = run.find_first_of(":;.,");
    const auto host_or_path = run.find('/') != std::string_view::npos || run.find('@') != std::string_view::npos;
    const auto after = colon == std::string_view::npos ? std::string_view{} : run.substr(colon + 1);
    const auto behind = all.substr(std::min(end + 1, all.size()), all.find(' ', end + 1) - std::min(end + 1, all.size()));
    const bool torn = behind.find('@') != std::string_view::npos && mixed(behind.substr(0, behind.find('@')));  // "app:5 m9wM@db1"
    const bool port = !after.empty() && !torn && std::all_of(after.begin(), after.end(), is_digit);
    const bool domain = colon != std::string_view::npos && run[colon] == '.' && std::all_of(after.begin(), after.end(), [](char c) { return is_letter(c) || c == '.' || c == '-'; });
    if (host_or_path || port || domain) return end;
    const std::size_t sign = all.find('@', end);
    if (sign == std::string_view::npos || sign - host > kLongest) return end;
    const auto between = all.substr(end, sign - end);
    // "app: PASS/WORD@db1": where a colon ends the user, the next word is the password whatever it holds.
    if (run.ends_with(':') && between.find(' ', 1) == std::string_view::npos) return text.run_end(sign);
    const bool part = static_cast<std::size_t>(std::count(between.begin(), between.end(), ' ')) <= kMostSpaces && between.find('/') == std::string_view::npos;
    return part ? text.run_end(sign) : end;
  }

  // user:PASSWORD@host:port whose @ is read as a letter: no host stands between two colons. With spaces beside them.
  static bool between_colons(JudgedText& judged, std::size_t host) {
    constexpr std::string_view kColons = ":;";
    constexpr std::size_t kLongestUser = 32, kShortest = 8, kLongest = 80;
    const std::string_view text(judged.text.text);
    const auto behind_blank = [&](std::size_t at) { return std::min(at < text.size() && text[at] == ' ' ? at + 1 : at, text.size()); };
    const auto colon_behind = [&](std::size_t at) {
      const std::size_t colon = text.find_first_of(" :;/@", at), mark = colon == std::string_view::npos ? text.size() : behind_blank(colon);
      return mark < text.size() && kColons.find(text[mark]) != std::string_view::npos ? std::pair(colon, mark + 1) : std::pair(at, std::size_t{0});
    };
    const auto [user_end, behind_user] = colon_behind(host);
    if (behind_user == 0 || user_end == host || user_end - host > kLongestUser) return false;
    const std::size_t first = behind_blank(behind_user);
    const auto [end, behind] = colon_behind(first);
    if (behind == 0 || end < first + kShortest || end > first + kLongest || !mixed(text.substr(first, end - first))) return false;
    const std::size_t port = behind_blank(behind), path = text.find('/', port);
    if (path == std::string_view::npos || path < port + 2 || !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(port), text.begin() + static_cast<std::ptrdiff_t>(path), [](char c) { return as_digit(c) != 0; })) return false;
    judged.add("url.user_info", first, end);
    return true;
  }

  static void without_sign(JudgedText& judged, std::size_t host) {
    const PreparedText& text = judged.text;
    if (between_colons(judged, host)) return;
    const std::size_t end = text.run_end(host);
    const std::string_view rest = std::string_view(text.text).substr(host, end - host);
    if (without_host(rest)) {
      judged.add("url.user_info", host, end);
      return;
    }
    const std::size_t colon = rest.find_first_of(":;");
    if (colon == std::string_view::npos || rest.substr(0, colon).find('/') != std::string_view::npos) return;
    const std::string_view port = rest.substr(colon + 1, rest.find_first_of("/,;)\"'?#>]}", colon + 1) - colon - 1);
    const bool number = std::all_of(port.begin(), port.end(), [](char c) { return as_digit(c) != 0 || c == '.' || c == ':' || c == '*'; });
    if (number || is_variable(port)) return;
    // "://:PASSWORD": no host stands before it, so that it is no port, whatever marks are in it.
    if (colon == 0 && mixed(rest)) {
      judged.add("url.user_info", host + 1, end);
      return;
    }
    // The @ became a letter: password and host are one word, longer than a port's name and of both cases inside.
    constexpr std::size_t kShortestJoined = 14;
    const std::string_view joined = rest.substr(colon + 1, rest.find_first_of("/\"'>]}", colon + 1) - colon - 1);
    const bool cases = joined.size() >= kShortestJoined && std::any_of(joined.begin() + 1, joined.end(), is_upper) && std::any_of(joined.begin(), joined.end(), is_lower);
    const bool digit = port.size() >= 6 && std::any_of(port.begin(), port.end(), is_digit);
    if (digit || (cases && joined.find('.') != std::string_view::npos))
      judged.add("url.user_info", host + colon + 1, end);
  }

  // The @ and all colons became letters: no name of a host holds capitals among small letters and digits.
  static bool without_host(std::string_view rest) {
    constexpr std::size_t kShortest = 14;
    constexpr std::ptrdiff_t kLeastOfEach = 3;
    const auto name = rest.substr(0, rest.find_first_of("/:?\"'> "));
    const auto first_label = name.substr(0, name.find('.'));
    return first_label.size() >= kShortest && std::count_if(first_label.begin() + 1, first_label.end(), is_upper) >= kLeastOfEach &&
           std::count_if(first_label.begin(), first_label.end(), is_lower) >= kLeastOfEach && std::any_of(first_label.begin(), first_label.end(), is_digit);
  }

  // PASSWORD@host where nothing is left of what stood before the password: one that is plainly drawn, with the pieces torn off it.
  static void without_marks(JudgedText& judged, std::size_t sign) {
    constexpr std::size_t kShortest = 8;
    const PreparedText& text = judged.text;
    const std::size_t space = text.text.find_last_of(" :;/,=\"'(<@", sign - 1), first = space == std::string::npos ? 0 : space + 1;
    const auto password = std::string_view(text.text).substr(first, sign - first);
    if (password.size() < kShortest || text.harmless_between(first, sign) || password.find('.') != std::string_view::npos) return;
    const bool inner = std::count_if(password.begin() + 1, password.end(), is_upper) >= 2;
    if (inner && std::any_of(password.begin(), password.end(), is_lower) && mixed(password)) judged.add("url.user_info", torn_run(text, first, sign, true).first, sign);
  }

  // "AccountKey=LDPX@P1u": an assignment's value, of which one character was read as the @.
  static std::size_t behind_name(std::string_view text, std::size_t at) {
    constexpr std::size_t kShortestName = 6;
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) ++end;
    return end >= at + kShortestName && end < text.size() && text[end] == '=' ? end + 1 : at;
  }

  // user:password@host where nothing is left of the slashes: of a password that is plainly one.
  static void without_slashes(JudgedText& judged) {
    constexpr std::size_t kShortest = 6, kLongest = 64;
    const std::string_view text(judged.text.text);
    for (std::size_t sign = text.find('@'); sign != std::string_view::npos; sign = text.find('@', sign + 1)) {
      if (sign == 0) continue;
      const auto host = text.substr(sign + 1, text.find_first_of(" /:", sign) - sign - 1);
      if (host.size() < 3 || !is_letter(host[0]) || host.starts_with("sha")) continue;
      without_marks(judged, sign);
      const std::size_t mark = text.find_last_of(" :;@/", sign - 1);
      if (mark == std::string_view::npos || mark < 3 || (text[mark] != ':' && text[mark] != ';') || !(is_letter(text[mark - 1]) || text[mark - 1] == '/')) continue;
      const std::size_t first = behind_name(text, mark + 1);
      const auto password = text.substr(first, sign - std::min(first, sign));
      if (password.size() < kShortest || password.size() > kLongest || judged.text.harmless_between(first, sign)) continue;
      const bool small = std::any_of(password.begin(), password.end(), is_lower);
      if (small && mixed(password)) judged.add("url.user_info", first, sign);
    }
  }

  static const auto& schemes() {
    static const std::array all = {fold("mongodb"), fold("postgres"), fold("mysql"), fold("mariadb"), fold("redis"), fold("amqp"), fold("ldap"), fold("smtp"), fold("mssql")};
    return all;
  }

  // mongodb+srv:ffapp:PASSWORDfhost.example.net/shop: slashes and @ misread as letters, so that password and host are one word.
  static void without_any_sign(JudgedText& judged) {
    constexpr std::size_t kLongestSuffix = 6, kLongestUser = 32, kShortest = 10;
    constexpr std::string_view kColons = ":;";
    const std::string_view text(judged.text.text), folded(judged.text.folded);
    for (const std::string& scheme : schemes()) {
      const std::size_t at = folded.find(scheme);
      if (at == std::string_view::npos || (at > 0 && is_alnum(text[at - 1]))) continue;
      const std::size_t behind = at + scheme.size(), first = text.find_first_of(kColons, behind);
      if (first == std::string_view::npos || first > behind + kLongestSuffix) continue;
      const std::size_t second = text.find_first_of(":; /@", first + 1);
      if (second == std::string_view::npos || kColons.find(text[second]) == std::string_view::npos || second == first + 1 || second > first + kLongestUser) continue;
      const std::size_t end = judged.text.run_end(second + 1);
      const auto word = text.substr(second + 1, end - second - 1), joined = word.substr(0, word.find('/'));
      const bool address = joined.size() >= kShortest && joined.find('.') != std::string_view::npos && joined.find_first_of("@:;=<(") == std::string_view::npos;
      if (address && mixed(joined) && std::any_of(joined.begin(), joined.end(), is_lower)) judged.add("url.user_info", second + 1, end);
    }
  }

  // mongodb+srv:app:PASS WORD@host: a data base's or mail server's address, nothing left of its slashes, its password torn.
  static void behind_scheme(JudgedText& judged) {
    constexpr std::size_t kLongest = 100, kShortest = 6;
    constexpr std::ptrdiff_t kMostSpaces = 2;
    const std::string_view text(judged.text.text), folded(judged.text.folded);
    for (std::size_t sign = text.find('@'); sign != std::string_view::npos; sign = text.find('@', sign + 1)) {
      const std::size_t from = sign - std::min(sign, kLongest);
      for (const std::string& scheme : schemes()) {
        const std::size_t at = folded.substr(from, sign - from).rfind(scheme);
        if (at == std::string_view::npos || (from + at > 0 && is_alnum(text[from + at - 1]))) continue;
        const std::size_t behind = from + at + scheme.size(), mark = text.find_last_of(":;", sign);
        if (mark == std::string_view::npos || mark <= behind) continue;
        const auto password = text.substr(mark + 1, sign - mark - 1);
        const bool log = password.find_first_of("=<,(") != std::string_view::npos;
        const bool drawn = !log && password.size() >= kShortest && password[0] != ' ' && mixed(password) && std::any_of(password.begin(), password.end(), is_lower);
        if (drawn && std::count(password.begin(), password.end(), ' ') <= kMostSpaces && !is_variable(password)) judged.add("url.user_info", mark + 1, sign);
      }
    }
  }

  static bool is_variable(std::string_view value) {
    return value.starts_with("$") || value.starts_with("{") || value.starts_with("<") || value.starts_with("*") || value.starts_with("%(");
  }

  static std::size_t blank_but_at_points(std::string_view host) {
    for (std::size_t at = host.find(' '); at != std::string_view::npos; at = host.find(' ', at + 1)) {
      const bool point = (at > 0 && host[at - 1] == '.') || (at + 1 < host.size() && host[at + 1] == '.');
      if (!point) return at;
    }
    return std::string_view::npos;
  }

  // host:port:database:user:password, alone on its line; OCR may put spaces behind the colons.
  static void pgpass(JudgedText& judged) {
    const PreparedText& text = judged.text;
    const std::string_view line = text.text;
    constexpr std::string_view kColons = ":;";
    if (text.joined || std::count_if(line.begin(), line.end(), [&](char c) { return kColons.find(c) != std::string_view::npos; }) < 4) return;
    std::size_t at = 0;
    std::string_view fields[4];
    bool spaces = false;
    for (auto& field : fields) {
      const std::size_t end = line.find_first_of(kColons, at);
      field = line.substr(at, end - at);
      at = end + 1;
      while (at < line.size() && line[at] == ' ') ++at, spaces = true;
      // "db1 . example.org": OCR puts them beside the points of a host, too.
      const std::size_t space = &field == fields ? blank_but_at_points(field) : field.find(' ');
      if (space != std::string_view::npos) return;
    }
    const auto password = line.substr(at);
    // "main.c:12: error: in: that" has spaces, too.
    const auto word = password.substr(0, password.find(' '));
    const std::size_t hyphen = std::min(word.find('-'), word.size());
    std::string joined(password);
    std::erase(joined, ' ');
    const bool drawn = looks_drawn(word.substr(0, hyphen)) || looks_drawn(word.substr(std::min(hyphen + 1, word.size()))) || looks_drawn(joined);
    wipe_memory(joined.data(), joined.size());
    if (spaces && !(fields[1].size() >= 4 && drawn)) return;
    const auto lettered = [](std::string_view field) { return field == "*" || std::any_of(field.begin(), field.end(), is_letter); };
    const bool port = fields[1] == "*" || (fields[1].size() >= 2 && fields[1].size() <= 5 &&
                                           std::all_of(fields[1].begin(), fields[1].end(), [](char c) { return as_digit(c) != 0; }));
    const bool host = fields[0] == "*" || fields[0].find('.') != std::string_view::npos || fields[0].size() > 4;
    const bool one_word = drawn_end(password, word.size()) == password.size();
    if (port && host && lettered(fields[2]) && lettered(fields[3]) && one_word && !password.empty() && password[0] != ':')
      judged.add("file.pgpass", at, line.size(), true);
  }

  // "password VALUE" on a line of its own is .netrc only below its machine or login.
  static void netrc(const ScreenText& screen, Findings& findings) {
    const std::string password = fold("password "), machine = fold("machine "), login = fold("login ");
    for (std::size_t i = 1; i < screen.rows.size(); ++i) {
      const PreparedText& row = *screen.rows[i];
      const std::size_t first = row.folded.find_first_not_of(' ');
      if (first == std::string::npos || !starts_at(row.folded, first, password)) continue;
      for (std::size_t above = i - std::min<std::size_t>(i, 3); above < i; ++above) {
        const std::string_view other = screen.rows[above]->folded;
        const std::size_t start = other.find_first_not_of(' ');
        if (start == std::string_view::npos || !(starts_at(other, start, machine) || starts_at(other, start, login))) continue;
        findings.add("file.netrc", screen.rows[i], first + 9, row.text.size(), true);
        break;
      }
    }
  }

  FoldedPatterns shapes_;
};

}  // namespace

std::unique_ptr<Detector> connection_detector() { return std::make_unique<ConnectionDetector>(); }

}  // namespace frostgate::redaction
