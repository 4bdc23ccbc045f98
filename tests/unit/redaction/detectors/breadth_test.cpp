// Each kind of token through OCR noise, check sums, characters that nobody could tell, and forms of two dimensions.
#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

#include "redaction/detectors/checksum.h"
#include "tests/unit/redaction/detectors/ocr_noise.h"
#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

constexpr int kOfEachToken = 40;

struct Issued {
  const char* rule;
  const char* prefix;
  std::size_t length;
  std::string_view alphabet;
};

constexpr std::string_view kWord = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const Issued kIssued[] = {
    {"token.aws_access_key", "AKIA", 16, kUpperDigits}, {"token.aws_access_key", "ASIA", 16, kUpperDigits},
    {"token.github_token", "ghp_", 36, kWord},          {"token.github_token", "github_pat_", 82, kWord},
    {"token.gitlab", "glpat-", 20, kWord},              {"token.gitlab", "gldt-", 20, kWord},
    {"token.gitlab", "glrt-", 20, kWord},               {"token.slack", "xoxb-", 50, kWord},
    {"token.slack", "xoxp-", 70, kWord},                {"token.slack_webhook", "hooks.slack.com/services/", 44, kWord},
    {"token.stripe", "sk_live_", 24, kWord},            {"token.stripe", "rk_live_", 24, kWord},
    {"token.stripe_webhook", "whsec_", 32, kWord},      {"token.google_api_key", "AIza", 35, kWord},
    {"token.google_oauth", "ya29.", 100, kWord},        {"token.google_client_secret", "GOCSPX-", 28, kWord},
    {"token.anthropic", "sk-ant-", 95, kWord},          {"token.openai", "sk-proj-", 60, kWord},
    {"token.openrouter", "sk-or-v1-", 64, kHex},        {"token.huggingface", "hf_", 34, kWord},
    {"token.replicate", "r8_", 37, kWord},              {"token.npm", "npm_", 36, kWord},
    {"token.pypi", "pypi-", 160, kWord},                {"token.rubygems", "rubygems_", 48, kHex},
    {"token.twilio", "SK", 32, kHex},                   {"token.digitalocean", "dop_v1_", 64, kHex},
    {"token.vault", "hvs.", 24, kWord},                 {"token.mailgun", "key-", 32, kHex},
    {"token.shopify", "shpat_", 32, kHex},              {"token.square", "sq0atp-", 22, kWord},
    {"token.docker", "dckr_pat_", 27, kWord},           {"token.databricks", "dapi", 32, kHex},
    {"token.grafana", "glsa_", 41, kWord},              {"token.heroku", "HRKU-", 60, kWord},
    {"token.new_relic", "NRAK-", 27, kUpperDigits},     {"token.facebook", "EAA", 160, kWord},
    {"token.linear", "lin_api_", 40, kWord},            {"token.atlassian", "ATATT3", 180, kWord},
    {"token.postman", "PMAK-", 59, kHex},               {"token.pulumi", "pul-", 40, kHex},
    {"token.doppler", "dp.pt.", 43, kWord},             {"token.planetscale", "pscale_tkn_", 43, kWord},
    {"token.notion", "ntn_", 46, kWord},                {"token.sentry", "sntryu_", 64, kHex},
    {"token.easypost", "EZAK", 54, kWord},              {"token.tailscale", "tskey-", 40, kWord},
    {"token.age", "AGE-SECRET-KEY-1", 58, kUpperDigits}, {"token.supabase", "sbp_", 40, kHex},
    {"token.netlify", "nfp_", 36, kWord},               {"token.render", "rnd_", 28, kWord},
    {"token.buildkite", "bkua_", 40, kHex},             {"token.circleci", "CCIPAT_", 60, kWord},
    {"token.sonar", "sqp_", 40, kHex},                  {"token.contentful", "CFPAT-", 43, kWord},
    {"token.figma", "figd_", 40, kWord},                {"token.hubspot", "pat-na1-", 36, kHex},
    {"token.groq", "gsk_", 52, kWord},                  {"token.perplexity", "pplx-", 48, kWord},
    {"token.xai", "xai-", 80, kWord},                   {"token.sendinblue", "xkeysib-", 81, kHex},
    {"token.prefect", "pnu_", 36, kWord},               {"token.artifactory", "AKCp", 69, kWord},
    {"token.posthog", "phx_", 43, kWord},               {"token.alibaba", "LTAI", 20, kWord},
    {"token.tencent", "AKID", 32, kWord},               {"token.adafruit", "aio_", 28, kWord},
    {"token.langsmith", "lsv2_pt_", 43, kWord},         {"token.docker_swarm", "SWMTKN-1-", 75, kHex},
    {"token.shippo", "shippo_live_", 40, kHex},         {"token.discord_webhook", "discord.com/api/webhooks/", 87, kWord},
    {"token.github_token", "gho_", 36, kWord}, {"token.github_token", "ghu_", 36, kWord}, {"token.github_token", "ghs_", 36, kWord},
    {"token.github_token", "ghr_", 36, kWord}, {"token.gitlab", "glcbt-", 20, kWord}, {"token.gitlab", "glptt-", 40, kWord},
    {"token.slack", "xoxa-", 20, kWord}, {"token.slack", "xoxr-", 20, kWord}, {"token.slack", "xoxs-", 20, kWord},
    {"token.slack", "xoxe-", 20, kWord}, {"token.slack", "xapp-", 20, kWord}, {"token.stripe", "sk_test_", 24, kWord},
    {"token.stripe", "rk_test_", 24, kWord}, {"token.openai", "sk-svcacct-", 40, kWord}, {"token.openai", "sk-", 32, kWord},
    {"token.sendgrid", "SG.", 60, kWord}, {"token.digitalocean", "doo_v1_", 64, kHex}, {"token.digitalocean", "dor_v1_", 64, kHex},
    {"token.vault", "hvb.", 24, kWord}, {"token.vault", "hvr.", 24, kWord}, {"token.terraform", "atlasv1.", 50, kWord},
    {"token.mailchimp", "us-api-", 32, kHex}, {"token.shopify", "shpss_", 32, kHex}, {"token.shopify", "shpca_", 32, kHex},
    {"token.shopify", "shppa_", 32, kHex}, {"token.square", "sq0csp-", 43, kWord}, {"token.square", "EAAA", 60, kWord},
    {"token.dropbox", "sl.", 60, kWord}, {"token.grafana", "glc_", 32, kWord}, {"token.atlassian", "ATCTT3", 100, kWord},
    {"token.doppler", "dp.st.", 40, kWord}, {"token.planetscale", "pscale_pw_", 32, kWord}, {"token.notion", "secret_", 43, kWord},
    {"token.sentry", "sntrys_", 60, kWord}, {"token.fly", "FlyV1 fm2_", 60, kWord}, {"token.age", "AGE-SECRET-KEY-", 59, kWord},
    {"token.azure_devops", "azd0", 48, kWord}, {"token.gitlab", "glft-", 20, kWord}, {"token.gitlab", "glsoat-", 20, kWord},
    {"token.gitlab", "glimt-", 25, kWord}, {"token.gitlab", "gloas-", 64, kWord}, {"token.gitlab", "glagent-", 50, kWord},
    {"token.gitlab", "GR1348941", 20, kWord}, {"token.slack", "xoxc-", 20, kWord}, {"token.slack", "xoxd-", 20, kWord},
    {"token.teams_webhook", "webhook.office.com/webhookb2/", 80, kWord}, {"token.google_oauth", "1//0", 40, kWord}, {"token.cloudflare", "v1.0-", 100, kWord},
    {"token.sonar", "squ_", 40, kHex}, {"token.sonar", "sqa_", 40, kHex}, {"token.hubspot", "pat-eu1-", 36, kWord},
    {"token.mapbox", "sk.eyJ", 60, kWord}, {"token.mailersend", "mlsn.", 64, kHex}, {"token.crates_io", "cio", 32, kWord},
    {"token.nuget", "oy2", 43, kWord}, {"token.docker", "dckr_oat_", 27, kWord}, {"token.mongodb_atlas", "mdb_sa_sk_", 40, kWord},
    {"token.deno", "ddp_", 36, kWord}, {"token.one_password", "ops_", 200, kWord}, {"token.plaid", "access-production-", 36, kWord},
    {"token.plaid", "access-sandbox-", 36, kWord}, {"token.k3s", "K10", 64, kWord}, {"token.flutterwave", "FLWSECK-", 32, kWord},
    {"token.yandex", "y0_", 50, kWord},
};

