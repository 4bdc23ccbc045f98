// Commands that take a password as a plain word, and headers that carry credentials.
#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/patterns.h"

namespace frostgate::redaction {
namespace {

struct Command {
  std::string_view rule;
  std::string_view pattern;  // folded; group 1 is the secret
};

// "-" also stands for a dash or underscore, "l" for 1, I and |; "." for : ; and comma. Spaces are optional where OCR loses them.
constexpr Command kCommands[] = {
    {"command.net_user", "net1? ?user ?/?[^ ]+ +([^ /*][^ ]*)"},
    {"command.net_use", "net use .*\\\\\\\\[^ ]+ +([^ /*][^ ]*) +/user"},
    {"command.secure_string", "convertto.?securestring.*? \"([^\"]+)\""},
    {"command.secure_string", "convertto.?securestring +([^ \"$-][^ ]*)"},
    {"command.mysql", "(?:mysql|mysqldump|mysqladmin|mariadb) (?:.*? )?-p([^ -][^ ]*)"},
    {"command.sshpass", "sshpass +-p ?([^ ]+)"},
    {"command.curl", "curl .*?-u(?:ser)? ?[^ .]+\\.([^ ]+)"},
    {"command.smb", "smb[a-z]+ .*?-u ?[^ %]+%([^ ]+)"},
    {"command.smb", "(?:rpcclient|winexe|net rpc) .*?-u ?[^ %]+%([^ ]+)"},
    {"command.remote_desktop", "freerdp.* /p\\. ?([^ ]+)"},
    {"command.remote_desktop", "rdesktop .*?-p ?([^ -][^ ]*)"},
    {"command.plink", "(?:plink|pscp|psftp|putty)(?:\\.exe)? .*?-pw +([^ ]+)"},
    {"command.psexec", "psexec.* -p +([^ ]+)"},
    {"command.redis", "redis-cli .*?-a +([^ ]+)"},
    {"command.openssl", "(?:passin|passout|-k) ?\"?pass\\.([^ ]+)"},
    {"command.htpasswd", "htpasswd +-[a-z]*b[a-z]* +[^ ]+ +[^ ]+ +([^ ]+)"},
    {"command.chpasswd", "echo +\"?[^ .]+\\.([^ \"]+)\"? *[|l] *(?:sudo )?chpasswd"},
    {"command.cmdkey", "cmdkey .*/pass\\.([^ ]+)"},
    {"command.schtasks", "schtasks .*/rp +([^ ]+)"},
    {"command.ldap", "ldap[a-z]+ .*?-w +([^ ]+)"},
    {"command.sqlcmd", "(?:sqlcmd|bcp|osql) .*?-p +([^ -][^ ]*)"},
    {"command.mongo", "mongo(?:sh|dump|restore)? .*?-p +([^ -][^ ]*)"},
    {"command.docker_login", "(?:docker|podman|az|helm|oc) +(?:registry )?login .*?-p +([^ -][^ ]*)"},
    {"command.sql_password", "identified +by +\"([^\"]+)"},
    {"command.sql_password", "(?:with|encrypted) +password +\"([^\"]+)"},
    {"command.bearer", "bearer +([a-z0-9._+/=$@|!\\]-]{16,})"},
    {"command.basic", "authorization.*basic +([a-z0-9._+/=$@|!\\]-]{8,})"},
    {"command.set_token", "[.]-?-authtoken=([^ ]+)"},
};

class CommandDetector final : public Detector {
 public:
  CommandDetector() {
    for (const Command& command : kCommands) patterns_.push_back(folded_pattern(command.pattern));
  }

  std::vector<std::string> rules() const override {
    std::vector<std::string> names;
    for (const Command& command : kCommands)
      if (names.empty() || names.back() != command.rule) names.emplace_back(command.rule);
    return names;
  }

  void find(const ScreenText& screen, Findings& findings) const override {
    screen.each([&](const PreparedText& text) {
      for (std::size_t i = 0; i < patterns_.size(); ++i) {
        each_match(*patterns_[i], text.folded, 1, [&](std::size_t first, std::size_t end) {
          const char c = text.text[first];
          const bool variable = c == '$' && first + 1 < text.text.size() && (text.text[first + 1] == '{' || text.text[first + 1] == '(');
          if (first < end && !variable) findings.add(kCommands[i].rule, text, first, text.run_end(end));
        });
      }
    });
  }

 private:
  std::vector<std::unique_ptr<re2::RE2>> patterns_;
};

}  // namespace

std::unique_ptr<Detector> command_detector() { return std::make_unique<CommandDetector>(); }

}  // namespace frostgate::redaction
