#include "tests/corpus/secret_kinds.h"

#include <cstdlib>
#include <string_view>

namespace frostgate::corpus {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz", kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", kDigits = "0123456789",
                           kHex = "0123456789abcdef";

std::string drawn(std::string_view alphabet, std::size_t count, std::mt19937_64& chance) {
  std::string text;
  while (text.size() < count) text += alphabet[chance() % alphabet.size()];
  return text;
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string password(Chance& chance) {
  constexpr std::string_view kMarks = "!#%*+-_?";
  std::string text = drawn(joined({kLower, kUpper, kDigits}), 9 + chance.layout() % 6, chance.secrets);
  text[3 + chance.secrets() % 5] = kMarks[chance.secrets() % kMarks.size()];
  text[2] = kDigits[chance.secrets() % kDigits.size()];
  return text;
}

std::string card(std::mt19937_64& chance) {
  std::string digits = "4" + drawn(kDigits, 14, chance);
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int doubled = (digits[i] - '0') * (i % 2 == 0 ? 2 : 1);
    sum += doubled / 10 + doubled % 10;
  }
  digits += static_cast<char>('0' + (10 - sum % 10) % 10);
  for (const std::size_t at : {12U, 8U, 4U}) digits.insert(at, " ");
  return digits;
}

std::string iban(std::mt19937_64& chance) {
  const std::string account = drawn(kDigits, 18, chance);
  int rest = 0;
  for (const char digit : account + "131400") rest = (rest * 10 + digit - '0') % 97;  // D = 13, E = 14
  const int check = 98 - rest;
  std::string text = "DE" + std::string(check < 10 ? "0" : "") + std::to_string(check) + account;
  for (const std::size_t at : {20U, 16U, 12U, 8U, 4U}) text.insert(at, " ");
  return text;
}

std::string secret(std::string_view what, Chance& chance) {
  if (what == "p") return password(chance);
  if (what == "card") return card(chance.secrets);
  if (what == "iban") return iban(chance.secrets);
  const auto count = static_cast<std::size_t>(std::atoi(std::string(what.substr(1)).c_str()));
  switch (what[0]) {
    case 'h': return drawn(kHex, count, chance.secrets);
    case 'u': return drawn(joined({kUpper, "234567"}), count, chance.secrets);
    case 'd': return drawn(kDigits, count, chance.secrets);
    case 'b': return drawn(joined({kLower, kUpper, kDigits, "+/"}), count, chance.secrets);
    case 'w': return drawn(joined({kLower, kUpper, kDigits, "_-"}), count, chance.secrets);
    default: return drawn(joined({kLower, kUpper, kDigits}), count, chance.secrets);
  }
}

}  // namespace

