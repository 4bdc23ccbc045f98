#include "gateway/http/message.h"

#include <algorithm>

namespace frostgate::http {
namespace {

// RFC 3986 2.1; in a query a plus is a space (WHATWG URL 5.1).
Result<std::string> decoded(std::string_view text, bool query) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Error{ErrorKind::invalid, "the address has a % that is not followed by two hexadecimal digits"};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (query && c == '+') {
      c = ' ';
    }
    out += c;
  }
  if (!valid_utf8(out)) return Error{ErrorKind::invalid, "the address is not UTF-8"};
  return out;
}

}  // namespace

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

const std::string& Request::header(const std::string& name) const {
  static const std::string kNone;
  const auto found = headers.find(name);
  return found == headers.end() ? kNone : found->second;
}

bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u; };
    const unsigned lead = at(0);
    if (lead == 0) return false;
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (length > 1 && (lead < 0xc2 || lead > 0xf4)) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((at(k) & 0xc0) != 0x80) return false;
    }
    // Overlong forms, surrogates, and what lies beyond U+10FFFF (RFC 3629 4).
    if ((lead == 0xe0 && at(1) < 0xa0) || (lead == 0xed && at(1) > 0x9f) || (lead == 0xf0 && at(1) < 0x90) || (lead == 0xf4 && at(1) > 0x8f)) return false;
    i += length;
  }
  return true;
}

Result<std::map<std::string, std::string>> query_of(std::string_view target) {
  std::map<std::string, std::string> out;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return out;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    std::string name = TRY(decoded(pair.substr(0, equals), true));
    out[std::move(name)] = equals == std::string_view::npos ? "" : TRY(decoded(pair.substr(equals + 1), true));
  }
  return out;
}

Result<std::vector<std::string>> path_of(std::string_view target) {
  const Error bad{ErrorKind::invalid, "the address is not a path"};
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  if (path.empty() || path.front() != '/') return bad;
  std::vector<std::string> out;
  if (path == "/") return out;
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string segment = TRY(decoded(path.substr(begin, end - begin), false));
    if (segment.empty() || segment == "." || segment == ".." || segment.find_first_of("/\\") != std::string::npos) return bad;
    out.push_back(std::move(segment));
    begin = end + 1;
  }
  return out;
}

}  // namespace frostgate::http