std::string with_sum(Random& random) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string body = draw(random, kAlnum, 30);
  std::string sum;
  for (std::uint32_t rest = crc32(body); sum.size() < 6; rest /= 62) sum.insert(sum.begin(), kDigits[rest % 62]);
  return body + sum;
}

std::vector<Finding> found(const std::vector<std::string>& rows) {
  static const Detectors detectors = default_detectors();
  return detectors.find(screen_of(rows));
}

bool covers(const std::string& text, const std::string& secret) {
  const std::size_t at = text.find(secret);
  const auto findings = found({text});
  INFO(text << " -> " << described(findings));
  return covered(findings, 0, at, at + secret.size());
}

TextLine with_unknown(std::string_view text) {
  std::u32string codes;
  for (const char c : text) codes += c == '\x01' ? char32_t{0xFFFD} : static_cast<unsigned char>(c);
  return line_of(codes);
}

}  // namespace

TEST_CASE("tokens of every vendor, with each of their prefixes, are covered through OCR noise") {
  const Detectors detectors = default_detectors();
  std::vector<std::string> rules;
  int all = 0, hits = 0;
  std::ostringstream table;
  for (const Issued& kind : kIssued) {
    rules.emplace_back(kind.rule);
    Random random(4711);
    int of_kind = 0;
    for (int i = 0; i < kOfEachToken; ++i) {
      const Noised line = noise(random, std::string("using ") + kind.prefix, draw(random, kind.alphabet, kind.length));
      const bool hit = covered(detectors.find(screen_of({line.text})), 0, line.first, line.end);
      of_kind += hit;
      if (!hit) table << "\n    missed: " << line.text;
    }
    if (of_kind < kOfEachToken) table << "\n  " << kind.prefix << ": " << of_kind << " of " << kOfEachToken;
    INFO(kind.prefix);
    CHECK(of_kind >= 0.9 * kOfEachToken);
    hits += of_kind, all += kOfEachToken;
  }
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  CHECK(rules.size() >= 60);
  WARN("tokens without a label through noise: " << hits << " of " << all << table.str());
  CHECK(hits >= 0.99 * all);
}

