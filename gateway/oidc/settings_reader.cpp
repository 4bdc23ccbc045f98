#include "gateway/oidc/settings_reader.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "gateway/directory/names.h"

namespace frostgate::oidc {
namespace {

constexpr std::string_view kHttps = "https://";

bool printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 32 && c < 127; });
}

bool is_https(const std::string& url) { return url.size() > kHttps.size() && url.starts_with(kHttps) && printable(url) && url.find_first_of("#\"<>\\") == std::string::npos; }

std::string name_of(config::MappingReader& in, const Settings& others) {
  const std::string out = in.required_text("name").value_or("");
  const bool plain = !out.empty() && out.size() <= 32 && std::all_of(out.begin(), out.end(), [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '-'; });
  if (!plain) in.problem("name", "is \"" + out + "\"; expected 1 to 32 of a-z, 0-9 and -");
  for (const ProviderSettings& other : others.providers) {
    if (other.name == out) in.problem("name", "is \"" + out + "\", which another provider has");
  }
  return out;
}

void read_secret(config::MappingReader& in, const std::filesystem::path& base, ProviderSettings& out) {
  const std::string file = in.text("client_secret_file", ""), credential = in.text("client_secret_credential", "");
  if (!file.empty() && !credential.empty()) in.problem("client_secret_file", "and \"client_secret_credential\" exclude each other: give one of them");
  if (!file.empty()) out.client_secret = (base / file).lexically_normal();
  if (credential.empty()) return;
  if (credential.find('/') != std::string::npos || credential.starts_with('.')) {
    in.problem("client_secret_credential", "must be the plain name of a credential, as in LoadCredential= of the systemd unit");
    return;
  }
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  out.client_secret = std::filesystem::path(folder ? folder : "/run/credentials/frostgate.service") / credential;
}

ProviderSettings read_provider(config::MappingReader& in, const std::filesystem::path& base, const Settings& others) {
  ProviderSettings out;
  out.name = name_of(in, others);
  out.label = in.text("label", out.name);
  if (out.label.empty() || out.label.size() > 64) in.problem("label", "has 1 to 64 bytes");
  out.issuer = in.required_text("issuer").value_or("");
  if (!is_https(out.issuer) || out.issuer.find('?') != std::string::npos) in.problem("issuer", "is \"" + out.issuer + "\"; expected https://HOST/PATH exactly as the provider writes it");
  out.client_id = in.required_text("client_id").value_or("");
  if (out.client_id.empty() || out.client_id.size() > 512 || !printable(out.client_id)) in.problem("client_id", "is the name that the provider gave this gateway");
  read_secret(in, base, out);
  if (const std::string file = in.text("ca_file", ""); !file.empty()) out.authorities = (base / file).lexically_normal();
  out.scopes = in.texts("scopes", {"openid", "profile"});
  if (std::find(out.scopes.begin(), out.scopes.end(), "openid") == out.scopes.end()) in.problem("scopes", "must have openid");
  if (!std::all_of(out.scopes.begin(), out.scopes.end(), [](const std::string& one) { return !one.empty() && printable(one); })) in.problem("scopes", "are words without blanks");
  out.claims.user = in.text("user_claim", out.claims.user);
  out.claims.groups = in.text("groups_claim", out.claims.groups);
  if (out.claims.user.empty() || out.claims.groups.empty()) in.problem("user_claim", "and \"groups_claim\" must not be empty");
  for (const std::string& domain : in.texts("domains", {})) {
    if (domain.empty() || domain.find_first_of("@ ") != std::string::npos) in.problem("domains", "has \"" + domain + "\"; expected names such as corp.example");
    out.domains.push_back(directory::lower_case(domain));
  }
  out.trust = std::chrono::hours(in.number("trust_hours", 24, 1, 24 * 31));
  out.timeout = std::chrono::seconds(in.number("timeout_seconds", 5, 1, 10));
  return out;
}

}  // namespace

Settings read_settings(config::MappingReader& in, const std::filesystem::path& base) {
  Settings out;
  if (in.empty()) return out;
  out.portal = in.required_text("portal").value_or("");
  const bool plain = is_https(out.portal) && out.portal.find_first_of("/?@", kHttps.size()) == std::string::npos;
  if (!plain) in.problem("portal", "is \"" + out.portal + "\"; expected https://HOST or https://HOST:PORT, as browsers see the portal");
  in.each("providers", [&](config::MappingReader& one) { out.providers.push_back(read_provider(one, base, out)); });
  if (out.providers.empty()) in.problem("providers", "is missing or empty");
  return out;
}

}  // namespace frostgate::oidc
