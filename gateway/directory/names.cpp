#include "gateway/directory/names.h"

#include <algorithm>

namespace frostgate::directory {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string TypedName::text() const {
  if (domain.empty()) return user;
  return principal ? user + "@" + domain : domain + "\\" + user;
}

TypedName typed_name(std::string_view text) {
  const std::size_t slash = text.find('\\');
  if (slash != std::string_view::npos) return {std::string(text.substr(slash + 1)), std::string(text.substr(0, slash)), false};
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) return {std::string(text.substr(0, at)), std::string(text.substr(at + 1)), true};
  return {std::string(text), "", false};
}

TypedLogin typed_login(const std::string& text, const std::vector<std::string>& domains) {
  const std::size_t at = text.find_last_of("@%");
  if (at == std::string::npos) return {typed_name(text), ""};
  const std::string behind = text.substr(at + 1);
  const bool domain = text[at] == '@' && std::find(domains.begin(), domains.end(), lower_case(behind)) != domains.end();
  if (domain) return {typed_name(text), ""};
  return {typed_name(std::string_view(text).substr(0, at)), behind};
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string escaped(std::string_view value) {
  constexpr const char* kHex = "0123456789abcdef";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == '@' || c == ' ' || c == ',' || c == '=') {
      out += c;
    } else {
      out += '\\';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string equals(std::string_view attribute, std::string_view value) { return "(" + std::string(attribute) + "=" + escaped(value) + ")"; }

bool is_attribute(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  if (is_letter(text[0])) return std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
  return is_digit(text[0]) && text.back() != '.' && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool is_filter(std::string_view text) {
  if (text.size() < 5 || text.size() > 4096 || text.front() != '(') return false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth == 0) return i + 1 == text.size();
  }
  return false;
}

}  // namespace frostgate::directory
