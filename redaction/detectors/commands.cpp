// Commands that take a password as a plain word, and headers that carry credentials.
#include <algorithm>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/patterns.h"

namespace frostgate::redaction {
namespace {

struct Command {
  std::string_view rule;
  std::string_view pattern;  // folded; group 1 is the secret
  bool drawn = false;        // only where it looks drawn by lot
};

// What a spurious space may tear off a password, and hardly any argument is as short as.
constexpr std::size_t kScrap = 2;

// "-" also stands for a dash or underscore, "l" for 1, I and |; "." for : ; and comma. Spaces are optional where OCR loses them.
constexpr Command kCommands[] = {
    {"command.net_user", "[nh]et1? ?user ?/?[^ ]+ +([^ /*][^ ]*)"},
    {"command.net_use", "net use .*\\\\\\\\[^ ]+ +([^ /*][^ ]*) +/user"},
    {"command.secure_string", "con[a-z]{3,6}.? ?secur[ce] ?st?r?ing.*? \"+([^\"]+)\""},
    {"command.secure_string", "con[a-z]{3,6}.? ?secur[ce] ?st?r?ing +([^ \"$-][^ ]*)"},
    {"command.mysql", "(?:[a-z]{1,2}ysql?l?|mysqldump|mysqladmin|mariadb)(?:\\.exe)? (?:.*? )?-p([^ -][^ ]*)"},
    {"command.mysql", "[a-z]{1,2}ysql?l? ?-u ?[a-z0-9_-]+? ?-p([^ -][^ ]*)"},
    {"command.mysql", "mysqladmin .*password +([^ ]+)"},
    {"command.sshpass", "sshpass *-{1,2}p ?([^ ]+)"},
    {"command.curl", "curl .*?-u{1,2}(?:ser)? ?[^ .]+ ?\\. ?([^ ]+)"},
    {"command.curl", "curl .*?-u{1,2}(?:ser)? ?([^ .]{10,})", true},  // the colon was lost
    {"command.smb", "smb[a-z]+ .*?-u ?[^ %]+%([^ ]+)"},
    {"command.smb", "(?:rpcclient|winexe|net rpc) .*?-u ?[^ %]+%([^ ]+)"},
    {"command.remote_desktop", "freerdp.* /p\\. ?([^ ]+)"},
    {"command.remote_desktop", "rdesktop .*?-p ?([^ -][^ ]*)"},
    {"command.plink", "(?:plink|pscp|psftp|putty)(?:\\.exe)? .*?-pw +([^ ]+)"},
    {"command.psexec", "psexec.* -p +([^ ]+)"},
    {"command.runas", "echo +\"?([^ \"|]+)\"? *[|l] *(?:runas|sudo +-s|passwd|kinit|smbpasswd|cryptsetup)\\b"},
    {"command.runas", "(?:sudo +-s|passwd|kinit|su)\\b[^<]*<<< *\"?([^ \"]+)"},
    {"command.redis", "redis-cli .*?-a +([^ ]+)"},
    {"command.openssl", "(?:passin|passout|-k|-pass) ?\"?pass\\.([^ ]+)"},
    {"command.openssl", "openssl +enc .*?-k +([^ -][^ ]*)"},
    {"command.openssl", "openssl +passwd +(?:-[^ ]+ +)*([^ -][^ ]*)"},
    {"command.htpasswd", "htpasswd +-[a-z]*b[a-z]* +[^ ]+ +[^ ]+ +([^ ]+)"},
    {"command.chpasswd", "echo +\"?[^ .]+\\.([^ \"]+)\"? *[|l] *(?:sudo )?chpasswd"},
    {"command.cmdkey", "cmdkey .*/pass\\.([^ ]+)"},
    {"command.reg_add", "reg(?:\\.exe)? add .*(?:password|passwd|pwd|secret).* /d +\"?([^ \"]+)"},
    {"command.schtasks", "schtasks .*/rp +([^ ]+)"},
    {"command.ldap", "ldap[a-z]+ .*?-w +([^ ]+)"},
    {"command.sqlcmd", "(?:sqlcmd|bcp|osql|isql) .*?-p +([^ -][^ ]*)"},
    {"command.sqlplus", "sqlplus +(?:-[^ ]+ +)*[^ /]+/([^ ]+)"},
    {"command.sqlplus", "jdbc\\.oracle\\.thin\\.[^ /]+/([^ ]+)"},
    {"command.mongo", "mongo(?:sh|dump|restore)? .*?-p +([^ -][^ ]*)"},
    {"command.docker_login", "(?:docker|podman|az|helm|oc) +(?:registry )?login .*?-p +([^ -][^ ]*)"},
    {"command.vault_login", "vault +login +([^ -][^ ]{19,})"},
    {"command.aws_configure", "configure +set +(?:[^ ]*\\.)?aws.secret.access.key +([^ ]+)"},
    {"command.ipmitool", "ipmitool .*?-p +([^ -][^ ]*)"},
    {"command.snmp", "snmp(?:walk|get|set|bulkwalk) .*?-[axc] +([^ -][^ ]*)"},
    {"command.snmp", "snmp-server +community +([^ ]+)"},
    {"command.wpa", "wpa.passphrase +[^ ]+ +([^ ]+)"},
    {"command.archive", "\\b(?:7z[ar]?|rar|unrar)(?:\\.exe)? +[a-z] .*?-p([^ -][^ ]*)"},
    {"command.keytool", "-(?:src|dest)?(?:storepass|keypass|srcstorepass|deststorepass) +([^ -][^ ]*)"},
    {"command.cisco", "(?:password|secret|key-string) +[0-9losbgz] +([0-9a-f$./losbgz]{10,})"},
    {"command.sql_password", "identified +by +\"([^\"]+)"},
    {"command.sql_password", "(?:with|encrypted) +password +\"([^\"]+)"},
    {"command.bearer", "bearer +([a-z0-9._+/=$@|!\\]-]{16,})"},
    {"command.basic", "authorization.*basic +([a-z0-9._+/=$@|!\\]-]{8,})"},
    {"command.set_token", "[.]-?-authtoken=([^ ]+)"},
};

// Digits with a letter behind them, and capitals inside or digits again: no word, nor words with a number, as `svc2backup`.
bool is_drawn(std::string_view word) {
  const auto digit = std::find_if(word.begin(), word.end(), is_digit), letter = std::find_if(digit, word.end(), is_letter);
  if (word.find_first_of("/\\") != std::string_view::npos || std::none_of(word.begin(), digit, is_letter) || letter == word.end()) return false;
  return std::any_of(letter, word.end(), is_digit) || std::any_of(word.begin() + 1, word.end(), is_upper);
}

std::vector<std::string_view> command_patterns() {
  std::vector<std::string_view> patterns;
  for (const Command& command : kCommands) patterns.push_back(command.pattern);
  return patterns;
}

class CommandDetector final : public Detector {
 public:
  CommandDetector() : patterns_(command_patterns()) {}

  std::vector<std::string> rules() const override {
    std::vector<std::string> names;
    for (const Command& command : kCommands)
      if (names.empty() || names.back() != command.rule) names.emplace_back(command.rule);
    return names;
  }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    patterns_.each_match(text.folded, [&](std::size_t command, std::size_t first, std::size_t end) {
      if (first >= end || (kCommands[command].drawn && !is_drawn(std::string_view(text.text).substr(first, end - first)))) return;
      const bool variable = text.text[first] == '$' && first + 1 < text.text.size() && (text.text[first + 1] == '{' || text.text[first + 1] == '(');
      if (!variable) judged.add(kCommands[command].rule, first, drawn_end(text.text, text.run_end(end), kScrap));
    });
  }

 private:
  FoldedPatterns patterns_;
};

}  // namespace

std::unique_ptr<Detector> command_detector() { return std::make_unique<CommandDetector>(); }

}  // namespace frostgate::redaction
