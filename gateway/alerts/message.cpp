#include "gateway/alerts/message.h"

#include <string_view>

#include <nlohmann/json.hpp>

#include "gateway/base/utc_text.h"
#include "gateway/crypto/hmac.h"
#include "storage/crypto/hex.h"

namespace frostgate::alerts {
namespace {

// What RFC 5424 6.3.3 wants escaped.
std::string quoted(const std::string& value) {
  std::string out;
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == ']') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

// A header field of the syslog message: printable ASCII without spaces, never empty.
std::string field(const std::string& text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) out += c > 32 && c < 127 ? c : '_';
  return out.empty() ? "-" : out;
}

// What CEF wants escaped: backslashes and the separator of the part that it stands in; no line ends.
std::string cef_field(const std::string& text, std::string_view separator) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '\\' || separator.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

int syslog_severity(const std::string& severity) { return severity == "critical" ? 2 : severity == "warning" ? 4 : 6; }

std::string base64(const std::string& text) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    unsigned value = 0;
    for (std::size_t k = 0; k < 3; ++k) value = value << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > text.size() ? '=' : kDigits[value >> (18 - 6 * k) & 63];
  }
  return out;
}

// Encoded words of at most 75 characters, cut between characters (RFC 2047 2 and 5).
std::string header_words(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(at + 42, text.size());
    while (end < text.size() && end > at + 1 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    out += (at == 0 ? "" : "\r\n ") + std::string("=?utf-8?B?") + base64(text.substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

std::string to_cef(const catalog::Alert& alert, const std::string& node) {
  const int severity = alert.severity == "critical" ? 10 : alert.severity == "warning" ? 6 : 3;
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(alert.at.time_since_epoch()).count();
  return "CEF:0|Frostgate|Frostgate|1|" + cef_field(alert.kind, "|") + "|" + cef_field(alert.kind, "|") + "|" + std::to_string(severity) + "|rt=" +
         std::to_string(milliseconds) + " externalId=" + std::to_string(alert.id) + " dvchost=" + cef_field(node, "=") + " cs1Label=subject cs1=" +
         cef_field(alert.subject, "=") + " msg=" + cef_field(alert.text, "=");
}

}  // namespace

std::string to_json(const catalog::Alert& alert, const std::string& node) {
  // A text may quote a name that lies on a disk, and need not be UTF-8.
  return nlohmann::json{{"id", alert.id},           {"kind", alert.kind}, {"severity", alert.severity},
                        {"subject", alert.subject}, {"text", alert.text}, {"at", utc_text(alert.at, "%Y-%m-%dT%H:%M:%SZ")},
                        {"node", node}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_syslog(const catalog::Alert& alert, const std::string& node, bool cef) {
  constexpr int kFacility = 10;
  const std::string header = "<" + std::to_string(kFacility * 8 + syslog_severity(alert.severity)) + ">1 " + utc_text(alert.at, "%Y-%m-%dT%H:%M:%SZ") + " " +
                             field(node, 255) + " frostgate - " + field(alert.kind, 32) + " ";
  if (cef) return header + "- " + to_cef(alert, node);
  return header + "[frostgate@32473 id=\"" + std::to_string(alert.id) + "\" kind=\"" + quoted(alert.kind) + "\" severity=\"" + alert.severity +
         "\" subject=\"" + quoted(alert.subject) + "\"] \xef\xbb\xbf" + one_line(alert.text);
}

std::string to_mail(const catalog::Alert& alert, const std::string& node, const Sink& sink, UtcTime now) {
  std::string to;
  for (const std::string& recipient : sink.recipients) to += (to.empty() ? "" : ", ") + one_line(recipient);
  std::string text;
  for (const char c : alert.text) {
    if (c == '\r') continue;
    if (c == '\n') text += '\r';
    text += c;
  }
  const std::string body = text + "\r\n\r\nSeverity: " + alert.severity + "\r\nKind: " + alert.kind + "\r\nAbout: " + one_line(alert.subject) + "\r\nAt: " +
                           utc_text(alert.at, "%Y-%m-%d %H:%M:%S UTC") + "\r\nGateway: " + one_line(node) + "\r\n";
  std::string encoded;
  const std::string whole = base64(body);
  for (std::size_t at = 0; at < whole.size(); at += 76) encoded += whole.substr(at, 76) + "\r\n";
  return "From: " + one_line(sink.sender) + "\r\nTo: " + to + "\r\nDate: " + utc_text(now, "%a, %d %b %Y %H:%M:%S +0000") + "\r\nSubject: " +
         header_words("Frostgate " + alert.severity + ": " + one_line(alert.text).substr(0, 120)) + "\r\nMessage-ID: <alert-" + std::to_string(alert.id) + "-" +
         std::to_string(alert.at.time_since_epoch().count()) + "@" + field(node, 200) +
         ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n" + encoded;
}

std::string signature(const std::string& key, std::int64_t seconds, const std::string& body) {
  const std::string stamped = std::to_string(seconds) + "." + body;
  return "t=" + std::to_string(seconds) + ",v1=" + storage::to_hex(crypto::hmac_sha256(key, stamped));
}

}  // namespace frostgate::alerts
