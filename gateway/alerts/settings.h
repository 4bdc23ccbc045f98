// What an alert is worth, and where it goes: `alerts` in the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/policy/conditions.h"

namespace frostgate::alerts {

enum class Severity { info, warning, critical };
const char* to_string(Severity severity);

// One place where alerts go. What a type does not need is empty.
struct Sink {
  enum class Type { webhook, syslog, email, command };
  enum class Transport { udp, tcp, tls };  // RFC 5426; octet-counted, RFC 6587 3.4.1; RFC 5425
  std::string name;
  Type type = Type::webhook;
  Severity least = Severity::info;
  std::string url;                           // webhook: http:// or https://; email: smtp:// or smtps://
  std::filesystem::path secret;              // webhook: a file with the key of the signature; email: with the password
  std::filesystem::path authorities;         // PEM, instead of the system's
  std::string host;                          // syslog
  std::uint16_t port = 0;
  Transport transport = Transport::udp;
  bool cef = false;                          // the message is CEF instead of text with structured data
  std::string user, sender;                  // email
  std::vector<std::string> recipients;
  std::vector<std::string> command;          // program and arguments; the alert comes as JSON on its standard input
};
const char* to_string(Sink::Type type);

// The first that matches an alert's kind counts.
struct Rule {
  std::vector<std::string> kinds{"*"};       // "redaction.*"
  std::optional<Severity> severity{};        // another than the event's own
  bool drop = false;
  std::optional<std::chrono::minutes> quiet{};  // another than the event's own
  int per_hour = 60;                         // of a kind; more are kept and not sent
  std::vector<std::string> sinks{};          // empty: all
};

struct Settings {
  std::vector<Sink> sinks;
  std::vector<Rule> rules;
  std::vector<policy::Hours> working_hours;  // outside them a session is off hours; none: no session is
};

}  // namespace frostgate::alerts
