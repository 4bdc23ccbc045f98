#include "gateway/serve/rdp_file.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <sstream>

#include "gateway/base/utf16.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;
using namespace frostgate::serve;

namespace {

struct Signer {
  Signer() {
    certificate = folder.path() / "gw.crt";
    const auto key = folder.path() / "gw.key";
    REQUIRE(crypto::make_self_signed(certificate, key, "gw.example", UtcTime(std::chrono::floor<Microseconds>(std::chrono::system_clock::now()))));
    auto loaded = crypto::load_identity(certificate, key);
    REQUIRE(loaded);
    identity = std::move(loaded).value();
  }
  storage::TemporaryDirectory folder;
  std::filesystem::path certificate;
  crypto::PemIdentity identity;
};

RdpFile one_click() {
  RdpFile wish;
  wish.address = "gw.example:3389";
  wish.user = "anna@dc1#2a3b4c";
  wish.trusted = true;
  return wish;
}

// The lines of a file, which is ASCII in these tests.
std::vector<std::string> lines_of(const std::vector<std::byte>& file) {
  REQUIRE(file.size() > 2);
  REQUIRE(file[0] == std::byte{0xFF});
  REQUIRE(file[1] == std::byte{0xFE});
  std::string text;
  for (std::size_t i = 2; i < file.size(); i += 2) text += static_cast<char>(file[i]);
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    REQUIRE(line.back() == '\r');
    lines.push_back(line.substr(0, line.size() - 1));
  }
  return lines;
}

std::string after(const std::vector<std::string>& lines, const std::string& start) {
  for (const std::string& line : lines) {
    if (line.rfind(start, 0) == 0) return line.substr(start.size());
  }
  return "(no line " + start + ")";
}

// As mstsc: the settings that signscope names, in its order, then signscope itself; checked by openssl.
bool openssl_verifies(const Signer& signer, const std::vector<std::string>& lines) {
  const std::string scope = after(lines, "signscope:s:");
  std::string covered;
  std::istringstream names(scope);
  for (std::string name; std::getline(names, name, ',');) {
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    for (const std::string& line : lines) {
      if (line.rfind(name + ":", 0) == 0) covered += line + "\r\n";
    }
  }
  covered += "signscope:s:" + scope + "\r\n" + std::string(1, '\0');
  const auto wide = to_utf16(covered);
  REQUIRE(wide);
  const std::string folder = signer.folder.path().string();
  write_file(folder + "/content", std::string(reinterpret_cast<const char*>(wide->data()), wide->size()));
  std::string encoded = after(lines, "signature:s:");
  std::erase(encoded, ' ');
  write_file(folder + "/signature.base64", encoded + "\n");
  const std::string command = "cd '" + folder + "' && openssl base64 -d -A -in signature.base64 -out blob && tail -c +13 blob >der && "
      "openssl cms -verify -binary -inform DER -in der -content content -CAfile gw.crt -purpose any -out /dev/null 2>log";
  return std::system(command.c_str()) == 0;
}

}  // namespace

