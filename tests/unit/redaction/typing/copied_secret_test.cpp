#include "redaction/typing/copied_secret.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

std::string found_in(const std::string& copied) {
  const std::optional<Secret> secret = secret_in(Secret::from_text(copied));
  return secret ? std::string(secret->text()) : "";
}

}  // namespace

TEST_CASE("copied passwords and tokens look like secrets") {
  for (const char* secret : {"S3cure-Pass!9", "xK9#mQ2v", "Mvrtl-wadnik74", "Tr0ub4dor&3", "AKIAQ4ZLM7XW2PNV5RTB", "q7w2e9r4t1y8u3i6o5p0", "Gr\xc3\xbc\xc3\x9f""e-4711-Xy!"})
    CHECK(found_in(secret) == secret);
  CHECK(found_in("  S3cure-Pass!9\r\n") == "S3cure-Pass!9");
  CHECK(found_in("DB_PASSWORD=Tr0ub4dor&3") == "Tr0ub4dor&3");
}

TEST_CASE("what people copy besides does not look like a secret") {
  for (const char* text : {"", " ", "\n", "nginx", "systemctl restart nginx", "/etc/ssh/sshd_config", "192.168.10.12", "2026-11-26", "https://example.org/", "README.md",
                           "srv-db01.corp.example", "alice@example.org", "--no-install-recommends", "C:\\Windows\\System32", "one\ntwo", "12345678", "Tr0ub 4dor&3", "PASSWORD=", "="})
    CHECK(found_in(text) == "");
}
