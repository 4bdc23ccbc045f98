#include "gateway/backup/configured_files.h"

#include "gateway/policy/sources.h"
#include "storage/object_store.h"

namespace frostgate::backup {
namespace {

// One file of a policy that is a directory.
constexpr std::string_view kPolicyFolder = "policy/";

// Those that stand for one file each; an empty path: the configuration has none.
std::vector<ConfiguredFile> single_files(const config::Config& config, const std::filesystem::path& config_file) {
  std::vector<ConfiguredFile> out{
          {kConfigurationName, config_file},
          {"tls-certificate", config.tls_certificate},
          {"tls-private-key", config.tls_private_key},
          {"tls-pkcs12", config.tls_pkcs12},
          {"tls-pkcs12-password", config.tls_pkcs12_password},
          {"self-signed-certificate", config.data_dir / "self-signed.crt"},
          {"self-signed-key", config.data_dir / "self-signed.key"},
          {"target-authorities", config.target_authorities},
          {"signing-certificate", config.signing_certificate()},
          {"signing-key", config.signing_key()},
          {"signing-earlier-certificates", config.evidence.earlier_certificates},
          {"timestamp-certificates", config.evidence.timestamp_certificates},
          {"directory-authorities", config.directory.authorities},
          {"directory-bind-password", config.directory.bind_password}};
  for (std::size_t i = 0; i < config.custodians.certificates.size(); ++i) {
    out.push_back({"custodian-" + std::to_string(i + 1), config.custodians.certificates[i]});
  }
  for (std::size_t i = 0; i < config.alerts.sinks.size(); ++i) {
    out.push_back({"alert-secret-" + std::to_string(i + 1), config.alerts.sinks[i].secret});
    out.push_back({"alert-authorities-" + std::to_string(i + 1), config.alerts.sinks[i].authorities});
  }
  for (const oidc::ProviderSettings& provider : config.sign_in.providers) {
    out.push_back({"provider-secret-" + provider.name, provider.client_secret});
    out.push_back({"provider-authorities-" + provider.name, provider.authorities});
  }
  return out;
}

}  // namespace

Result<std::vector<ConfiguredFile>> configured_files(const config::Config& config, const std::filesystem::path& config_file) {
  std::vector<ConfiguredFile> out;
  std::error_code ignored;
  for (ConfiguredFile& file : single_files(config, config_file)) {
    if (!file.path.empty() && std::filesystem::exists(file.path, ignored)) out.push_back(std::move(file));
  }
  const bool folder = std::filesystem::is_directory(config.policy, ignored);
  for (const policy::Source& source : TRY(policy::read_sources(config.policy))) {
    const std::filesystem::path path(source.name);
    const std::string name = folder ? std::string(kPolicyFolder) + path.filename().string() : "policy";
    if (!storage::valid_object_key(name)) return Error{ErrorKind::invalid, source.name + ": has a name that a backup cannot hold"};
    out.push_back({name, path});
  }
  return out;
}

Result<std::filesystem::path> path_of(const std::string& name, const config::Config& config, const std::filesystem::path& config_file) {
  for (const ConfiguredFile& file : single_files(config, config_file)) {
    if (file.name == name && !file.path.empty()) return file.path;
  }
  if (name == "policy") return config.policy;
  const std::string policy = name.starts_with(kPolicyFolder) ? name.substr(kPolicyFolder.size()) : "";
  const bool plain = storage::valid_object_key(policy) && policy.find('/') == std::string::npos;
  if (plain && (policy.ends_with(".yaml") || policy.ends_with(".yml"))) return config.policy / policy;
  return Error{ErrorKind::corrupt, "the backup has a file that nobody knows: " + name};
}

}  // namespace frostgate::backup
