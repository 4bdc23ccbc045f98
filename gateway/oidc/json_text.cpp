#include "gateway/oidc/json_text.h"

#include <set>

#include <nlohmann/json.hpp>

namespace frostgate::oidc {
namespace {

using nlohmann::json;

int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

}  // namespace

Result<json> parse_object(std::string_view text) {
  bool twice = false, deep = false;
  std::vector<std::set<std::string>> members;
  const json::parser_callback_t look = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMaxDepth) deep = true;
    if (event == json::parse_event_t::object_start) members.emplace_back();
    if (event == json::parse_event_t::object_end) members.pop_back();
    if (event == json::parse_event_t::key && !members.back().insert(parsed.get<std::string>()).second) twice = true;
    return !deep;
  };
  json out = json::parse(text, look, false);
  if (deep) return Error{ErrorKind::invalid, "JSON nested too deep"};
  if (twice) return Error{ErrorKind::invalid, "JSON with a member that is there twice"};
  if (!out.is_object()) return Error{ErrorKind::invalid, "no JSON object"};
  return out;
}

Result<std::string> text_member(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return Error{ErrorKind::invalid, std::string("\"") + name + "\" is no text"};
  return found->get<std::string>();
}

Result<std::vector<std::byte>> from_base64url(std::string_view text) {
  const Error bad{ErrorKind::invalid, "no base64url"};
  if (text.size() % 4 == 1) return bad;
  std::vector<std::byte> out;
  out.reserve(text.size() * 3 / 4);
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    const int value = digit(c);
    if (value < 0) return bad;
    held = (held << 6 | static_cast<unsigned>(value)) & 0xffff;
    if ((bits += 6) < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::byte>(held >> bits));
  }
  if ((held & ((1U << bits) - 1)) != 0) return bad;
  return out;
}

std::string to_base64url(std::span<const std::byte> bytes) {
  constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned held = 0;
  int bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8 | std::to_integer<unsigned>(byte)) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) out += kDigits[held >> (bits - 6) & 63];
  }
  if (bits > 0) out += kDigits[held << (6 - bits) & 63];
  return out;
}

}  // namespace frostgate::oidc