TEST_CASE("a right check sum makes a token certain, a wrong one takes nothing away") {
  CHECK(crc32("123456789") == 0xCBF43926);
  Random random(4711);
  for (int i = 0; i < 50; ++i) {
    const std::string body = with_sum(random);
    CHECK(has_base62_checksum(body));
    std::string misread = body;
    misread[7] = misread[7] == 'x' ? 'y' : 'x';
    CHECK_FALSE(has_base62_checksum(misread));
    // Glued to a word it is a token only by its sum.
    CHECK(covers("wordghp_" + body, body));
    CHECK(covers("using npm_" + body, body));
    CHECK(covers("using ghp_" + misread, misread));
  }
  // From the public documentation of secret scanners.
  CHECK(has_base62_checksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"));
}

TEST_CASE("a character that nobody could tell completes a pattern") {
  const Detectors detectors = default_detectors();
  const auto is_covered = [&](std::string_view text, std::string_view secret) {
    const auto findings = detectors.find(std::vector{with_unknown(text)});
    const std::size_t at = text.find(secret);
    INFO(text << " -> " << described(findings));
    return covered(findings, 0, at, at + secret.size());
  };
  CHECK(is_covered("Pass\x01ord: hunter2", "hunter2"));
  CHECK(is_covered("\x01" "assword: hunter2", "hunter2"));
  CHECK(is_covered("AKI\x01IOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"));
  CHECK(is_covered("AKIAIOSF\x01" "DNN7EXAMPLE", "IOSF\x01" "DNN7EXAMPLE"));
  CHECK(is_covered("ghp_16C7e42F292c6912\x01" "7710c838347Ae178B4a", "16C7e42F292c6912\x01" "7710c838347Ae178B4a"));
  CHECK(is_covered("sshpa\x01s -p hunter2 ssh db1", "hunter2"));
  CHECK(is_covered("4111 1111 1\x01" "11 1111", "4111 1111 1\x01" "11 1111"));
  CHECK(is_covered("card 411111111111111\x01 ok", "411111111111111\x01"));
  CHECK(is_covered("value aB3xK9\x01pQ7wZ2mN8vL5tR4cY6hJ", "aB3xK9\x01pQ7wZ2mN8vL5tR4cY6hJ"));
  CHECK(detectors.find(std::vector{with_unknown("commit 4b825dc642cb6eb9a0\x01" "0e54bf8d69288fbee4904")}).empty());
  CHECK(detectors.find(std::vector{with_unknown("the \x01uick brown fo\x01 jumps")}).empty());
  const auto holes = detectors.find(std::vector{with_unknown("\x01\x01\x01\x01\x01\x01\x01\x01: \x01\x01\x01")});
  INFO(described(holes));
  CHECK(holes.empty());
}

TEST_CASE("a label whose separator was lost still covers its value") {
  CHECK(covers("Password xyzzy", "xyzzy"));
  CHECK(covers("Passwort geheim", "geheim"));
  CHECK(covers("Password.xyzzy", "xyzzy"));
  CHECK(covers("password-horse", "horse"));
  CHECK(covers("postgres:/ /app:s3cret@db/app", "s3cret"));
  CHECK(covers("mysql -u root -pAb3x d9Kq app", "Ab3x d9Kq"));
  for (const char* text : {"Password required", "Password Policy", "password-protected", "Password.txt", "Passwords match", "Kennwort vergessen",
                           "mysql -u root -p app", "mysql -u root app backup"})
  {
    INFO(text << " -> " << described(found({text})));
    CHECK(found({text}).empty());
  }
}

TEST_CASE("commands and files of administrators show no password") {
  const std::pair<const char*, const char*> kCases[] = {
      {"psexec \\\\srv1 -u admin -p Winter2024 cmd", "Winter2024"},
      {"PsExec64.exe \\\\srv1 -u CORP\\admin -p Xy7$ab cmd.exe", "Xy7$ab"},
      {"echo Xy7ab9 | runas /user:admin cmd", "Xy7ab9"},
      {"sudo -S <<< Xy7ab9", "Xy7ab9"},
      {"cmdkey /add:srv1 /user:admin /pass:Xy7ab9", "Xy7ab9"},
      {"reg add \"HKLM\\SOFTWARE\\Winlogon\" /v DefaultPassword /t REG_SZ /d Xy7ab9 /f", "Xy7ab9"},
      {"docker login -u bob -p Xy7ab9 registry.example.com", "Xy7ab9"},
      {"curl -u bob:Xy7ab9 https://example.com", "Xy7ab9"},
      {"sqlplus scott/Xy7ab9@orcl", "Xy7ab9"},
      {"openssl enc -aes-256-cbc -k Xy7ab9 -in a", "Xy7ab9"},
      {"openssl passwd -6 Xy7ab9", "Xy7ab9"},
      {"ipmitool -H bmc -U admin -P Xy7ab9 power status", "Xy7ab9"},
      {"snmpwalk -v2c -c Xy7ab9 switch1", "Xy7ab9"},
      {"wpa_passphrase office Xy7ab9zz", "Xy7ab9zz"},
      {"7z x -pXy7ab9 backup.7z", "Xy7ab9"},
      {"keytool -list -storepass Xy7ab9", "Xy7ab9"},
      {"enable password 7 07082E4D4C0A1112", "07082E4D4C0A1112"},
      {"username bob secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "hx5rVt7rPNoS4wqbXKX7m0"},
      {"snmp-server community Xy7ab9 RO", "Xy7ab9"},
      {"aws configure set aws_secret_access_key wJalrXUtnFEMI7MDENG", "wJalrXUtnFEMI7MDENG"},
      {"vault login hvsCAESIJx7ab9kQpLm3Zn8", "hvsCAESIJx7ab9kQpLm3Zn8"},
      {"New-LocalUser bob -Password (ConvertTo-SecureString \"Xy7ab9\" -AsPlainText -Force)", "Xy7ab9"},
      {"<Properties action=\"U\" cpassword=\"j1Uyj3Vx8TY9LtLZil2uAuZkFQA4latT76ZwgdHdhw\" userName=\"admin\"/>", "j1Uyj3Vx8TY9LtLZil2uAuZkFQA4latT76ZwgdHdhw"},
      {"<AdministratorPassword><Value>UABhAHMAcwB3ADAAcgBkAA==</Value>", "UABhAHMAcwB3ADAAcgBkAA=="},
      {"userPassword: {SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3", "DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3"},
      {"https://acct.blob.core.windows.net/c/f?sv=2022-11-02&sig=kR5wq8Zb2Xn7Ym4Lp9Tc3Vd6Hf1Jg0Qs", "kR5wq8Zb2Xn7Ym4Lp9Tc3Vd6Hf1Jg0Qs"},
      {"AZURE: a1b8Q~xK9pQ7wZ2mN8vL5tR4cY6hJ3dF1gS0aE5b", "a1b8Q~xK9pQ7wZ2mN8vL5tR4cY6hJ3dF1gS0aE5b"},
      {"jdbc:oracle:thin:scott/Xy7ab9@db:1521:orcl", "Xy7ab9"},
      {"bob:$apr1$hRY7PJWD$yh3mTYnwoBhY6RnIRYkqF1", "yh3mTYnwoBhY6RnIRYkqF1"},
  };
  for (const auto& [text, secret] : kCases) {
    INFO(text);
    CHECK(covers(text, secret));
  }
}

TEST_CASE("a value that stands in the lines below its tag or key is covered") {
  const auto xml = found({"<AutoLogon>", "  <Password>", "    <Value>Xy7ab9</Value>", "    <PlainText>true</PlainText>", "  </Password>"});
  INFO(described(xml));
  CHECK(covered(xml, 2, 11, 17));
  CHECK_FALSE(covered(xml, 3, 4, 10));
  const auto yaml = found({"stringData:", "  password: |", "    Xy7ab9", "    second", "  user: bob"});
  INFO(described(yaml));
  CHECK(covered(yaml, 2, 4, 10));
  CHECK(covered(yaml, 3, 4, 10));
  CHECK_FALSE(covered(yaml, 4, 2, 6));
}
