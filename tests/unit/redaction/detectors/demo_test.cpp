// What the demo types and shows: each secret on text read perfectly, in the ways it is misread, and through random noise.
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <sstream>

#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

// `secret` within `line` has to be covered.
struct Shown {
  const char* line;
  const char* secret;
};

const Shown kPerfect[] = {
    {"Password: xyz", "xyz"},
    {"Password: frost-gate-7", "frost-gate-7"},
    {"[sudo] password for demo: hunter2", "hunter2"},
    {"demo@10.0.0.7's password: Winter!Sleep9", "Winter!Sleep9"},
    {"DB_PASSWORD=s3cr3t-Pa55", "s3cr3t-Pa55"},
    {"DB_PASSWORD=correcthorse", "correcthorse"},
    {"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
    {"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"},
    {"API_TOKEN=tok_4f8a9b2c7d1e", "tok_4f8a9b2c7d1e"},
    {"export API_TOKEN=\"tok_4f8a9b2c7d1e\"", "tok_4f8a9b2c7d1e"},
    {"SMTP_PASS=\"mail 4 you\"", "mail 4 you"},
    {"JWT_SECRET=8f14e45fceea167a5a36dedd4bea2543", "8f14e45fceea167a5a36dedd4bea2543"},
    {"DATABASE_URL=postgres://app:s3cr3t9x@db.internal:5432/app", "s3cr3t9x"},
    {"git clone https://demo:gh7secret@git.example.com/a.git", "gh7secret"},
    {"2026-11-23 22:01:07 INFO auth ok token=9f8e7d6c5b4a user=alice", "9f8e7d6c5b4a"},
    {"2026-11-23 22:01:08 DEBUG login password=Sommer2024 from 10.0.0.9", "Sommer2024"},
    {"level=info msg=\"retry\" api_key=ab12cd34ef56 attempt=2", "ab12cd34ef56"},
};

// Spaces dropped and extra, confusables, `=` as `-` or lost, `:` as `.`
const Shown kMisread[] = {
    {"Password. xyz", "xyz"},
    {"Password; xyz", "xyz"},
    {"Password:xyz", "xyz"},
    {"Passw ord: xyz", "xyz"},
    {"Pa55w0rd : x yz", "x yz"},
    {"Password . xyz", "xyz"},
    {"Password.frost-gate-7", "frost-gate-7"},
    {"[sudo]password for demo: hunter2", "hunter2"},
    {"[sudo] passwordfor demo. hunter2", "hunter2"},
    {"[sudo] password for demo:hunter2", "hunter2"},
    {"demo@10.0.0.7's password. Winter!Sleep9", "Winter!Sleep9"},
    {"DB_PASSWORD-s3cr3t-Pa55", "s3cr3t-Pa55"},
    {"DB_PASSWORD - s3cr3t-Pa55", "s3cr3t-Pa55"},
    {"DB_PASSWORD-correcthorse", "correcthorse"},
    {"DB_PASSWORD correcthorse", "correcthorse"},
    {"DB_PASSWORDcorrecthorse", "correcthorse"},
    {"DB_PASSWORDs3cr3tPa55", "s3cr3tPa55"},
    {"DB_PASSW0RD s3cr3tPa55", "s3cr3tPa55"},
    {"D8_PA5SW0RD = s3cr3t", "s3cr3t"},
    {"DB PASSWORD=s3cr3t", "s3cr3t"},
    {"DBPASSWORD=s3cr3t", "s3cr3t"},
    {"AWS_SECRET_ACCESS_KEY-wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
    {"AWS_SECRET_ACCESS_KEY wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"},
    {"AWS_SECRET_ACCE SS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfi CYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfi CYEXAMPLEKEY"},
    {"AWS_5ECRET_ACCE55_KEYwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
    {"API_TOKEN-tok_4f8a9b2c7d1e", "tok_4f8a9b2c7d1e"},
    {"API_TOKEN tok_4f8a9b2c7d1e", "tok_4f8a9b2c7d1e"},
    {"AP1_T0KEN=tok_4f8a9b2c7d1e", "tok_4f8a9b2c7d1e"},
    {"APl TOKEN-tok 4f8a9b2c7d1e", "tok 4f8a9b2c7d1e"},
    {"DATABASE_URL=postgres.//app.s3cr3t9x@db.internal:5432/app", "s3cr3t9x"},
    {"DATABASE_URL-postgres://app:s3cr 3t9x@db.internal:5432/app", "s3cr 3t9x"},
    {"DATABASE_URL=postgres: //app:s3cr3t9x@db.internal:5432/app", "s3cr3t9x"},
    {"DATABASE_URL=postgres;//app;s3cr3t9x@db.internal", "s3cr3t9x"},
    {"2026-11-23 22:01:07 INFO auth ok token-9f8e7d6c5b4a user=alice", "9f8e7d6c5b4a"},
    {"2026-11-23 22.01.07 INFO auth ok t0ken 9f8e7d6c5b4a user-alice", "9f8e7d6c5b4a"},
    {"2026-11-23 22:01:07 INFO auth ok token9f8e7d6c5b4a user=alice", "9f8e7d6c5b4a"},
    {"2026-11-23 22:01:08 DEBUG login password-Sommer2024 from 10.0.0.9", "Sommer2024"},
    {"2026-11-23 22:01:08 DEBUG login password Sommer2024 from 10.0.0.9", "Sommer2024"},
    {"2026-11-23 22:01:08 DEBUG login pass word= Sommer2024 from 10.0.0.9", "Sommer2024"},
    {"level=info msg=\"retry\" api_key-ab12cd34ef56 attempt=2", "ab12cd34ef56"},
};

const char* const kBenignOfDemo[] = {
    "demo@frostgate:~$ cat .env",
    "demo@frostgate:~$ env | sort",
    "HOME=/home/demo",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG=en_US.UTF-8",
    "SHELL=/bin/bash",
    "DB_HOST=db.internal",
    "DB_USER=app",
    "XDG_RUNTIME_DIR=/run/user/1000",
    "LESSOPEN=| /usr/bin/lesspipe %s",
    "# settings of the application",
    "APP_PORT=8080",
    "LOG_LEVEL=debug",
    "2026-11-23 22:01:07 INFO request 4711 GET /api/orders 200 13ms",
    "2026-11-23 22:01:09 WARN login failed for alice: wrong password",
    "2026-11-23 22:01:09 INFO token refreshed",
    "openssl genrsa -out key.pem 2048",
    "Generating RSA private key, 2048 bit long modulus",
    "writing RSA key",
    "total 24",
    "drwxr-xr-x 3 demo demo 4096 Nov 23 22:00 src",
    "-rw------- 1 demo demo 1704 Nov 23 22:00 key.pem",
};

void check(const Shown& shown) {
  const std::string line = shown.line;
  const std::size_t first = line.rfind(shown.secret);
  REQUIRE(first != std::string::npos);
  const auto findings = default_detectors().find(screen_of({line}));
  INFO(line << " -> " << described(findings));
  CHECK(covered(findings, 0, first, first + std::string_view(shown.secret).size()));
}

using Random = std::mt19937;

struct Misread {
  std::string text;
  std::size_t first = 0, end = 0;
};

// One or two of the errors that were measured, anywhere in the line; confusables besides.
Misread misread(Random& random, const Shown& shown) {
  constexpr std::string_view kPairs[] = {"0O", "O0", "5S", "S5", "1l", "l1", "Il", "lI", "8B", "B8", "o0", "s5", "zZ", "cC", "wW", "kK", "2Z"};
  const std::string line = shown.line;
  const std::size_t first = line.rfind(shown.secret), end = first + std::string_view(shown.secret).size();
  const std::size_t spaced = random() % 3 == 0 ? random() % line.size() : line.size();
  Misread out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (i == first) out.first = out.text.size();
    if (i == end) out.end = out.text.size();
    char c = line[i];
    const bool inside = i >= first && i < end;
    if (c == ' ' && !inside && random() % 20 == 0) continue;
    if (c == ':' && !inside && random() % 4 == 0) c = '.';
    if (c == '=' && !inside && random() % 4 == 0) c = '-';
    for (const auto pair : kPairs)
      if (pair[0] == c && random() % 12 == 0) {
        c = pair[1];
        break;
      }
    out.text += c;
    if (i == spaced && line[i] != ' ' && i + 1 < line.size()) out.text += ' ';
  }
  if (end == line.size()) out.end = out.text.size();
  return out;
}

}  // namespace

TEST_CASE("the demo's secrets are covered on text read perfectly") {
  for (const Shown& shown : kPerfect) check(shown);
}

TEST_CASE("the demo's secrets are covered on text misread") {
  for (const Shown& shown : kMisread) check(shown);
}

TEST_CASE("the demo's other lines stay free") {
  const Detectors detectors = default_detectors();
  for (const char* text : kBenignOfDemo) {
    const auto findings = detectors.find(screen_of({text}));
    INFO(text << " -> " << described(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("the demo's secrets are covered through random noise") {
  const Detectors detectors = default_detectors();
  constexpr int kSamples = 200;
  std::ostringstream table;
  for (const Shown& shown : kPerfect) {
    Random random(4711);
    int hits = 0;
    std::string missed;
    for (int i = 0; i < kSamples; ++i) {
      const Misread line = misread(random, shown);
      const bool hit = covered(detectors.find(screen_of({line.text})), 0, line.first, line.end);
      hits += hit;
      if (!hit) missed = line.text;
    }
    const double recall = 100.0 * hits / kSamples;
    table << "\n  " << recall << " % of " << shown.line << (missed.empty() ? "" : "\n      such as " + missed);
    INFO(shown.line << ": " << recall << " %, such as " << missed);
    CHECK(recall >= 95);
  }
  WARN("recall" << table.str());
}

TEST_CASE("a private key that cat shows is covered, its frame misread or not") {
  const Detectors detectors = default_detectors();
  for (const char* begin : {"-----BEGIN PRIVATE KEY-----", "----BEGlN PRIVATEKEY-----", "- ----BEGIN PR1VATE  KEY---", "_____BEGIN RSA PRIVATE KEY_____"}) {
    const auto screen = screen_of({"demo@frostgate:~$ cat key.pem", begin, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
                                   "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6 dVMvDuictGeurT8jNbvJZHtCSuYEvu", "NMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLaOVzMaQ8s+CLOyS56YyCFGeJZ",
                                   "qgtzJ6GR3eqoYSW9b9UMvkBpZODSctWSNGj3P7jRFDO5VoTwCQAWbFnOjDfH5Ulg", "p2PKSQnSJP3AJLQNFNe7br1XbrhV", "-----END PRIVATE KEY-----", "demo@frostgate:~$ "});
    const auto findings = detectors.find(screen);
    INFO(begin << " -> " << described(findings));
    for (std::size_t line = 2; line < 7; ++line) CHECK(covered(findings, line, 0, screen[line].characters.size()));
    CHECK(std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.line == 0 || f.line == 8; }));
  }
}
