// `sign_in` in the configuration: the OpenID Connect providers through which people sign in to the portal.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/oidc/token.h"

namespace frostgate::oidc {

struct ProviderSettings {
  std::string name;    // in addresses, and in the catalog: whom a user comes from
  std::string label;   // on the button
  std::string issuer;  // https://, exactly as the provider writes it
  std::string client_id;
  std::filesystem::path client_secret;  // a file with it; empty: a public client, which PKCE alone protects
  std::filesystem::path authorities;    // PEM; of those who vouch for the provider's certificate; empty: the system's
  std::vector<std::string> scopes;
  ClaimNames claims;
  std::vector<std::string> domains;     // what may stand behind an @ in a user's name, and is cut off; lower case
  std::chrono::hours trust{24};         // after a sign-in: then tickets and tokens wait for the next one
  std::chrono::seconds timeout{5};      // for one answer
};

struct Settings {
  std::string portal;  // https://HOST or https://HOST:PORT, as browsers see it
  std::vector<ProviderSettings> providers;

  std::string redirect_url() const { return portal + "/sign-in/callback"; }
  std::string signed_out_url() const { return portal + "/signed-out"; }
};

}  // namespace frostgate::oidc
