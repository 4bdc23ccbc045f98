#include <catch2/catch.hpp>

#include <string>

#include "redaction/detectors/doubtful_token.h"
#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

bool doubtful(const std::string& line) {
  const auto screen = screen_of({line});
  return has_doubtful_token(screen.front(), default_detectors().find(screen));
}

}  // namespace

TEST_CASE("a token that looks drawn by lot and that no rule has found is doubtful") {
  for (const char* line : {"curl -u adminnUxQubWqF#3 hitps://git.example.org/api", "Alza02z9kvam3G", "the text a33Av-Nz7H of a table"}) {
    INFO(line);
    CHECK(doubtful(line));
  }
}

TEST_CASE("what a rule has found, and what is public or a word with a number, is not doubtful") {
  for (const char* line : {"PGPASSWORD=Go2q*VRGGHILF psql -h db1 shop", "PGPASSWVORD=Go2q*VRGGHILF psql -h db1 shop", "Spassword>3MLwDy* bs/password>", "ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm", "password: Bf7x37O*dK",
                           "commit 11dd4d7d8a0148afa370567478540c8af8614a4e", "the machine srv01 has python3.11 and utf-8 since 2024-06-07T10:31:00Z",
                           "-rw-r--r-- 1 root root 52277 2024-06-07 10:31 services.conf", "int main(int argc, char** argv) { return 0x7f; }",
                           "192.168.10.24 eth0 1500 mtu, 64 bytes in 3ms", ""}) {
    INFO(line);
    CHECK_FALSE(doubtful(line));
  }
}
