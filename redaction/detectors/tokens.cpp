// Vendors' tokens by prefix, length and alphabet, and JSON web tokens.
#include <algorithm>
#include <array>

#include "redaction/detectors/checksum.h"
#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

enum class Alphabet {
  hex,
  alnum,   // letters and digits
  word,    // and - _
  dotted,  // and .
  base64,  // letters, digits, + / = - _
};

struct TokenKind {
  std::string_view rule;
  std::string_view prefix;  // public: it may show
  std::size_t shortest;     // of what follows the prefix
  std::size_t longest;
  Alphabet alphabet;
  // A sum that is right makes certain; one that is not says nothing, since OCR may have misread.
  bool (*checked)(std::string_view body) = nullptr;
};

// Longer prefixes first where one begins another. Lengths as the vendors publish or issue them.
constexpr TokenKind kKinds[] = {
    {"token.aws_access_key", "AKIA", 16, 16, Alphabet::alnum},
    {"token.aws_access_key", "AKTA", 16, 16, Alphabet::alnum},  // AKIA, misread
    {"token.aws_access_key", "ARIA", 16, 16, Alphabet::alnum},
    {"token.aws_access_key", "AKIR", 16, 16, Alphabet::alnum},
    {"token.aws_access_key", "AKTIA", 16, 16, Alphabet::alnum},
    {"token.aws_access_key", "ASIA", 16, 16, Alphabet::alnum},
    {"token.github_token", "ghp_", 36, 255, Alphabet::alnum, has_base62_checksum},
    {"token.github_token", "gho_", 36, 255, Alphabet::alnum, has_base62_checksum},
    {"token.github_token", "ghu_", 36, 255, Alphabet::alnum, has_base62_checksum},
    {"token.github_token", "ghs_", 36, 255, Alphabet::alnum, has_base62_checksum},
    {"token.github_token", "ghr_", 36, 255, Alphabet::alnum, has_base62_checksum},
    {"token.github_token", "github_pat_", 40, 255, Alphabet::word},
    {"token.gitlab", "glpat-", 20, 300, Alphabet::dotted},
    {"token.gitlab", "gldt-", 20, 300, Alphabet::word},
    {"token.gitlab", "glrt-", 20, 300, Alphabet::dotted},
    {"token.gitlab", "glcbt-", 20, 300, Alphabet::word},
    {"token.gitlab", "glptt-", 40, 300, Alphabet::word},
    {"token.slack", "xoxb-", 20, 255, Alphabet::word},
    {"token.slack", "xoxp-", 20, 255, Alphabet::word},
    {"token.slack", "xoxa-", 20, 255, Alphabet::word},
    {"token.slack", "xoxr-", 20, 255, Alphabet::word},
    {"token.slack", "xoxs-", 20, 255, Alphabet::word},
    {"token.slack", "xoxe-", 20, 255, Alphabet::word},
    {"token.slack", "xapp-", 20, 255, Alphabet::word},
    {"token.slack_webhook", "hooks.slack.com/services/", 30, 80, Alphabet::base64},
    {"token.stripe", "sk_live_", 24, 255, Alphabet::alnum},
    {"token.stripe", "rk_live_", 24, 255, Alphabet::alnum},
    {"token.stripe", "sk_test_", 24, 255, Alphabet::alnum},
    {"token.stripe", "rk_test_", 24, 255, Alphabet::alnum},
    {"token.stripe_webhook", "whsec_", 24, 255, Alphabet::base64},
    {"token.google_api_key", "AIza", 35, 35, Alphabet::word},
    {"token.google_oauth", "ya29.", 30, 400, Alphabet::dotted},
    {"token.google_client_secret", "GOCSPX-", 28, 28, Alphabet::word},
    {"token.anthropic", "sk-ant-", 40, 255, Alphabet::word},
    {"token.openai", "sk-proj-", 40, 255, Alphabet::word},
    {"token.openai", "sk-svcacct-", 40, 255, Alphabet::word},
    {"token.openrouter", "sk-or-v1-", 64, 64, Alphabet::hex},
    {"token.openai", "sk-", 32, 255, Alphabet::alnum},
    {"token.huggingface", "hf_", 34, 40, Alphabet::alnum},
    {"token.replicate", "r8_", 37, 40, Alphabet::alnum},
    {"token.npm", "npm_", 36, 36, Alphabet::alnum, has_base62_checksum},
    {"token.pypi", "pypi-", 50, 400, Alphabet::word},
    {"token.rubygems", "rubygems_", 48, 48, Alphabet::hex},
    {"token.sendgrid", "SG.", 60, 70, Alphabet::dotted},
    {"token.twilio", "SK", 32, 32, Alphabet::hex},
    {"token.digitalocean", "dop_v1_", 64, 64, Alphabet::hex},
    {"token.digitalocean", "doo_v1_", 64, 64, Alphabet::hex},
    {"token.digitalocean", "dor_v1_", 64, 64, Alphabet::hex},
    {"token.vault", "hvs.", 24, 255, Alphabet::word},
    {"token.vault", "hvb.", 24, 255, Alphabet::word},
    {"token.vault", "hvr.", 24, 255, Alphabet::word},
    {"token.vault", "hvs ", 24, 255, Alphabet::word},  // its point lost
    {"token.vault", "hvb ", 24, 255, Alphabet::word},
    {"token.vault", "hvr ", 24, 255, Alphabet::word},
    {"token.terraform", "atlasv1.", 50, 80, Alphabet::word},
    {"token.mailgun", "key-", 32, 32, Alphabet::alnum},
    {"token.mailchimp", "us-api-", 32, 40, Alphabet::hex},
    {"token.shopify", "shpat_", 32, 32, Alphabet::hex},
    {"token.shopify", "shpss_", 32, 32, Alphabet::hex},
    {"token.shopify", "shpca_", 32, 32, Alphabet::hex},
    {"token.shopify", "shppa_", 32, 32, Alphabet::hex},
    {"token.square", "sq0atp-", 22, 22, Alphabet::word},
    {"token.square", "sq0csp-", 43, 43, Alphabet::word},
    {"token.square", "EAAA", 60, 60, Alphabet::word},
    {"token.dropbox", "sl.", 60, 300, Alphabet::word},
    {"token.docker", "dckr_pat_", 27, 40, Alphabet::word},
    {"token.databricks", "dapi", 32, 34, Alphabet::hex},
    {"token.grafana", "glsa_", 41, 50, Alphabet::word},
    {"token.grafana", "glc_", 32, 400, Alphabet::base64},
    {"token.heroku", "HRKU-", 36, 70, Alphabet::word},
    {"token.new_relic", "NRAK-", 27, 27, Alphabet::alnum},
    {"token.facebook", "EAA", 80, 400, Alphabet::alnum},
    {"token.linear", "lin_api_", 40, 40, Alphabet::alnum},
    {"token.atlassian", "ATATT3", 100, 300, Alphabet::base64},
    {"token.atlassian", "ATCTT3", 100, 300, Alphabet::base64},
    {"token.postman", "PMAK-", 59, 59, Alphabet::word},
    {"token.pulumi", "pul-", 40, 40, Alphabet::hex},
    {"token.doppler", "dp.pt.", 40, 44, Alphabet::alnum},
    {"token.doppler", "dp.st.", 40, 60, Alphabet::dotted},
    {"token.planetscale", "pscale_tkn_", 32, 64, Alphabet::dotted},
    {"token.planetscale", "pscale_pw_", 32, 64, Alphabet::dotted},
    {"token.notion", "ntn_", 40, 50, Alphabet::alnum},
    {"token.notion", "secret_", 43, 43, Alphabet::alnum},
    {"token.sentry", "sntrys_", 60, 300, Alphabet::base64},
    {"token.sentry", "sntryu_", 64, 64, Alphabet::hex},
    {"token.easypost", "EZAK", 54, 54, Alphabet::alnum},
    {"token.fly", "FlyV1 fm2_", 60, 800, Alphabet::base64},
    {"token.tailscale", "tskey-", 20, 80, Alphabet::word},
    {"token.age", "AGE-SECRET-KEY-", 59, 59, Alphabet::word},
    {"token.azure_devops", "azd0", 48, 80, Alphabet::alnum},
    {"token.gitlab", "glft-", 20, 300, Alphabet::word},
    {"token.gitlab", "glsoat-", 20, 300, Alphabet::word},
    {"token.gitlab", "glimt-", 25, 300, Alphabet::word},
    {"token.gitlab", "gloas-", 64, 300, Alphabet::word},
    {"token.gitlab", "glagent-", 50, 300, Alphabet::word},
    {"token.gitlab", "GR1348941", 20, 60, Alphabet::word},
    {"token.slack", "xoxc-", 20, 255, Alphabet::word},
    {"token.slack", "xoxd-", 20, 400, Alphabet::base64},
    {"token.discord_webhook", "discord.com/api/webhooks/", 80, 120, Alphabet::base64},
    {"token.teams_webhook", "webhook.office.com/webhookb2/", 80, 400, Alphabet::base64},
    {"token.google_oauth", "1//0", 40, 120, Alphabet::word},
    {"token.cloudflare", "v1.0-", 100, 200, Alphabet::word},
    {"token.supabase", "sbp_", 40, 40, Alphabet::hex},
    {"token.netlify", "nfp_", 36, 40, Alphabet::alnum},
    {"token.render", "rnd_", 28, 32, Alphabet::alnum},
    {"token.buildkite", "bkua_", 40, 40, Alphabet::hex},
    {"token.circleci", "CCIPAT_", 40, 100, Alphabet::word},
    {"token.sonar", "sqp_", 40, 40, Alphabet::hex},
    {"token.sonar", "squ_", 40, 40, Alphabet::hex},
    {"token.sonar", "sqa_", 40, 40, Alphabet::hex},
    {"token.contentful", "CFPAT-", 43, 43, Alphabet::word},
    {"token.figma", "figd_", 40, 60, Alphabet::word},
    {"token.hubspot", "pat-na1-", 36, 36, Alphabet::word},
    {"token.hubspot", "pat-eu1-", 36, 36, Alphabet::word},
    {"token.groq", "gsk_", 48, 56, Alphabet::alnum},
    {"token.perplexity", "pplx-", 48, 56, Alphabet::alnum},
    {"token.xai", "xai-", 70, 90, Alphabet::alnum},
    {"token.mapbox", "sk.eyJ", 60, 400, Alphabet::dotted},
    {"token.sendinblue", "xkeysib-", 64, 100, Alphabet::word},
    {"token.mailersend", "mlsn.", 64, 64, Alphabet::hex},
    {"token.prefect", "pnu_", 36, 36, Alphabet::alnum},
    {"token.crates_io", "cio", 32, 32, Alphabet::alnum},
    {"token.nuget", "oy2", 43, 43, Alphabet::alnum},
    {"token.docker", "dckr_oat_", 27, 60, Alphabet::word},
    {"token.artifactory", "AKCp", 69, 73, Alphabet::alnum},
    {"token.mongodb_atlas", "mdb_sa_sk_", 40, 60, Alphabet::word},
    {"token.posthog", "phx_", 40, 50, Alphabet::word},
    {"token.deno", "ddp_", 36, 40, Alphabet::alnum},
    {"token.alibaba", "LTAI", 16, 24, Alphabet::alnum},
    {"token.tencent", "AKID", 32, 36, Alphabet::alnum},
    {"token.one_password", "ops_", 200, 2000, Alphabet::word},
    {"token.adafruit", "aio_", 28, 28, Alphabet::alnum},
    {"token.plaid", "access-production-", 36, 36, Alphabet::word},
    {"token.plaid", "access-sandbox-", 36, 36, Alphabet::word},
    {"token.langsmith", "lsv2_pt_", 32, 50, Alphabet::word},
    {"token.k3s", "K10", 64, 200, Alphabet::dotted},
    {"token.docker_swarm", "SWMTKN-1-", 70, 90, Alphabet::word},
    {"token.flutterwave", "FLWSECK-", 32, 50, Alphabet::word},
    {"token.shippo", "shippo_live_", 40, 40, Alphabet::hex},
    {"token.yandex", "y0_", 50, 70, Alphabet::word},
    {"token.jwt", "eyJ", 17, 4000, Alphabet::dotted},
    {"token.jwt", "ey)", 17, 4000, Alphabet::dotted},  // eyJ, misread
    {"token.jwt", "ey/", 17, 4000, Alphabet::dotted},
};

