// Secrets of each kind, drawn at random and read through the errors that were measured of OCR.
#include <catch2/catch.hpp>

#include <functional>
#include <random>
#include <sstream>

#include "tests/unit/redaction/detectors/ocr_noise.h"
#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

constexpr int kSamples = 400;

struct Kind {
  const char* name;
  const char* before;
  std::function<std::string(Random&)> secret;
  double floor;  // %
};

const Kind kKinds[] = {
    {"Password: any", "Password: ", [](Random& r) { return draw(r, kAny, 8 + r() % 12); }, 95},
    {"DB_PASSWORD=", "export DB_PASSWORD=", [](Random& r) { return draw(r, kAny, 8 + r() % 12); }, 95},
    {"JSON secret", "  \"client_secret\": \"", [](Random& r) { return draw(r, kAlnum, 32); }, 95},
    {"api_key:", "api_key: ", [](Random& r) { return draw(r, kHex, 32); }, 95},
    {"Kennwort:", "Kennwort: ", [](Random& r) { return draw(r, kAny, 10); }, 95},
    {"Mot de passe :", "Mot de passe : ", [](Random& r) { return draw(r, kAny, 10); }, 95},
    {"net user", "net user alice ", [](Random& r) { return "x" + draw(r, kAlnum, 9); }, 95},
    {"mysql -p", "mysql -u root -p", [](Random& r) { return draw(r, kAlnum, 10); }, 90},
    {"URL", "postgres://app:", [](Random& r) { return draw(r, kAlnum, 12) + "@db.example.com/app"; }, 95},
    {"AKIA", "key AKIA", [](Random& r) { return draw(r, kUpperDigits, 16); }, 95},
    {"ghp_", "using ghp_", [](Random& r) { return draw(r, kAlnum, 36); }, 90},
    {"glpat-", "using glpat-", [](Random& r) { return draw(r, kAlnum, 20); }, 90},
    {"sk_live_", "using sk_live_", [](Random& r) { return draw(r, kAlnum, 24); }, 90},
    {"AIza", "using AIza", [](Random& r) { return draw(r, kAlnum, 35); }, 90},
    {"dop_v1_", "using dop_v1_", [](Random& r) { return draw(r, kHex, 64); }, 90},
    {"JWT", "using eyJ", [](Random& r) { return draw(r, kAlnum, 33) + "." + draw(r, kAlnum, 40) + "." + draw(r, kAlnum, 43); }, 93},
    {"no label, 32 alnum", "value ", [](Random& r) { return draw(r, kAlnum, 32); }, 75},
};

}  // namespace

TEST_CASE("secrets of each kind are covered through OCR noise") {
  const Detectors detectors = default_detectors();
  std::ostringstream table;
  for (const Kind& kind : kKinds) {
    Random random(4711);
    int hits = 0;
    std::ostringstream misses;
    for (int i = 0; i < kSamples; ++i) {
      const Noised line = noise(random, kind.before, kind.secret(random));
      // The host of a URL may show.
      const std::size_t sign = line.text.rfind("db.");
      const std::size_t end = std::string_view(kind.name) == "URL" && sign != std::string::npos ? sign - 1 : line.end;
      const bool hit = covered(detectors.find(screen_of({line.text})), 0, line.first, end);
      hits += hit;
      if (!hit) misses << "\n    missed: " << line.text;
    }
    const double recall = 100.0 * hits / kSamples;
    table << "\n  " << kind.name << ": " << recall << " %" << misses.str();
    INFO(kind.name);
    CHECK(recall >= kind.floor);
  }
  WARN("recall" << table.str());
}

TEST_CASE("known secrets are covered through OCR noise") {
  Random random(4711);
  Detectors detectors = default_detectors();
  int hits = 0;
  for (int i = 0; i < kSamples; ++i) {
    const std::string secret = draw(random, kAny, 8 + random() % 20);
    detectors.add_known_secret(Secret::from_text(secret));
    const Noised line = noise(random, "echo ", secret);
    hits += covered(detectors.find(screen_of({line.text})), 0, line.first, line.end);
  }
  WARN("recall of known secrets: " << 100.0 * hits / kSamples << " %");
  CHECK(hits >= 0.9 * kSamples);
}
