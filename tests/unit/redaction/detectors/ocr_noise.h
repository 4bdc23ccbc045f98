// The errors that were measured of OCR, put into a text.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate::redaction {

using Random = std::mt19937;

inline constexpr double kErrorRate = 0.07;  // Tesseract's CER on random strings by font is 6 to 11 %, the atlas's far below

inline std::string draw(Random& random, std::string_view alphabet, std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
  return text;
}

// Weighted by the measured shares.
inline char misread(Random& random, char c) {
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
inline Noised noise(Random& random, std::string_view before, std::string_view secret) {
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

inline constexpr std::string_view kAlnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view kUpperDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
inline constexpr std::string_view kHex = "0123456789abcdef";
inline constexpr std::string_view kAny = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&*+-.?@^_";

}  // namespace frostgate::redaction
