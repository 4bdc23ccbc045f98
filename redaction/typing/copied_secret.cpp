#include "redaction/typing/copied_secret.h"

#include <string>
#include <string_view>

#include "redaction/detectors/fold.h"
#include "redaction/detectors/plain_token.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kShortest = 8, kLongEnough = 16;
// They part the words of host names, paths and addresses.
constexpr std::string_view kJoining = "-._/:@\\,";

bool looks_random(std::string_view text) {
  bool small = false, capital = false, digit = false, sign = false;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') small = true;
    else if (c >= 'A' && c <= 'Z') capital = true;
    else if (c >= '0' && c <= '9') digit = true;
    else if (kJoining.find(c) == kJoining.npos) sign = true;
  }
  if (text.size() >= kShortest && small + capital + digit + sign >= 3) return true;
  return text.size() >= kLongEnough && digit && (small || capital) && text.find_first_of(kJoining) == text.npos;
}

// "C:\\Windows", "\\\\server\\share"
bool is_windows_path(std::string_view text) {
  return text.starts_with("\\\\") || (text.size() > 2 && text.substr(1, 2) == ":\\");
}

// Of NAME=VALUE where the value begins, else 0.
std::size_t value_of(std::string_view text) {
  const std::size_t equals = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
  const bool is_name = equals != text.npos && equals > 0 && text[equals] == '=' && text.size() > equals + kShortest;
  return is_name ? equals + 1 : 0;
}

}  // namespace

std::optional<Secret> secret_in(const Secret& text) {
  std::string_view copied = text.text();
  while (!copied.empty() && static_cast<unsigned char>(copied.back()) <= ' ') copied.remove_suffix(1);
  while (!copied.empty() && static_cast<unsigned char>(copied.front()) <= ' ') copied.remove_prefix(1);
  for (const char c : copied)
    if (static_cast<unsigned char>(c) <= ' ') return std::nullopt;
  copied.remove_prefix(value_of(copied));
  std::string plain = plain_text(copied);
  const bool doubtful = PlainTokens(nullptr, {}).judge(plain, 0, plain.size()).kind == TokenKind::doubtful;
  wipe_memory(plain.data(), plain.size());
  if (!doubtful || is_windows_path(copied) || !looks_random(copied)) return std::nullopt;
  return Secret::from_text(copied);
}

}  // namespace frostgate::redaction