constexpr std::string_view kBrackets = "{}|()[]";  // what a thin stroke at the edge of a letter is read as

bool in_alphabet(char c, Alphabet alphabet) {
  // What a letter or digit may be misread as is let through: a token must not end at its first misread character.
  if (is_alnum(c) || c == '@' || c == '|' || c == '$' || c == '!' || c == '?' || c == '[' || c == ']' || c == '{' || c == '}' || c == kUnknown) {
    if (alphabet != Alphabet::hex || c == '?') return true;
    const char f = fold(c);
    return is_digit(c) || c == kUnknown || (f >= 'a' && f <= 'f') || f == 'o' || f == 'l' || f == 's' || f == 'g' || f == 'z';
  }
  switch (alphabet) {
    case Alphabet::hex:
    case Alphabet::alnum: return false;
    case Alphabet::word: return c == '-' || c == '_' || c == '~';
    case Alphabet::dotted: return c == '-' || c == '_' || c == '~' || c == '.' || c == ',' || c == ':';
    case Alphabet::base64: return c == '-' || c == '_' || c == '+' || c == '/' || c == '=' || c == '~';
  }
  return false;
}

// A word of prose, a constant's name or a package is not a token: those hold no digits, or only at their end.
bool looks_issued(std::string_view body) {
  std::size_t digits = 0, upper = 0, lower = 0, changes = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (is_digit(c)) ++digits;
    else if (c >= 'A' && c <= 'Z') ++upper;
    else if (c >= 'a' && c <= 'z') ++lower;
    if (i > 0 && is_digit(c) != is_digit(body[i - 1])) ++changes;
  }
  if (digits >= 2 && changes >= 3) return true;
  const bool constant = body.find('_') != std::string_view::npos;  // GLUT_WINDOW_SIZE
  if (lower <= 2 && upper >= 6 && body.size() >= 14 && !constant) return true;
  return body.size() >= 20 && ((upper >= 4 && lower >= 4) || (upper >= 8 && lower >= 2));
}

