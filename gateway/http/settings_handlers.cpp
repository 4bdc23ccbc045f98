// The configuration that serve goes by, for administrators to look at. What may hold a secret is not told: files of secrets by their path alone, addresses without what
// stands before their host and behind it, commands without their arguments.
#include <nlohmann/json.hpp>

#include "gateway/http/handlers.h"
#include "gateway/serve/core.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

json address_or_null(const std::optional<config::ListenAddress>& address) {
  if (!address) return nullptr;
  const bool v6 = address->host.find(':') != std::string::npos;
  return (v6 ? "[" + address->host + "]" : address->host) + ":" + std::to_string(address->port);
}

json path_or_null(const std::filesystem::path& path) { return path.empty() ? json(nullptr) : json(path.string()); }

// "https://example.org:8443" of "https://user:password@example.org:8443/hook/a-token".
json place_or_null(const std::string& url) {
  if (url.empty()) return nullptr;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return "";
  std::string host = url.substr(scheme + 3, url.find_first_of("/?#", scheme + 3) - scheme - 3);
  host.erase(0, host.rfind('@') + 1);
  return url.substr(0, scheme + 3) + host;
}

json tls_of(const config::Config& config) {
  const auto& shown = config.tls_pkcs12.empty() ? config.tls_certificate : config.tls_pkcs12;
  return {{"certificate", path_or_null(shown)}, {"target_authorities", path_or_null(config.target_authorities)}};
}

const char* key_place(const config::Config& config) { return !config.key.module.empty() ? "pkcs11" : !config.key.credential.empty() ? "systemd" : "file"; }

json evidence_of(const config::Config& config) {
  return {{"certificate", config.signing_certificate().string()}, {"timestamps", place_or_null(config.evidence.timestamp_url)}, {"heads", path_or_null(config.evidence.head_directory)},
          {"custodians", config.custodians.certificates.size()}, {"threshold", config.custodians.threshold}};
}

json retention_of(const config::Config& config) {
  json out = json::array();
  for (const policy::RetentionClass& one : config.retention) {
    out.push_back({{"name", one.name}, {"users", one.users}, {"targets", one.targets}, {"tags", one.tags}, {"days", one.keep.count()}, {"archive_days", one.archive.count()}});
  }
  return out;
}

json sinks_of(const config::Config& config) {
  json out = json::array();
  for (const alerts::Sink& sink : config.alerts.sinks) {
    const std::string port = sink.port == 0 ? "" : ":" + std::to_string(sink.port);
    const json to = sink.type == alerts::Sink::Type::command ? json(sink.command.empty() ? "" : sink.command.front()) : sink.host.empty() ? place_or_null(sink.url) : json(sink.host + port);
    out.push_back({{"name", sink.name}, {"type", alerts::to_string(sink.type)}, {"severity", alerts::to_string(sink.least)}, {"to", to}});
  }
  return out;
}

json directory_of(const config::Config& config) {
  json servers = json::array();
  for (const directory::Server& server : config.directory.servers) servers.push_back(server.url());
  return {{"servers", std::move(servers)}, {"domains", config.directory.domains}, {"refresh_minutes", config.directory.refresh.count()}};
}

json sign_in_of(const config::Config& config) {
  json providers = json::array();
  for (const oidc::ProviderSettings& one : config.sign_in.providers) providers.push_back({{"name", one.name}, {"label", one.label}, {"issuer", place_or_null(one.issuer)}});
  return {{"portal", config.sign_in.portal}, {"providers", std::move(providers)}};
}

}  // namespace

Result<Response> settings(Call& call) {
  if (!call.caller.entitlements.everywhere(access::Role::admin)) return Error{ErrorKind::denied, "this needs an administrator of everything"};
  const config::Config& config = call.core.config;
  return json_response(200, {{"listen", {{"rdp", address_or_null(config.rdp)}, {"vnc", address_or_null(config.vnc)}, {"https", address_or_null(config.https)}}},
                             {"data_dir", config.data_dir.string()},
                             {"run_dir", config.run_dir.string()},
                             {"policy", config.policy.string()},
                             {"catalog", config.postgresql.empty() ? "sqlite" : "postgresql"},
                             {"key", key_place(config)},
                             {"tls", tls_of(config)},
                             {"states_per_second", config.states_per_second},
                             {"disk_reserve_bytes", config.disk_reserve},
                             {"journal_grace_hours", config.journal_grace.count()},
                             {"max_unauthenticated", config.max_unauthenticated},
                             {"max_unauthenticated_per_address", config.max_unauthenticated_per_address},
                             {"redaction", {{"workers", config.redaction.workers}, {"sessions", config.redaction.sessions}, {"profile", config.redaction.profile}, {"languages", config.redaction.languages}}},
                             {"evidence", evidence_of(config)},
                             {"archive", path_or_null(config.archive)},
                             {"retention", retention_of(config)},
                             {"access_review_days", config.access_review_days},
                             {"directory", directory_of(config)},
                             {"sign_in", sign_in_of(config)},
                             {"alert_sinks", sinks_of(config)}});
}

}  // namespace frostgate::http
