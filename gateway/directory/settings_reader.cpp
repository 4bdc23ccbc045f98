#include "gateway/directory/settings_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "gateway/directory/names.h"

namespace frostgate::directory {

std::string Server::url() const {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(start_tls ? "ldap://" : "ldaps://") + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

namespace {

constexpr std::string_view kLdaps = "ldaps://", kLdap = "ldap://";

// The host and port behind the scheme; nullopt when it is more than that, or less.
std::optional<Server> server_of(std::string_view rest, std::uint16_t usual_port) {
  Server out;
  out.port = usual_port;
  const bool bracket = rest.starts_with('[');
  const std::size_t end = bracket ? rest.find(']') : rest.find(':');
  out.host = std::string(bracket ? rest.substr(1, end == std::string_view::npos ? 0 : end - 1) : rest.substr(0, end));
  std::string_view port = end == std::string_view::npos ? "" : rest.substr(end + (bracket ? 1 : 0));
  const bool plain = !out.host.empty() && std::all_of(out.host.begin(), out.host.end(), [&](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || (bracket && (c == ':' || c == '%'));
  });
  if (!plain) return std::nullopt;
  if (port.empty()) return out;
  if (!port.starts_with(':')) return std::nullopt;
  port.remove_prefix(1);
  const auto [stop, failure] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (failure != std::errc() || stop != port.data() + port.size() || out.port == 0) return std::nullopt;
  return out;
}

void read_servers(config::MappingReader& in, Settings& out) {
  const bool start_tls = in.flag("start_tls", false);
  const std::vector<std::string> urls = in.texts("servers", {});
  if (urls.empty()) in.problem("servers", "is missing or empty; name at least one, such as ldaps://dc1.corp.example");
  for (const std::string& url : urls) {
    const bool encrypted = url.starts_with(kLdaps);
    if (!encrypted && !url.starts_with(kLdap)) {
      in.problem("servers", "has \"" + url + "\"; expected ldaps://HOST or ldaps://HOST:PORT (or ldap:// with start_tls: true)");
      continue;
    }
    if (!encrypted && !start_tls) {
      in.problem("servers", "has \"" + url + "\", which would carry passwords in clear; use ldaps://, or set start_tls: true");
      continue;
    }
    std::optional<Server> server = server_of(std::string_view(url).substr(encrypted ? kLdaps.size() : kLdap.size()), encrypted ? 636 : 389);
    if (!server) {
      in.problem("servers", "has \"" + url + "\"; expected nothing but HOST or HOST:PORT after the //");
      continue;
    }
    server->start_tls = !encrypted;
    out.servers.push_back(std::move(*server));
  }
}

void read_bind(config::MappingReader& in, const std::filesystem::path& base, Settings& out) {
  out.bind_dn = in.required_text("bind_dn").value_or("");
  const std::string file = in.text("bind_password_file", ""), credential = in.text("bind_password_credential", "");
  if (file.empty() == credential.empty()) {
    in.problem("bind_password_file", "or \"bind_password_credential\" must name where the password of bind_dn is, and not both");
    return;
  }
  if (!file.empty()) {
    out.bind_password = (base / file).lexically_normal();
    return;
  }
  if (credential.find('/') != std::string::npos || credential.starts_with('.')) {
    in.problem("bind_password_credential", "must be the plain name of a credential, as in LoadCredential= of the systemd unit");
    return;
  }
  // Without systemd there is none: said when it is read, so that `doctor` on a shell can look at the rest.
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  out.bind_password = std::filesystem::path(folder ? folder : "/run/credentials/frostgate.service") / credential;
}

std::string attribute(config::MappingReader& in, const char* key, const std::string& usual, bool may_be_empty = false) {
  const std::string out = in.text(key, usual);
  if (!is_attribute(out) && !(out.empty() && may_be_empty)) in.problem(key, "is \"" + out + "\"; expected the name of an attribute, such as " + usual);
  return out;
}

std::string filter(config::MappingReader& in, const std::string& usual) {
  const std::string out = in.text("filter", usual);
  if (!is_filter(out)) in.problem("filter", "is \"" + out + "\"; expected a filter in balanced parentheses, such as " + usual);
  return out;
}

void read_users(config::MappingReader& in, bool active_directory, Settings& out) {
  out.user_base = in.required_text("base").value_or("");
  out.user_filter = filter(in, active_directory ? "(&(objectCategory=person)(objectClass=user))" : "(objectClass=inetOrgPerson)");
  out.name_attribute = attribute(in, "name", active_directory ? "sAMAccountName" : "uid");
  out.upn_attribute = attribute(in, "upn", active_directory ? "userPrincipalName" : "", true);
}

void read_groups(config::MappingReader& in, bool active_directory, Settings& out) {
  out.group_base = in.required_text("base").value_or("");
  out.group_filter = filter(in, active_directory ? "(objectClass=group)" : "(objectClass=groupOfNames)");
  out.group_name_attribute = attribute(in, "name", "cn");
  out.member_attribute = attribute(in, "member", "member");
  const std::string nested = in.choice("nested", "auto", {"auto", "chain", "walk", "no"});
  out.nesting = nested == "auto" ? Nesting::automatic : nested == "chain" ? Nesting::chain : nested == "walk" ? Nesting::walk : Nesting::none;
}

}  // namespace

Settings read_settings(config::MappingReader& in, const std::filesystem::path& base) {
  Settings out;
  if (in.empty()) return out;
  const bool active_directory = in.choice("kind", "active_directory", {"active_directory", "ldap"}) == "active_directory";
  read_servers(in, out);
  if (const std::string file = in.text("ca_file", ""); !file.empty()) out.authorities = (base / file).lexically_normal();
  read_bind(in, base, out);
  for (const std::string& domain : in.texts("domains", {})) {
    if (domain.empty() || domain.find_first_of("\\@% ") != std::string::npos) in.problem("domains", "has \"" + domain + "\"; expected names such as CORP or corp.example");
    out.domains.push_back(lower_case(domain));
  }
  in.mapping("users", [&](config::MappingReader& users) { read_users(users, active_directory, out); });
  in.mapping("groups", [&](config::MappingReader& groups) { read_groups(groups, active_directory, out); });
  out.timeout = std::chrono::seconds(in.number("timeout_seconds", 4, 1, 6));
  out.failures = static_cast<int>(in.number("failures", 4, 1, 100));
  out.failure_window = std::chrono::minutes(in.number("failure_minutes", 30, 1, 24 * 60));
  out.refresh = std::chrono::minutes(in.number("refresh_minutes", 15, 1, 24 * 60));
  return out;
}

}  // namespace frostgate::directory
