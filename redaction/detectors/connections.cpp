// User info in URLs, and the line formats of password files.
#include <algorithm>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/patterns.h"

namespace frostgate::redaction {
namespace {

struct Shape {
  std::string_view rule;
  std::string_view pattern;  // folded; group 1 is the secret
};

// sam(5)-like lines: crypt(3) hashes; .netrc in one line; shadow's second field.
constexpr Shape kShapes[] = {
    {"file.crypt_hash", "s(?:[lsby]|z[abxy]?|apr1|argon2[a-z]*|7)s([^ ]{16,})"},
    {"file.netrc", "machine +[^ ]+ +login +[^ ]+ +password +([^ ]+)"},
    {"file.sam_hash", "[a-z0-9]+\\.[0-9losbz]{3,4}\\.([a-f0-9losbz]{32}\\.[a-f0-9losbz]{32})\\."},
    {"token.discord", "\\b([mn][a-z0-9]{23,25}\\.[a-z0-9-]{6}\\.[a-z0-9-]{27,38})\\b"},
};

class ConnectionDetector final : public Detector {
 public:
  ConnectionDetector() {
    for (const Shape& shape : kShapes) shapes_.push_back(folded_pattern(shape.pattern));
  }

  std::vector<std::string> rules() const override {
    return {"url.user_info", "file.pgpass", "file.netrc", "file.crypt_hash", "file.sam_hash", "token.discord"};
  }

  void find(const ScreenText& screen, Findings& findings) const override {
    screen.each([&](const PreparedText& text) {
      user_info(text, findings);
      pgpass(text, findings);
      for (std::size_t i = 0; i < shapes_.size(); ++i) {
        each_match(*shapes_[i], text.folded, 1, [&](std::size_t first, std::size_t end) {
          if (kShapes[i].rule == "token.discord" && !mixed(std::string_view(text.text).substr(first, end - first))) return;
          if (kShapes[i].rule == "file.crypt_hash" && !names_scheme(std::string_view(text.text).substr(0, first))) return;
          if (!text.harmless_between(first, end)) findings.add(kShapes[i].rule, text, first, end);
        });
      }
    });
    netrc(screen, findings);
  }

 private:
  // "$6$", with its dollars misread at most once: "sys" in a word is no scheme.
  static bool names_scheme(std::string_view before) {
    const auto scheme = before.substr(before.size() - std::min<std::size_t>(before.size(), 3));
    return scheme.find('$') != std::string_view::npos || (scheme.size() == 3 && is_digit(scheme[1]));
  }
  static bool mixed(std::string_view run) {
    return std::any_of(run.begin(), run.end(), is_digit) && std::any_of(run.begin(), run.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  }

  // scheme://user:password@host. When OCR lost the @, a "port" that is no number is the password.
  static void user_info(const PreparedText& text, Findings& findings) {
    const std::string_view folded = text.folded;
    for (std::size_t at = folded.find("//"); at != std::string_view::npos; at = folded.find("//", at + 2)) {
      if (at == 0 || folded[at - 1] != '.' || text.text[at - 1] == '.') continue;
      const std::size_t host = at + 2, end = text.run_end(host);
      const std::string_view rest = std::string_view(text.text).substr(host, end - host);
      const std::size_t sign = rest.rfind('@', std::min(rest.find('?'), rest.size()));
      const std::size_t colon = rest.find_first_of(":;");
      if (sign != std::string_view::npos && sign > 0) {
        if (colon != std::string_view::npos && colon < sign) {
          if (!is_variable(rest.substr(colon + 1, sign - colon - 1))) findings.add("url.user_info", text, host + colon + 1, host + sign);
        } else if (sign >= 16 && mixed(rest.substr(0, sign)) && rest.substr(0, sign).find('/') == std::string_view::npos) {
          findings.add("url.user_info", text, host, host + sign);
        }
        continue;
      }
      if (colon == std::string_view::npos || rest.substr(0, colon).find('/') != std::string_view::npos) continue;
      const std::string_view port = rest.substr(colon + 1, rest.find_first_of("/,;)\"'?#>]}", colon + 1) - colon - 1);
      const bool number = std::all_of(port.begin(), port.end(), [](char c) { return as_digit(c) != 0 || c == '.' || c == ':' || c == '*'; });
      if (!number && !is_variable(port) && port.size() >= 6 && std::any_of(port.begin(), port.end(), is_digit))
        findings.add("url.user_info", text, host + colon + 1, end);
    }
  }

  static bool is_variable(std::string_view value) {
    return value.starts_with("$") || value.starts_with("{") || value.starts_with("<") || value.starts_with("*") || value.starts_with("%(");
  }

  // host:port:database:user:password, alone on its line.
  static void pgpass(const PreparedText& text, Findings& findings) {
    const std::string_view line = text.text;
    if (text.joined || line.find(' ') != std::string_view::npos || std::count(line.begin(), line.end(), ':') < 4) return;
    std::size_t at = 0;
    std::string_view fields[4];
    for (auto& field : fields) {
      const std::size_t end = line.find(':', at);
      field = line.substr(at, end - at);
      at = end + 1;
    }
    const auto lettered = [](std::string_view field) { return field == "*" || std::any_of(field.begin(), field.end(), is_letter); };
    const bool port = fields[1] == "*" || (fields[1].size() >= 2 && fields[1].size() <= 5 &&
                                           std::all_of(fields[1].begin(), fields[1].end(), [](char c) { return as_digit(c) != 0; }));
    const bool host = fields[0] == "*" || fields[0].find('.') != std::string_view::npos || fields[0].size() > 4;
    if (port && host && lettered(fields[2]) && lettered(fields[3]) && at < line.size() && line[at] != ':')
      findings.add("file.pgpass", text, at, line.size(), true);
  }

  // "password VALUE" on a line of its own is .netrc only below its machine or login.
  static void netrc(const ScreenText& screen, Findings& findings) {
    for (std::size_t i = 1; i < screen.rows.size(); ++i) {
      const PreparedText& row = screen.rows[i];
      const std::size_t first = row.folded.find_first_not_of(' ');
      if (first == std::string::npos || !starts_at(row.folded, first, fold("password "))) continue;
      for (std::size_t above = i - std::min<std::size_t>(i, 3); above < i; ++above) {
        const std::size_t start = screen.rows[above].folded.find_first_not_of(' ');
        if (start == std::string::npos) continue;
        const bool netrc = starts_at(screen.rows[above].folded, start, fold("machine ")) || starts_at(screen.rows[above].folded, start, fold("login "));
        if (!netrc) continue;
        findings.add("file.netrc", row, first + 9, row.text.size(), true);
        break;
      }
    }
  }

  std::vector<std::unique_ptr<re2::RE2>> shapes_;
};

}  // namespace

std::unique_ptr<Detector> connection_detector() { return std::make_unique<ConnectionDetector>(); }

}  // namespace frostgate::redaction