// How many marks begin at `at` within a run of letters and digits: what `7`, `J` and their like are read as in narrow type. `begun`:
// of a token that is not whole yet; elsewhere two letters stand before them.
std::size_t misread_marks(std::string_view text, std::size_t at, bool begun) {
  constexpr std::size_t kMost = 2;
  const bool inside = begun ? at >= 1 && text[at - 1] != ' ' : at >= 2 && is_alnum(text[at - 1]) && is_alnum(text[at - 2]);
  if (!inside) return 0;
  std::size_t marks = 0;
  while (marks < kMost && at + marks < text.size() && std::string_view("?/\\'\")(>#%&.,*").find(text[at + marks]) != std::string_view::npos) ++marks;
  return at + marks < text.size() && (is_alnum(text[at + marks]) || text[at + marks] == '@') ? marks : 0;
}

// Small letters that are taken for each other where a stroke is lost or filled in. Of folded text.
bool are_alike(char a, char b) {
  constexpr std::array<std::string_view, 13> kAlike = {"ce", "vy", "vw", "ga", "ge", "gb", "pn", "ft", "bh", "nr", "lt", "co", "hn"};
  return std::any_of(kAlike.begin(), kAlike.end(), [&](std::string_view pair) { return a != b && pair.find(a) != std::string_view::npos && pair.find(b) != std::string_view::npos; });
}

