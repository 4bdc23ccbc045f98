// The kinds of secret that the corpus shows, with their public surroundings, and lines that look like secrets and are none. Everything
// comes from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace frostgate::corpus {

// Twins are pages from equal `layout` and other `secrets`: all that is public, and the secrets' lengths, are the same.
struct Chance {
  explicit Chance(std::uint64_t seed, std::uint64_t secrets_seed = 0) : layout(seed), secrets(seed ^ (secrets_seed + 1) * 0x9E3779B97F4A7C15U) {}
  std::mt19937_64 layout;
  std::mt19937_64 secrets;
};

// One line of text; bytes [first, end) must not be seen. first == end: all of it may be.
struct Line {
  std::string text;  // UTF-8
  std::size_t first = 0;
  std::size_t end = 0;
};

struct SecretKind {
  const char* name;
  // `{...}` stands for a secret, `\n` begins a further line. p: a password people choose; aN, hN, uN, dN, bN, wN: N letters and digits,
  // hex digits, capitals and digits, digits, base64, word characters; card, iban: with their checksums.
  const char* pattern;
};

const std::vector<SecretKind>& secret_kinds();

std::vector<Line> lines_of(const SecretKind& kind, Chance& chance);

std::string benign_line(Chance& chance);
// Harder: digests, identifiers, keys that are public, code about passwords.
std::string hard_benign_line(Chance& chance);

}  // namespace frostgate::corpus
