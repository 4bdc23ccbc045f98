#include "gateway/alerts/settings_reader.h"

#include <algorithm>

#include "gateway/policy/rule_reader.h"

namespace frostgate::alerts {
namespace {

std::filesystem::path resolved(const std::string& path, const std::filesystem::path& base) {
  return path.empty() ? std::filesystem::path() : (base / path).lexically_normal();
}

Severity severity_named(const std::string& word) {
  return word == "critical" ? Severity::critical : word == "warning" ? Severity::warning : Severity::info;
}

// A line of a header or of a protocol's envelope.
bool is_plain(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 32 && c != 127 && c != '<' && c != '>'; });
}

void read_url(config::MappingReader& in, Sink& sink, const char* plain, const char* encrypted) {
  sink.url = in.required_text("url").value_or("");
  const bool known = sink.url.starts_with(plain) || sink.url.starts_with(encrypted);
  if (!known || !is_plain(sink.url)) in.problem("url", "must begin with " + std::string(encrypted) + " or " + plain + " and have no blanks");
}

void read_syslog(config::MappingReader& in, Sink& sink) {
  const std::string transport = in.choice("transport", "udp", {"udp", "tcp", "tls"});
  sink.transport = transport == "tls" ? Sink::Transport::tls : transport == "tcp" ? Sink::Transport::tcp : Sink::Transport::udp;
  sink.host = in.required_text("host").value_or("");
  if (!is_plain(sink.host) || sink.host.find_first_of("/@?#[]") != std::string::npos) in.problem("host", "must be the name or address of a machine");
  sink.port = static_cast<std::uint16_t>(in.number("port", sink.transport == Sink::Transport::tls ? 6514 : 514, 1, 65535));
  sink.cef = in.choice("format", "rfc5424", {"rfc5424", "cef"}) == "cef";
}

void read_email(config::MappingReader& in, Sink& sink) {
  read_url(in, sink, "smtp://", "smtps://");
  sink.user = in.text("user", "");
  sink.sender = in.required_text("from").value_or("");
  sink.recipients = in.texts("to", {});
  if (sink.recipients.empty()) in.problem("to", "is missing or empty; name at least one mail address");
  for (const std::string& address : sink.recipients) {
    if (!is_plain(address) || address.find('@') == std::string::npos) in.problem("to", "has \"" + address + "\"; expected an address such as security@example.org");
  }
  if (!is_plain(sink.sender) || sink.sender.find('@') == std::string::npos) in.problem("from", "must be an address such as frostgate@example.org");
}

Sink read_sink(config::MappingReader& in, const std::filesystem::path& base) {
  Sink sink;
  sink.name = in.required_text("name").value_or("?");
  const std::string type = in.choice("type", "webhook", {"webhook", "syslog", "email", "command"});
  sink.least = severity_named(in.choice("severity", "info", {"info", "warning", "critical"}));
  if (type == "webhook") {
    sink.type = Sink::Type::webhook;
    read_url(in, sink, "http://", "https://");
    sink.secret = resolved(in.text("secret", ""), base);
  } else if (type == "syslog") {
    sink.type = Sink::Type::syslog;
    read_syslog(in, sink);
  } else if (type == "email") {
    sink.type = Sink::Type::email;
    read_email(in, sink);
    sink.secret = resolved(in.text("password", ""), base);
  } else {
    sink.type = Sink::Type::command;
    sink.command = in.texts("command", {});
    if (sink.command.empty() || !sink.command.front().starts_with("/")) in.problem("command", "must begin with the absolute path of a program");
  }
  if (type != "command") sink.authorities = resolved(in.text("authorities", ""), base);
  return sink;
}

Rule read_rule(config::MappingReader& in, const std::vector<Sink>& sinks) {
  Rule rule;
  rule.kinds = in.texts("kinds", {});
  if (rule.kinds.empty()) in.problem("kinds", "is missing or empty; name kinds of alerts, such as redaction.* (gateway/alerts/README.md has them all)");
  const std::string severity = in.choice("severity", "as it is", {"as it is", "info", "warning", "critical"});
  if (severity != "as it is") rule.severity = severity_named(severity);
  rule.drop = in.flag("drop", false);
  if (!in.text("quiet_minutes", "").empty()) rule.quiet = std::chrono::minutes(in.number("quiet_minutes", 0, 0, 7 * 24 * 60));
  rule.per_hour = static_cast<int>(in.number("per_hour", rule.per_hour, 1, 100'000));
  rule.sinks = in.texts("sinks", {});
  for (const std::string& name : rule.sinks) {
    if (std::none_of(sinks.begin(), sinks.end(), [&](const Sink& sink) { return sink.name == name; })) in.problem("sinks", "names \"" + name + "\", which is no sink");
  }
  return rule;
}

}  // namespace

Settings read_settings(config::MappingReader& in, const std::filesystem::path& base) {
  Settings out;
  in.each("sinks", [&](config::MappingReader& sink) {
    out.sinks.push_back(read_sink(sink, base));
    const std::string& name = out.sinks.back().name;
    const auto same = std::count_if(out.sinks.begin(), out.sinks.end(), [&](const Sink& other) { return other.name == name; });
    if (same > 1) sink.problem("name", "\"" + name + "\" is taken by another sink");
  });
  in.each("rules", [&](config::MappingReader& rule) { out.rules.push_back(read_rule(rule, out.sinks)); });
  in.each("working_hours", [&](config::MappingReader& hours) { out.working_hours.push_back(policy::read_hours(hours)); });
  return out;
}

}  // namespace frostgate::alerts
