// Secrets of each kind, drawn at random and read through the errors that were measured of OCR.
#include <catch2/catch.hpp>

#include <functional>
#include <random>
#include <sstream>

#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

using Random = std::mt19937;

constexpr int kSamples = 200;
constexpr double kErrorRate = 0.07;  // Tesseract's CER on random strings by font is 6 to 11 %, the atlas's far below

std::string draw(Random& random, std::string_view alphabet, std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
  return text;
}

// Weighted by the measured shares.
char misread(Random& random, char c) {
  constexpr std::string_view kPairs[] = {"0O", "0O", "0O", "5S", "5S", "fF", "Il", "O0", "1l", "lL", "oO", "Xx", "l1", "qg", "lI",
                                         "o0", "0@", "sS", "vV", "kK", "8s", "zZ", "wW", "cC", "pP", "uU", "B8", "I1", "xX", ":."};
  std::vector<char> as;
  for (const auto pair : kPairs)
    if (pair[0] == c) as.push_back(pair[1]);
  return as.empty() ? c : as[random() % as.size()];
}

struct Noised {
  std::string text;
  std::size_t first = 0, end = 0;
};

// Each confusable character errs with a chance that makes the whole text's rate come out near kErrorRate.
Noised noise(Random& random, std::string_view before, std::string_view secret) {
  Noised out;
  const auto put = [&](std::string_view part, bool spaces) {
    for (const char c : part) {
      const bool err = random() % 1000 < kErrorRate * 3000;
      out.text += err ? misread(random, c) : c;
      if (spaces && random() % 200 == 0) out.text += ' ';
    }
  };
  put(before, false);
  out.first = out.text.size();
  put(secret, true);
  while (out.text.back() == ' ') out.text.pop_back();
  out.end = out.text.size();
  return out;
}

constexpr std::string_view kAlnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kUpperDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kAny = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&*+-.?@^_";

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
    for (int i = 0; i < kSamples; ++i) {
      const Noised line = noise(random, kind.before, kind.secret(random));
      // The host of a URL may show.
      const std::size_t sign = line.text.rfind("db.");
      const std::size_t end = std::string_view(kind.name) == "URL" && sign != std::string::npos ? sign - 1 : line.end;
      hits += covered(detectors.find(screen_of({line.text})), 0, line.first, end);
    }
    const double recall = 100.0 * hits / kSamples;
    table << "\n  " << kind.name << ": " << recall << " %";
    INFO(kind.name);
    CHECK(recall >= kind.floor);
  }
  WARN("recall" << table.str());
}

TEST_CASE("known secrets are covered through OCR noise") {
  Random random(4711);
  int hits = 0;
  for (int i = 0; i < kSamples; ++i) {
    const std::string secret = draw(random, kAny, 8 + random() % 20);
    Detectors detectors = default_detectors();
    detectors.add_known_secret(Secret::from_text(secret));
    const Noised line = noise(random, "echo ", secret);
    hits += covered(detectors.find(screen_of({line.text})), 0, line.first, line.end);
  }
  WARN("recall of known secrets: " << 100.0 * hits / kSamples << " %");
  CHECK(hits >= 0.9 * kSamples);
}
