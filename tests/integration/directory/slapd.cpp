#include "tests/integration/directory/slapd.h"

#include <fstream>
#include <stdexcept>

namespace frostgate::test {
namespace {

constexpr const char* kSchema = R"(
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.782 NAME 'objectCategory' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.102 NAME 'memberOf' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY ( sAMAccountName $ userPrincipalName $ userAccountControl $ accountExpires $ objectCategory $ memberOf ) )
objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL MUST cn MAY ( member $ memberOf ) )
)";

std::string user(const std::string& name, const std::string& account, const std::string& more = "") {
  return "dn: CN=" + name + ",OU=Staff,DC=corp,DC=example\nobjectClass: user\nobjectCategory: person\ncn: " + name + "\nsn: " + name + "\nsAMAccountName: " + account +
         "\nuserPassword: " + kUserPassword + "\n" + more + "\n";
}

std::string group(const std::string& name, const std::string& unit, const std::string& more = "") {
  return "dn: CN=" + name + ",OU=" + unit + ",DC=corp,DC=example\nobjectClass: group\ncn: " + name + "\n" + more + "\n";
}

std::string ldif() {
  const std::string staff = ",OU=Staff,DC=corp,DC=example", groups = ",OU=Groups,DC=corp,DC=example";
  std::string out = "dn: DC=corp,DC=example\nobjectClass: domain\ndc: corp\n\n";
  for (const char* unit : {"Staff", "Groups", "Elsewhere", "Service"}) out += "dn: OU=" + std::string(unit) + ",DC=corp,DC=example\nobjectClass: organizationalUnit\nou: " + unit + "\n\n";
  out += "dn: CN=frostgate,OU=Service,DC=corp,DC=example\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: frostgate\nuserPassword: bind-secret\n\n";
  out += user("Anna Berg", "Anna",
              "userPrincipalName: anna.berg@corp.example\nuserAccountControl: 512\naccountExpires: 9223372036854775807\nmemberOf: CN=admins" + groups + "\nmemberOf: CN=Backup Operators" +
                  groups + "\n");
  out += user("Bob", "bob", "userPrincipalName: bob@corp.example\nuserAccountControl: 512\naccountExpires: 0\n");
  out += user("Gone", "gone", "userAccountControl: 514\n");
  out += user("Past", "past", "userAccountControl: 512\naccountExpires: 116444736010000000\n");
  out += user("Clone One", "clone") + user("Clone Two", "clone");
  out += user("Odd", "odd one");
  out += user("Dora", "dora") + user("Chief", "carl", "userPrincipalName: chief@corp.example\n");
  out += group("admins", "Groups", "member: CN=Anna Berg" + staff + "\nmember: CN=Dora" + staff + "\nmember: CN=all-operators" + groups + "\n");
  out += group("prod-operators", "Groups", "member: CN=admins" + groups + "\n");
  out += group("all-operators", "Groups", "member: CN=prod-operators" + groups + "\n");
  out += group("Backup Operators", "Groups") + group("outsiders", "Elsewhere", "member: CN=Anna Berg" + staff + "\n");
  return out;
}

void write(const std::string& file, const std::string& text) {
  std::ofstream(file) << text;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

void must(const std::vector<std::string>& command) {
  if (run(command) != 0) throw std::runtime_error(command[0] + " failed");
}

}  // namespace

void Slapd::make_certificates() const {
  const std::string in = folder();
  for (const char* name : {"ca", "stranger"}) {
    must({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Authority of a test", "-keyout", in + "/" + name + ".key",
          "-out", in + "/" + name + ".crt"});
  }
  must({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=slapd", "-addext", "subjectAltName=IP:127.0.0.1", "-addext",
        "basicConstraints=critical,CA:FALSE", "-CA", in + "/ca.crt", "-CAkey", in + "/ca.key", "-keyout", in + "/slapd.key", "-out", in + "/slapd.crt"});
}

void Slapd::configure() const {
  const std::string in = folder();
  std::filesystem::create_directory(in + "/data");
  write(in + "/ad.schema", kSchema);
  write(in + "/bind.password", "bind-secret\n");
  write(in + "/root.password", "root-secret");
  write(in + "/slapd.conf", "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/inetorgperson.schema\ninclude " + in +
                                "/ad.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\nallow bind_anon_cred\nTLSCACertificateFile " + in + "/ca.crt\nTLSCertificateFile " + in +
                                "/slapd.crt\nTLSCertificateKeyFile " + in + "/slapd.key\nloglevel stats\ndatabase mdb\nsuffix \"DC=corp,DC=example\"\ndirectory " + in +
                                "/data\nrootdn \"CN=root,DC=corp,DC=example\"\nrootpw root-secret\naccess to attrs=userPassword by anonymous auth by * none\n"
                                "access to * by dn.exact=\"CN=frostgate,OU=Service,DC=corp,DC=example\" read by * none\n");
  write(in + "/data.ldif", ldif());
  must({"slapadd", "-f", in + "/slapd.conf", "-l", in + "/data.ldif"});
}

Slapd::Slapd() : ldap_port_(free_port()), ldaps_port_(free_port()) {
  make_certificates();
  configure();
  start();
}
Slapd::~Slapd() = default;

void Slapd::start() {
  // 0.0.0.0, so that it is also at addresses that its certificate is not for.
  program_ = std::make_unique<Program>(std::vector<std::string>{"slapd", "-f", folder() + "/slapd.conf", "-d", "stats", "-h",
                                                                "ldap://127.0.0.1:" + std::to_string(ldap_port_) + " ldaps://0.0.0.0:" + std::to_string(ldaps_port_)},
                                       std::map<std::string, std::string>(), folder_ / "slapd.log");
  if (!reachable(ldaps_port_)) throw std::runtime_error("slapd does not listen");
}

void Slapd::stop() { program_.reset(); }

void Slapd::change(const std::string& text) {
  write(folder() + "/change.ldif", text);
  must({"ldapmodify", "-H", "ldap://127.0.0.1:" + std::to_string(ldap_port_), "-x", "-D", "CN=root,DC=corp,DC=example", "-y", folder() + "/root.password", "-f", folder() + "/change.ldif"});
}

int Slapd::logged(const std::string& text) const {
  std::ifstream log(folder_ / "slapd.log");
  int count = 0;
  for (std::string line; std::getline(log, line);) count += line.find(text) != std::string::npos;
  return count;
}

directory::Settings Slapd::settings() const {
  directory::Settings out;
  out.servers = {{"127.0.0.1", ldaps_port_, false}};
  out.authorities = folder() + "/ca.crt";
  out.bind_dn = "CN=frostgate,OU=Service,DC=corp,DC=example";
  out.bind_password = folder() + "/bind.password";
  out.domains = {"corp", "corp.example"};
  out.user_base = "DC=corp,DC=example";
  out.user_filter = "(&(objectCategory=person)(objectClass=user))";
  out.name_attribute = "sAMAccountName";
  out.upn_attribute = "userPrincipalName";
  out.group_base = "OU=Groups,DC=corp,DC=example";
  out.group_filter = "(objectClass=group)";
  out.group_name_attribute = "cn";
  out.member_attribute = "member";
  return out;
}

}  // namespace frostgate::test