TEST_CASE("an .rdp file is signed as rdpsign does, and openssl verifies it") {
  const Signer signer;
  const auto file = signed_rdp_file(one_click(), signer.identity);
  REQUIRE(file);
  const auto lines = lines_of(file.value());
  CHECK(openssl_verifies(signer, lines));
  CHECK(after(lines, "full address:s:") == "gw.example:3389");
  CHECK(after(lines, "alternate full address:s:") == "gw.example:3389");
  CHECK(after(lines, "username:s:") == "anna@dc1#2a3b4c");
  CHECK(after(lines, "enablecredsspsupport:i:") == "0");
  CHECK(after(lines, "prompt for credentials:i:") == "0");
  CHECK(after(lines, "authentication level:i:") == "1");
  CHECK(after(lines, "redirectclipboard:i:") == "0");
  CHECK(after(lines, "autoreconnection enabled:i:") == "0");
  for (const char* device : {"redirectdrives:i:", "redirectprinters:i:", "redirectcomports:i:", "redirectsmartcards:i:"}) CHECK(after(lines, device) == "0");
  CHECK(after(lines, "drivestoredirect:s:").empty());
  CHECK(after(lines, "audiomode:i:") == "2");
  CHECK(after(lines, "loadbalanceinfo:s:").rfind("(no line", 0) == 0);
  // The ticket stands in the user name alone.
  int with_ticket = 0;
  for (const std::string& line : lines) with_ticket += line.find("2a3b4c") != std::string::npos;
  CHECK(with_ticket == 1);

  for (const char* changed : {"full address:s:evil:3389", "redirectdrives:i:1", "enablecredsspsupport:i:1", "authentication level:i:0"}) {
    const std::string wanted(changed);
    const std::string name = wanted.substr(0, wanted.rfind(':') + 1).substr(0, wanted.find(':', wanted.find(':') + 1) + 1);
    auto forged = lines;
    for (std::string& line : forged) {
      if (line.rfind(name, 0) == 0) line = wanted;
    }
    INFO(name);
    CHECK(forged != lines);
    CHECK_FALSE(openssl_verifies(signer, forged));
  }
}

TEST_CASE("an .rdp file for NLA carries the token that asks for it, and no ticket") {
  const Signer signer;
  RdpFile wish = one_click();
  wish.nla = true;
  wish.user = "anna@dc1";
  wish.trusted = false;
  wish.clipboard = true;
  wish.comes_back = true;
  const auto file = signed_rdp_file(wish, signer.identity);
  REQUIRE(file);
  const auto lines = lines_of(file.value());
  CHECK(openssl_verifies(signer, lines));
  CHECK(after(lines, "enablecredsspsupport:i:") == "1");
  CHECK(after(lines, "loadbalanceinfo:s:") == "Cookie: msts=frostgate-nla");
  CHECK(after(lines, "authentication level:i:") == "2");
  CHECK(after(lines, "redirectclipboard:i:") == "1");
  CHECK(after(lines, "autoreconnection enabled:i:") == "1");
}

TEST_CASE("an .rdp file redirects what the rule lets pass, and is signed with it") {
  const Signer signer;
  const auto written = [&](const Redirections& redirections) {
    RdpFile wish = one_click();
    wish.redirections = redirections;
    const auto file = signed_rdp_file(wish, signer.identity);
    REQUIRE(file);
    auto lines = lines_of(file.value());
    CHECK(openssl_verifies(signer, lines));
    return lines;
  };
  const auto drives = written({.drives = DriveAccess::read, .smartcards = true});
  CHECK(after(drives, "redirectdrives:i:") == "1");
  CHECK(after(drives, "drivestoredirect:s:") == "*");
  CHECK(after(drives, "redirectsmartcards:i:") == "1");
  CHECK(after(drives, "redirectprinters:i:") == "0");
  CHECK(after(drives, "redirectcomports:i:") == "0");
  CHECK(after(drives, "audiomode:i:") == "2");
  const auto others = written({.printers = true, .ports = true, .sound = true});
  CHECK(after(others, "redirectdrives:i:") == "0");
  CHECK(after(others, "drivestoredirect:s:").empty());
  CHECK(after(others, "redirectprinters:i:") == "1");
  CHECK(after(others, "redirectcomports:i:") == "1");
  CHECK(after(others, "redirectsmartcards:i:") == "0");
  CHECK(after(others, "audiomode:i:") == "0");
  CHECK(after(others, "devicestoredirect:s:").empty());
  CHECK(after(others, "audiocapturemode:i:") == "0");
}

TEST_CASE("an .rdp file takes no second line from anybody") {
  const Signer signer;
  RdpFile wish = one_click();
  for (const char* bad : {"gw:3389\r\nredirectdrives:i:1", "gw\n", "g\rw", "\xFF"}) {
    wish.address = bad;
    CHECK_FALSE(signed_rdp_file(wish, signer.identity));
  }
}