// Whether a prefix is told from words by a mark at its end, so that a letter of it may be misread.
bool ends_in_mark(std::string_view prefix) { return std::string_view("-.").find(prefix.back()) != std::string_view::npos; }

class TokenDetector final : public Detector {
 public:
  TokenDetector() {
    for (const TokenKind& kind : kKinds) kinds_.push_back({&kind, fold(kind.prefix)});
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      const std::string_view prefix = kinds_[i].folded;
      for (std::size_t first = 0; first < by_first_.size(); ++first) {
        const char letter = static_cast<char>(first);
        const bool misread = prefix.size() > kShortMisread && ends_in_mark(prefix) && are_alike(letter, prefix[0]);
        if (letter == prefix[0] || misread) by_first_[first].push_back(i);
      }
      const bool telling = prefix.size() > kShortMisread || kinds_[i].kind->shortest >= kTellingLength;
      if (telling && prefix.size() > 2 && ends_in_mark(prefix)) by_second_[static_cast<unsigned char>(prefix[1])].push_back(i);
      all_.push_back(i);
    }
  }

  std::vector<std::string> rules() const override {
    std::vector<std::string> names;
    for (const TokenKind& kind : kKinds)
      if (names.empty() || names.back() != kind.rule) names.emplace_back(kind.rule);
    return names;
  }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    for (std::size_t at = 0; at < text.text.size(); ++at) {
      const auto first = static_cast<unsigned char>(text.folded[at]);
      if (first >= by_first_.size()) continue;
      const auto& begun = first == kUnknown ? all_ : by_first_[first];
      const bool found = std::any_of(begun.begin(), begun.end(), [&](std::size_t number) { return find_kind(judged, at, kinds_[number]); });
      if (!found) find_headless(judged, at);
    }
  }

 private:
  static constexpr std::size_t kTellingLength = 60;  // no word is as long as such a body
  static constexpr std::size_t kShortMisread = 4;  // a shorter prefix is taken only as it is spelled

  struct FoldedKind {
    const TokenKind* kind;
    std::string folded;
  };

  // A word that begins like a prefix but for its first letter, and goes on as long as its vendor issues.
  void find_headless(JudgedText& judged, std::size_t at) const {
    const PreparedText& text = judged.text;
    if (at + 1 >= text.folded.size() || text.text[at] == ' ' || (at > 0 && is_alnum(text.text[at - 1]))) return;
    const auto second = static_cast<unsigned char>(text.folded[at + 1]);
    if (second >= by_second_.size()) return;
    for (const std::size_t number : by_second_[second]) {
      const std::string_view rest = std::string_view(kinds_[number].folded).substr(1);
      if (!starts_at(text.folded, at + 1, rest)) continue;
      const std::size_t body = at + 1 + rest.size(), end = body_end(text, body, *kinds_[number].kind);
      if (end < body + kinds_[number].kind->shortest || text.harmless[at]) continue;
      judged.add(kinds_[number].kind->rule, body, end);
      return;
    }
  }

  static bool find_kind(JudgedText& judged, std::size_t at, const FoldedKind& folded) {
    const PreparedText& text = judged.text;
    const TokenKind& kind = *folded.kind;
    const std::size_t body = match_prefix(text, at, folded.folded);
    if (body == 0) return false;
    if (kind.checked) {
      const std::size_t sure = std::min(body + kind.shortest, text.text.size());
      if (kind.checked(std::string_view(text.text).substr(body, sure - body))) {
        judged.add(kind.rule, body, sure);
        return true;
      }
    }
    if (inside_word(text, at, folded.folded) || text.harmless[at]) return false;
    const std::size_t end = body_end(text, body, kind);
    if (end == 0) return false;
    // Where a stroke was read into the prefix, the places of its letters are not to be relied on. One that is torn belongs to its token whole.
    const auto prefix = std::string_view(text.text).substr(at, body - at);
    const std::size_t bracket = prefix.find_first_of(kBrackets), space = prefix.find(' ');
    judged.add(kind.rule, space != std::string_view::npos ? at : bracket == std::string_view::npos ? body : at + bracket, end);
    return true;
  }

  // Whether more of a word stands before it than its first letter read twice: `S5k_live_`.
  static bool inside_word(const PreparedText& text, std::size_t at, std::string_view prefix) {
    if (at == 0 || !is_alnum(text.text[at - 1])) return false;
    const bool twice = prefix.size() > kShortMisread && text.folded[at - 1] == prefix[0] && (at == 1 || !is_alnum(text.text[at - 2]));
    return !twice;
  }

  // Where the body begins, or 0. OCR may put a space into the prefix or lose its underscore, for one or altogether, put spaces around its
  // hyphens or a bracket before one, take one letter of a long prefix for another or for one that is like it, and read one
  // letter as two that are alike.
  static std::size_t match_prefix(const PreparedText& text, std::size_t at, std::string_view prefix) {
    constexpr std::size_t kLong = 5;
    constexpr int kMostLost = 2;
    std::size_t seen = 0, unknown = 0;
    int lost = 0;  // underscores
    std::size_t spaces = prefix.size() > kLong ? 2 : 1;  // that may stand for an underscore, or be spurious
    bool bracket = false, other = prefix.size() < kLong;
    bool alike = prefix.size() < kShortMisread || !ends_in_mark(prefix);
    bool twice = prefix.size() < kShortMisread;
    while (seen < prefix.size()) {
      if (at >= text.folded.size()) return 0;
      if (text.folded[at] == prefix[seen]) {
        ++at, ++seen;
      } else if (text.folded[at] == kUnknown && ++unknown * 3 <= prefix.size()) {
        ++at, ++seen;
      } else if (text.text[at] == ' ' && seen > 1 && ((seen > 2 && prefix[seen - 1] == '-') || starts_at(text.folded, at + 1, "-"))) {
        ++at;
      } else if (text.text[at] == ' ' && prefix[seen] == '-' && spaces > 0) {
        ++at, ++seen;
        --spaces;
      } else if (text.text[at] == ' ' && seen > 2 && spaces > 0) {
        ++at;
        --spaces;
      } else if (prefix[seen] == '-' && prefix.size() > kLong && seen > 1 && is_alnum(text.text[at]) && lost < kMostLost) {
        ++seen, ++lost;
      } else if (kBrackets.find(text.text[at]) != std::string_view::npos && seen > 2 && !bracket) {
        ++at;
        bracket = true;
      } else if (!twice && seen > 0 && is_alnum(text.text[at]) && starts_at(text.folded, at + 1, prefix.substr(seen, 1)) && reads_twice(text.folded[at], prefix[seen - 1], prefix[seen])) {
        ++at;
        twice = true;
      } else if (!alike && are_alike(text.folded[at], prefix[seen])) {
        ++at, ++seen;
        alike = other = true;
      } else if (is_letter(text.text[at]) && seen > 1 && prefix[seen] != '-' && prefix.back() == '-' && !other) {
        ++at, ++seen;
        other = true;
      } else {
        return 0;
      }
    }
    // A point read as two, or as the end of a sentence.
    if (prefix.back() == '.' && (starts_at(text.folded, at, ".") || starts_at(text.text, at, " "))) ++at;
    return at;
  }

  // Whether an extra letter is half of the one before it or of the one behind it: `dcekr`, `hyvs`, `v1l`.
  static bool reads_twice(char extra, char before, char behind) {
    return extra == before || are_alike(extra, before) || are_alike(extra, behind);
  }

  // A digest's digits are misread like any letters; behind a prefix that says enough they need not look hexadecimal.
  static Alphabet alphabet_of(const TokenKind& kind) {
    return kind.alphabet == Alphabet::hex && kind.prefix.size() >= kShortMisread ? Alphabet::alnum : kind.alphabet;
  }

  // Marks that letters were misread as. Where the token is long enough already, only what looks drawn at random goes on behind them.
  static std::size_t marks_within(const PreparedText& text, std::size_t at, std::size_t letters, const TokenKind& kind) {
    const std::size_t marks = misread_marks(text.text, at, letters > 0 && letters < kind.shortest);
    // Nothing but a `7` is read as a lone `?`, slash or quote there.
    const bool seven = marks == 1 && (text.text[at] == '?' || text.text[at] == '/' || text.text[at] == '\'');
    const bool point = std::string_view(text.text).substr(at, marks).find('.') != std::string_view::npos;
    if (marks == 0 || seven || (letters < kind.shortest && !point)) return marks;
    std::size_t end = at + marks;
    while (end < text.text.size() && in_alphabet(text.text[end], alphabet_of(kind))) ++end;
    return looks_issued(std::string_view(text.text).substr(at + marks, end - at - marks)) ? marks : 0;
  }

  // With those that were read as two.
  static std::size_t most_letters(const TokenKind& kind) { return kind.longest + kind.longest / 8 + 2; }

  // The foot of an `L` or a `J` is read as an underscore, once in a token that has none.
  static bool is_joint(std::string_view text, std::size_t at) {
    return (text[at] == '_' || text[at] == '-') && is_alnum(text[at - 1]) && at + 1 < text.size() && is_alnum(text[at + 1]);
  }

  // The end of the body, or 0 when it is none: too short even with what OCR loses, or far too long.
  static std::size_t body_end(const PreparedText& text, std::size_t body, const TokenKind& kind) {
    constexpr std::size_t kMostSpaces = 8;
    const std::size_t lost = kind.shortest / 8;
    std::size_t at = body, letters = 0, spaces = 0;
    bool joint = false;
    for (;;) {
      while (at < text.text.size()) {
        std::size_t more = in_alphabet(text.text[at], alphabet_of(kind)) ? 1 : marks_within(text, at, letters, kind);
        if (more == 0 && !joint && letters > 0 && letters < kind.shortest && is_joint(text.text, at)) more = 1, joint = true;
        if (more == 0) break;
        at += more, letters += more;
      }
      // A spurious space inside the token: go on while it is too short, when what follows can be its rest.
      const bool may_go_on = letters < kind.longest && spaces < kMostSpaces && at + 1 < text.text.size() && text.text[at] == ' ' &&
                             in_alphabet(text.text[at + 1], alphabet_of(kind));
      if (!may_go_on) break;
      const std::size_t run = text.run_end(at + 1);
      const auto word = std::string_view(text.text).substr(at + 1, run - at - 1);
      if (completes(letters, word, text, body, at, kind)) {
        letters += word.size();
        at = run;
        break;
      }
      // Long enough already: only what looks drawn at random is its rest.
      if (letters >= kind.shortest && (word.size() < 7 || !looks_issued(word))) break;
      if (!rest_of_token(word, kind) && !scrap_of_token(text, run, letters, word, kind)) break;
      ++spaces;
      ++at;
    }
    if (letters + lost < kind.shortest || letters > most_letters(kind)) return 0;
    const auto issued = std::string_view(text.text).substr(body, at - body);
    return looks_issued(issued) || (says_enough(kind) && letters + 1 >= kind.shortest && std::any_of(issued.begin(), issued.end(), is_digit)) ? at : 0;
  }

  // No word begins like this, whatever the case of its letters was read as.
  static bool says_enough(const TokenKind& kind) {
    constexpr std::size_t kEnough = 6;
    return kind.prefix.size() >= kEnough && std::string_view("-_").find(kind.prefix.back()) != std::string_view::npos;
  }

  // Whether the word makes the token exactly as long as its vendor issues it.
  static bool completes(std::size_t letters, std::string_view word, const PreparedText& text, std::size_t body, std::size_t at, const TokenKind& kind) {
    const std::size_t whole = letters + word.size();
    const bool fits = letters < kind.shortest && whole >= kind.shortest && whole <= kind.shortest + 1;
    return fits && std::all_of(word.begin(), word.end(), [&](char c) { return in_alphabet(c, alphabet_of(kind)); }) &&
           looks_issued(std::string_view(text.text).substr(body, at - body));
  }

  // A few small letters that spurious spaces cut out of the token: more of it follows.
  static bool scrap_of_token(const PreparedText& text, std::size_t end, std::size_t letters, std::string_view word, const TokenKind& kind) {
    constexpr std::size_t kLongestScrap = 4, kShortestRest = 5;
    if (word.size() > kLongestScrap || !std::all_of(word.begin(), word.end(), [&](char c) { return in_alphabet(c, alphabet_of(kind)); })) return false;
    if (end + 1 >= text.text.size() || text.text[end] != ' ') return false;
    const auto next = std::string_view(text.text).substr(end + 1, text.run_end(end + 1) - end - 1);
    return next.size() >= kShortestRest && letters + word.size() + next.size() <= most_letters(kind) && rest_of_token(next, kind);
  }

  static bool rest_of_token(std::string_view word, const TokenKind& kind) {
    bool all = true;
    for (std::size_t at = 0; at < word.size() && all;) {
      const std::size_t more = in_alphabet(word[at], alphabet_of(kind)) ? 1 : misread_marks(word, at, true);
      all = more > 0;
      at += more;
    }
    const bool digit = std::any_of(word.begin(), word.end(), is_digit);
    const bool inner_upper = word.size() > 1 && std::any_of(word.begin() + 1, word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return all && (digit || inner_upper || word.size() <= 2);
  }

  std::vector<FoldedKind> kinds_;
  std::array<std::vector<std::size_t>, 128> by_first_, by_second_;
  std::vector<std::size_t> all_;
};

}  // namespace

std::unique_ptr<Detector> token_detector() { return std::make_unique<TokenDetector>(); }

}  // namespace frostgate::redaction
