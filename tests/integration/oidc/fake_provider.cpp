#include "tests/integration/oidc/fake_provider.h"

#include <catch2/catch.hpp>

#include "gateway/oidc/json_text.h"
#include "storage/crypto/hash.h"

namespace frostgate::test {
namespace {

std::map<std::string, std::string> form_of(const std::string& body) {
  const auto parsed = http::query_of("/?" + body);
  REQUIRE(parsed);
  return parsed.value();
}

http::Response json_answer(int status, const json& body) {
  http::Response out;
  out.status = status;
  out.headers = {{"Content-Type", "application/json"}};
  out.body = body.dump();
  return out;
}

std::int64_t seconds_of(UtcTime time) { return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count(); }

}  // namespace

FakeProvider::FakeProvider(UtcTime now) : now_(now) {
  const auto certificate = folder_.path() / "ca.crt", key = folder_.path() / "ca.key";
  REQUIRE(crypto::make_self_signed(certificate, key, "localhost", std::chrono::floor<Microseconds>(std::chrono::system_clock::now())));
  auto identity = crypto::load_identity(certificate, key);
  REQUIRE(identity);
  identity_ = std::make_shared<const crypto::PemIdentity>(std::move(identity).value());
  auto server = http::Server::open({"127.0.0.1", 0}, [this] { return identity_; }, [this](http::Request& request) { return answer(request); });
  REQUIRE(server);
  server_ = std::move(server).value();
  issuer = "https://localhost:" + std::to_string(server_->port()) + "/";
  discovery = {{"issuer", issuer}, {"authorization_endpoint", issuer + "authorize?tenant=a"}, {"token_endpoint", issuer + "token"}, {"jwks_uri", issuer + "keys"},
               {"authorization_response_iss_parameter_supported", true}};
}

FakeProvider::~FakeProvider() {
  hang(false);
  server_.reset();
}

void FakeProvider::hang(bool hangs) {
  const std::lock_guard lock(mutex_);
  hangs_ = hangs;
  bell_.notify_all();
}

oidc::Settings FakeProvider::settings() const {
  oidc::Settings out;
  out.portal = "https://gateway.example:8443";
  oidc::ProviderSettings one;
  one.name = "corp";
  one.label = "Corp <b>account</b>";
  one.issuer = issuer;
  one.client_id = "frost gate";
  one.client_secret = write_file(folder_.path() / "secret", "s3cret&more\n");
  std::filesystem::permissions(one.client_secret, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  one.authorities = folder_.path() / "ca.crt";
  one.scopes = {"openid", "profile"};
  one.domains = {"corp.example"};
  one.timeout = std::chrono::seconds(1);
  out.providers = {one};
  return out;
}

json FakeProvider::claims(const std::string& url) const {
  const auto asked = http::query_of(url);
  REQUIRE(asked);
  return {{"iss", issuer}, {"sub", "subject-of-dora"}, {"aud", "frost gate"}, {"nonce", asked.value().at("nonce")}, {"iat", seconds_of(now_) - 1}, {"exp", seconds_of(now_) + 300},
          {"preferred_username", "Dora@Corp.Example"}, {"groups", {"all-operators"}}};
}

std::string FakeProvider::let_in(const std::string& url, const json& changed) {
  const auto asked = http::query_of(url);
  REQUIRE(asked);
  CHECK(asked.value().at("response_type") == "code");
  CHECK(asked.value().at("code_challenge_method") == "S256");
  CHECK(asked.value().at("redirect_uri") == "https://gateway.example:8443/sign-in/callback");
  CHECK(asked.value().at("scope") == "openid profile");
  json said = claims(url);
  said.update(changed);
  give(signer.token(said, key_name));
  const std::lock_guard lock(mutex_);
  challenge_ = asked.value().at("code_challenge");
  return asked.value().at("state");
}

void FakeProvider::give(const std::string& id_token) {
  const std::lock_guard lock(mutex_);
  id_token_ = id_token;
}

http::Response FakeProvider::answer(http::Request& request) {
  {
    std::unique_lock lock(mutex_);
    bell_.wait(lock, [&] { return !hangs_; });
  }
  if (down) return json_answer(503, json::object());
  if (request.target == "/.well-known/openid-configuration") return json_answer(200, discovery);
  if (request.target == "/keys") {
    ++key_looks;
    return json_answer(200, {{"keys", json::array({signer.jwk(key_name)})}});
  }
  if (request.target != "/token") return json_answer(404, json::object());
  ++codes;
  const std::lock_guard lock(mutex_);
  last_form = request.body;
  last_authorization = request.header("authorization");
  const auto form = form_of(request.body);
  const storage::Sha256Digest digest = storage::Sha256::of(std::as_bytes(std::span(form.at("code_verifier"))));
  if (form.at("code") != "the-code" || oidc::to_base64url(digest) != challenge_) return json_answer(400, {{"error", "invalid_grant"}});
  return json_answer(200, {{"access_token", "x"}, {"token_type", "Bearer"}, {"id_token", id_token_}});
}

}  // namespace frostgate::test
