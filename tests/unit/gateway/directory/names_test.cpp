#include "gateway/directory/names.h"

#include <catch2/catch.hpp>

#include "gateway/directory/person.h"

using namespace frostgate;
using namespace frostgate::directory;

namespace {

constexpr UtcTime kNow{std::chrono::seconds(1'800'000'000)};

struct Parts {
  std::string user, domain, target;
  bool principal = false;
  bool operator==(const Parts&) const = default;
};
Parts login(const std::string& text) {
  const TypedLogin typed = typed_login(text, {"corp", "corp.example"});
  return {typed.name.user, typed.name.domain, typed.target, typed.name.principal};
}

Entry account(const std::string& attribute, const std::string& value) { return {"CN=x", {{lower_case(attribute), {value}}}}; }

}  // namespace

TEST_CASE("a login's user, domain and target are told apart in every way that clients write them") {
  CHECK(login("anna") == Parts{"anna", "", "", false});
  CHECK(login("anna@dc1") == Parts{"anna", "", "dc1", false});
  CHECK(login("anna%dc1") == Parts{"anna", "", "dc1", false});
  CHECK(login("CORP\\anna") == Parts{"anna", "CORP", "", false});
  CHECK(login("CORP\\anna@dc1") == Parts{"anna", "CORP", "dc1", false});
  CHECK(login("anna@corp.example") == Parts{"anna", "corp.example", "", true});
  CHECK(login("anna@CORP.Example@dc1") == Parts{"anna", "CORP.Example", "dc1", true});
  CHECK(login("anna@corp.example%dc1") == Parts{"anna", "corp.example", "dc1", true});
  CHECK(login("anna@elsewhere.example@dc1") == Parts{"anna", "elsewhere.example", "dc1", true});
  CHECK(login("anna%corp") == Parts{"anna", "", "corp", false});
  CHECK(login("") == Parts{"", "", "", false});
  CHECK(login("@dc1") == Parts{"", "", "dc1", false});
  CHECK(login("\\") == Parts{"", "", "", false});
  CHECK(typed_name("CORP\\anna").text() == "CORP\\anna");
  CHECK(typed_name("anna@corp").text() == "anna@corp");
}

TEST_CASE("a value in a filter means itself, whatever it is (RFC 4515 section 4's examples among them)") {
  CHECK(escaped("Parens R Us (for all your parenthetical needs)") == "Parens R Us \\28for all your parenthetical needs\\29");
  CHECK(escaped("*") == "\\2a");
  CHECK(escaped("C:\\MyFile") == "C\\3a\\5cMyFile");
  CHECK(escaped(std::string("\0\0\0\4", 4)) == "\\00\\00\\00\\04");
  CHECK(escaped("Lu\xc4\x8di\xc4\x87") == "Lu\\c4\\8di\\c4\\87");
  CHECK(equals("uid", "a)(uid=*") == "(uid=a\\29\\28uid=\\2a)");
  // No byte gets through that ends or begins anything.
  for (int byte = 0; byte < 256; ++byte) {
    const std::string out = escaped(std::string(1, static_cast<char>(byte)));
    CHECK(out.find_first_of(std::string("()*\0&|!<>~", 10)) == std::string::npos);
    if (out.size() != 1) CHECK((out.size() == 3 && out[0] == '\\'));
  }
}

TEST_CASE("attributes and filters of the configuration are what they must be") {
  for (const char* good : {"uid", "sAMAccountName", "1.2.840.113556.1.4.221", "x-y"}) CHECK(is_attribute(good));
  for (const char* bad : {"", "a b", "uid)(", "uid=", "a;binary", "1.2.", "-a"}) CHECK_FALSE(is_attribute(bad));
  for (const char* good : {"(a=b)", "(&(objectClass=user)(!(objectClass=computer)))"}) CHECK(is_filter(good));
  for (const char* bad : {"", "a=b", "(a=b", "(a=b))", "(a=b)(c=d)", ")(a=b)("}) CHECK_FALSE(is_filter(bad));
}

TEST_CASE("an account counts unless it is disabled, expired or locked for good; what cannot be read is refused") {
  CHECK(check_account({"CN=x", {}}, kNow));
  CHECK(check_account(account("userAccountControl", "512"), kNow));
  CHECK_FALSE(check_account(account("userAccountControl", "514"), kNow));
  CHECK_FALSE(check_account(account("userAccountControl", "66050"), kNow));
  CHECK_FALSE(check_account(account("userAccountControl", "0x200"), kNow));
  CHECK(check_account(account("accountExpires", "0"), kNow));
  CHECK(check_account(account("accountExpires", "9223372036854775807"), kNow));
  // 1 800 000 000 s after 1970, in 100 ns since 1601.
  CHECK_FALSE(check_account(account("accountExpires", "134444736000000000"), kNow));
  CHECK(check_account(account("accountExpires", "134444736000000001"), kNow));
  CHECK_FALSE(check_account(account("accountExpires", "never"), kNow));
  CHECK_FALSE(check_account(account("pwdAccountLockedTime", "000001010000Z"), kNow));
}

TEST_CASE("distinguished names are compared without regard to case, blanks and ways to escape") {
  CHECK(comparable_dn("CN=Anna Berg, OU=Staff,DC=corp").value() == comparable_dn("cn=anna berg,ou=staff,dc=CORP").value());
  CHECK(comparable_dn("CN=Berg\\, Anna,DC=corp").value() == comparable_dn("CN=Berg\\2c Anna,DC=corp").value());
  CHECK_FALSE(comparable_dn(""));
  CHECK_FALSE(comparable_dn("no name"));
}
