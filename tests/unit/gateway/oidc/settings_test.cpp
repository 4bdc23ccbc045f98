#include "tests/unit/gateway/config_file.h"

using namespace frostgate;
using Catch::Matchers::Contains;

namespace {

const std::string kProvider = "  - {name: corp, issuer: \"https://login.example/\", client_id: frostgate";

}  // namespace

TEST_CASE("providers need little, and what they leave out is what most of them use") {
  ConfigFile file;
  CHECK(file.load("")->sign_in.providers.empty());
  const auto loaded = file.load("sign_in:\n portal: https://gate.example:8443\n providers:\n" + kProvider + ", client_secret_file: s, ca_file: ca.pem, domains: [Corp.Example]}\n");
  INFO((loaded ? std::string() : loaded.error().message));
  REQUIRE(loaded);
  const oidc::Settings& have = loaded.value().sign_in;
  CHECK(have.redirect_url() == "https://gate.example:8443/sign-in/callback");
  REQUIRE(have.providers.size() == 1);
  const oidc::ProviderSettings& one = have.providers[0];
  CHECK(one.label == "corp");
  CHECK(one.client_secret == file.path("s"));
  CHECK(one.authorities == file.path("ca.pem"));
  CHECK(one.scopes == std::vector<std::string>{"openid", "profile"});
  CHECK(one.claims.user == "preferred_username");
  CHECK(one.claims.groups == "groups");
  CHECK(one.domains == std::vector<std::string>{"corp.example"});
  CHECK(one.trust == std::chrono::hours(24));
}

TEST_CASE("a provider that cannot work or would not be safe is refused with what was expected") {
  ConfigFile file;
  const auto with = [&](const std::string& portal, const std::string& providers) { return file.error("sign_in:\n portal: " + portal + "\n providers:\n" + providers); };
  const std::string portal = "https://gate.example";
  CHECK_THAT(with("http://gate.example", kProvider + "}\n"), Contains("portal"));
  CHECK_THAT(with("https://gate.example/", kProvider + "}\n"), Contains("portal"));
  CHECK_THAT(with("https://a@gate.example", kProvider + "}\n"), Contains("portal"));
  CHECK_THAT(with(portal, "  - {name: corp, issuer: \"http://login.example\", client_id: f}\n"), Contains("issuer"));
  CHECK_THAT(with(portal, "  - {name: corp, client_id: f}\n"), Contains("issuer"));
  CHECK_THAT(with(portal, "  - {name: \"Corp Account\", issuer: \"https://a\", client_id: f}\n"), Contains("a-z"));
  CHECK_THAT(with(portal, kProvider + "}\n" + kProvider + "}\n"), Contains("another provider"));
  CHECK_THAT(with(portal, kProvider + ", scopes: [profile]}\n"), Contains("openid"));
  CHECK_THAT(with(portal, kProvider + ", client_secret_file: a, client_secret_credential: b}\n"), Contains("exclude each other"));
  CHECK_THAT(with(portal, kProvider + ", client_secret_credential: ../b}\n"), Contains("plain name"));
  CHECK_THAT(with(portal, kProvider + ", algorithms: [HS256]}\n"), Contains("algorithms"));
  CHECK_THAT(file.error("sign_in: {portal: \"https://gate.example\"}\n"), Contains("providers"));
}
