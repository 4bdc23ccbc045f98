// A real slapd that looks like Active Directory (its attributes' names and numbers), with an authority of its own; on free ports of the loopback.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/directory/settings.h"
#include "tests/integration/programs.h"

namespace frostgate::test {

inline constexpr const char* kUserPassword = "Correct-Horse-9";

// Below DC=corp,DC=example: the users anna (UPN anna.berg@corp.example) and dora, both in admins, which is in prod-operators, which is in all-operators, which is in
// admins again; anna also, by memberOf alone, in "Backup Operators", and in outsiders, which is not below OU=Groups; bob (in no group), gone (disabled), past (expired), clone
// (twice), "odd one", carl (UPN chief@corp.example). All have kUserPassword. Binds without a password succeed, as in Active Directory.
class Slapd {
 public:
  Slapd();
  ~Slapd();

  directory::Settings settings() const;
  directory::Server start_tls_server() const { return {"127.0.0.1", ldap_port_, true}; }
  std::string folder() const { return folder_.path(); }

  void stop();
  void start();
  // As its administrator: LDIF with changetype.
  void change(const std::string& ldif);
  // By its log: connections so far, and tries to bind as the entry whose name begins so ("cn=Dora,ou=Staff").
  int connections() const { return logged("ACCEPT from"); }
  int binds(const std::string& begin) const { return logged("BIND dn=\"" + begin + ",dc=corp,dc=example\" method=128"); }

 private:
  int logged(const std::string& text) const;  // lines
  void make_certificates() const;
  void configure() const;

  TemporaryFolder folder_;
  std::uint16_t ldap_port_, ldaps_port_;
  std::unique_ptr<Program> program_;
};

}  // namespace frostgate::test