const std::vector<SecretKind>& secret_kinds() {
  static const std::vector<SecretKind> kinds = {
      {"label: colon", "Password: {p}"},
      {"label: prompt", "Password for app@db1.example.org: {p}"},
      {"label: equals", "DB_PASSWORD={p}"},
      {"label: ini", "passwd = {p}"},
      {"label: json", "  \"password\": \"{p}\","},
      {"label: yaml", "    password: {p}"},
      {"label: xml", "  <password>{p}</password>"},
      {"label: api key", "export API_KEY={a32}"},
      {"label: secret hex", "SIGNING_SECRET={h48}"},
      {"label: client secret", "client_secret: {a40}"},
      {"label: passphrase", "Enter passphrase for key: {p}"},
      {"label: German", "Kennwort: {p}"},
      {"label: German, equals", "Passwort = {p}"},
      {"label: French", "Mot de passe : {p}"},
      {"label: Spanish", "Contraseña: {p}"},
      {"label: in a log", "09:15:34 WARN  shop.mail    login failed user=mailer password={p}"},
      {"flag: --password=", "deploy --user app --password={p} --verbose"},
      {"flag: --password", "restore --host db1 --password {p}"},
      {"flag: --token", "cli login --token {a40}"},
      {"command: mysql -p", "mysql -u root -p{p} shop"},
      {"command: net user", "net user alice {p} /add"},
      {"command: secure string", "ConvertTo-SecureString \"{p}\" -AsPlainText -Force"},
      {"command: sshpass", "sshpass -p {p} ssh root@db1"},
      {"command: curl -u", "curl -u admin:{p} https://git.example.org/api"},
      {"command: PGPASSWORD", "PGPASSWORD={p} psql -h db1 shop"},
      {"command: bearer", "Authorization: Bearer {a40}"},
      {"command: basic", "Authorization: Basic {b32}="},
      {"url: user info", "repository = https://deploy:{p}@git.example.org/shop.git"},
      {"url: postgres", "DATABASE_URL=postgres://app:{p}@db1:5432/shop"},
      {"url: redis", "redis://:{a20}@cache1:6379/0"},
      {"url: mongodb", "mongodb+srv://app:{p}@cluster0.example.net/shop"},
      {"connection: ADO", "Server=db1;Database=shop;User Id=app;Password={p};Encrypt=true"},
      {"connection: storage", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={b86}=="},
      {"file: .pgpass", "db1.example.org:5432:shop:app:{p}"},
      {"file: .netrc", "machine git.example.org login deploy password {p}"},
      {"file: shadow", "root:$6$Wq8xL2nB4kT0pYvR${a86}:19700:0:99999:7:::"},
      {"file: cpassword", "<Properties action=\"U\" cpassword=\"{b44}\" userName=\"admin\"/>"},
      {"file: unattend", "  <AdministratorPassword><Value>{p}</Value></AdministratorPassword>"},
      {"token: AWS id", "AKIA{u16}"},
      {"token: AWS secret", "AWS_SECRET_ACCESS_KEY={b40}"},
      {"token: GitHub", "ghp_{a36}"},
      {"token: GitHub fine", "github_pat_{a22}_{a59}"},
      {"token: GitLab", "glpat-{w20}"},
      {"token: Slack", "xoxb-{d12}-{d12}-{a24}"},
      {"token: Stripe", "sk_live_{a24}"},
      {"token: Google", "AIza{w35}"},
      {"token: Google client", "GOCSPX-{w28}"},
      {"token: SendGrid", "SG.{w22}.{w43}"},
      {"token: npm", "npm_{a36}"},
      {"token: PyPI", "pypi-AgEIcHlwaS5vcmc{w50}"},
      {"token: DigitalOcean", "dop_v1_{h64}"},
      {"token: Hugging Face", "hf_{a34}"},
      {"token: OpenAI", "sk-proj-{w48}"},
      {"token: Anthropic", "sk-ant-api03-{w60}"},
      {"token: Shopify", "shpat_{h32}"},
      {"token: Vault", "hvs.{w24}"},
      {"token: Docker", "dckr_pat_{w27}"},
      {"token: Databricks", "dapi{h32}"},
      {"token: Linear", "lin_api_{a40}"},
      {"token: age", "AGE-SECRET-KEY-1{u58}"},
      {"token: Telegram", "bot{d9}:AA{w33}"},
      {"token: JWT", "eyJ{a30}.eyJ{a60}.{w43}"},
      {"number: card", "{card}"},
      {"number: card, labelled", "Card number: {card}"},
      {"number: IBAN", "IBAN: {iban}"},
      {"key: PEM", "-----BEGIN PRIVATE KEY-----\n{b64}\n{b64}\n{b40}==\n-----END PRIVATE KEY-----"},
      {"key: RSA", "-----BEGIN RSA PRIVATE KEY-----\n{b64}\n{b64}\n{b30}=\n-----END RSA PRIVATE KEY-----"},
      {"key: OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\n{b70}\n{b70}\n{b60}\n-----END OPENSSH PRIVATE KEY-----"},
      {"key: PuTTY", "Private-Lines: 2\n{b64}\n{b48}\nPrivate-MAC: {h64}"},
      {"label: token hex", "X-Api-Token: {h40}"},
      {"entropy: base64", "{b44}="},
  };
  return kinds;
}

std::vector<Line> lines_of(const SecretKind& kind, Chance& chance) {
  std::vector<Line> lines(1);
  bool found = false;
  for (const char* at = kind.pattern; *at; ++at) {
    Line& line = lines.back();
    if (*at == '\n') {
      lines.emplace_back();
      found = false;
    } else if (*at == '{') {
      std::string what;
      while (*++at != '}') what += *at;
      // Several secrets of a line and what joins them are one.
      if (!found) line.first = line.text.size();
      found = true;
      line.text += secret(what, chance);
      line.end = line.text.size();
    } else {
      line.text += *at;
    }
  }
  return lines;
}

std::string benign_line(Chance& chance) {
  const auto digits = [&](std::size_t count) { return drawn(kDigits, count, chance.layout); };
  switch (chance.layout() % 10) {
    case 0: return "admin@srv01:~/shop$ systemctl status nginx";
    case 1: return "09:" + digits(2) + ":07 INFO  shop.http    GET /api/orders 200 " + digits(2) + " ms";
    case 2: return "-rw-r--r-- 1 root root " + digits(5) + " 2024-06-07 10:31 services.conf";
    case 3: return "   Active: active (running) since Fri 2024-06-07 10:" + digits(2) + " UTC";
    case 4: return "Reading package lists... Done";
    case 5: return "server { listen 8080; root /srv/www/shop; }";
    case 6: return "tcp  LISTEN 0 511  0.0.0.0:" + digits(4) + "  users:((nginx,pid=" + digits(4) + "))";
    case 7: return "The certificate of the mail server expires in " + digits(2) + " days";
    case 8: return "workers = " + digits(1) + "      # one for each core";
    default: return "  " + digits(4) + " postgres  20   0  " + digits(6) + "  checkpointer";
  }
}

std::string hard_benign_line(Chance& chance) {
  const auto hex = [&](std::size_t count) { return drawn(kHex, count, chance.layout); };
  const auto base64 = [&](std::size_t count) { return drawn(joined({kLower, kUpper, kDigits, "+/"}), count, chance.layout); };
  switch (chance.layout() % 18) {
    case 0: return "commit " + hex(40);
    case 1: return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12);
    case 2: return "sha256:" + hex(64);
    case 3: return hex(64) + "  debian-12.5.0-amd64.iso";
    case 4: return "shop-api-" + hex(10) + "-x7k2p   1/1   Running   0   4d";
    case 5: return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + base64(43) + " admin@srv01";
    case 6: return "    password = getpass.getpass(prompt)";
    case 7: return "/run/user/1000/systemd/units/invocation:app-" + hex(12) + ".scope";
    case 8: return "link/ether " + hex(2) + ":" + hex(2) + ":" + hex(2) + ":" + hex(2) + ":" + hex(2) + ":" + hex(2) + " brd ff:ff:ff:ff:ff:ff";
    case 9: return "url(data:image/png;base64," + base64(60);
    case 10: return "if not check_password(user, form.password.data):";
    case 11: return "index " + hex(7) + ".." + hex(7) + " 100644";
    case 12: return "Password must have at least 12 characters";
    case 13: return "image: registry.example.org/shop/api@sha256:" + hex(64);
    case 14: return "SHA256:" + base64(43) + " admin@srv01 (ED25519)";
    case 15: return "PasswordAuthentication no";
    case 16: return "ETag: \"" + hex(32) + "\"";
    default: return "token_count=" + drawn(kDigits, 4, chance.layout) + " max_tokens=4096 password_policy=strict";
  }
}

}  // namespace frostgate::corpus
