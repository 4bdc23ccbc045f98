// Users of an identity provider at the portal's door, beside local users, over real TLS.
#include <signal.h>

#include <set>
#include <thread>

#include "gateway/crypto/totp.h"
#include "gateway/http/health.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/provider_watch.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/directory_users.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/tickets.h"
#include "tests/integration/oidc/fake_provider.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;
using test::FakeProvider;
using test::Signer;

namespace {

// all-operators may connect, and are auditors. The local users anna and carl are the fixture's.
class ProviderGateway : public ApiGateway {
 public:
  ProviderGateway() { reopen(); }

  // With what the provider's settings are now.
  void reopen() {
    signal(SIGPIPE, SIG_IGN);
    core->config.sign_in = provider.settings();
    core->providers = oidc::providers_of(core->config.sign_in);
    core->web_access = std::make_unique<access::WebAccess>(*core->catalog, *core->kek, *core->access, core->providers);
    auto policy = policy::Policy::parse("rules:\n  - {name: by group, groups: [all-operators], targets: \"*\", allow: true}\n", "policy.yaml");
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
    // Exists already at a second opening.
    (void)catalog::Roles(*core->catalog).bind({"", catalog::Role::auditor, catalog::SubjectKind::group, "all-operators", "*"}, kNow);
  }

  // As a browser: the button. Keeps the cookie.
  std::string depart() {
    const Response response = api.handle(plain(Method::post, "/api/v1/sign-in-providers/corp", "{}"), now);
    REQUIRE(response.status == 201);
    keep_cookie(response);
    return json::parse(std::get<std::string>(response.body))["url"];
  }
  Answer arrive(json body) {
    if (!body.contains("code") && !body.contains("second_factor")) body.update({{"code", "the-code"}, {"issuer", provider.issuer}});
    Request request = plain(Method::post, "/api/v1/session/provider", body.dump());
    request.headers["cookie"] = "__Host-frostgate-sign-in=" + journey;
    Response response = api.handle(request, now);
    keep_cookie(response);
    Answer out;
    out.status = response.status;
    out.text = std::get<std::string>(response.body);
    out.body = json::parse(out.text);
    return out;
  }
  // The whole way, as somebody with these claims instead of dora's.
  Answer sign_in(const json& claims = json::object()) { return arrive({{"state", provider.let_in(depart(), claims)}}); }
  int status_with_session() {
    Request request = plain(Method::get, "/api/v1/session");
    request.headers["cookie"] = std::string(kCookie) + "=" + session;
    return send(request).status;
  }

  FakeProvider provider{kNow};
  std::string journey, session;

 private:
  void keep_cookie(const Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      for (const char* part : {"; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"}) CHECK(value.find(part) != std::string::npos);
      const std::string content = value.substr(value.find('=') + 1, value.find(';') - value.find('=') - 1);
      (value.starts_with("__Host-frostgate-sign-in=") ? journey : session) = content;
    }
  }
};

}  // namespace

TEST_CASE("a provider's user signs in with the groups' roles, has no password here, and connects by ticket") {
  ProviderGateway gateway;
  const Answer providers = gateway.ask("", Method::get, "/api/v1/sign-in-providers");
  CHECK(providers.body["items"] == json::array({{{"name", "corp"}, {"label", "Corp <b>account</b>"}}}));
  const Answer answer = gateway.sign_in();
  INFO(answer.text);
  REQUIRE(answer.status == 201);
  CHECK(answer.body["user"] == "dora");
  CHECK(answer.body["roles"] == json{"auditor"});
  CHECK(gateway.journey.empty());
  CHECK(gateway.status_with_session() == 200);
  // The secret goes in the header, each half encoded (RFC 6749 2.3.1), and nowhere else.
  CHECK(gateway.provider.last_authorization == "Basic ZnJvc3QlMjBnYXRlOnMzY3JldCUyNm1vcmU=");
  CHECK(gateway.provider.last_form.find("s3cret") == std::string::npos);
  const auto row = catalog::Users(*gateway.core->catalog).find("dora");
  REQUIRE(row);
  CHECK(row.value().provider == "corp");
  CHECK(row.value().directory_dn == "subject-of-dora");
  CHECK_FALSE(gateway.core->access->by_password("dora@dc1", Secret::from_text("anything"), "192.0.2.9", kNow));
  CHECK_FALSE(gateway.core->access->by_password("dora@dc1", Secret(), "192.0.2.9", kNow));
  const auto ticket = gateway.core->access->issue_ticket({"dora", "dc1", catalog::Protocol::rdp, std::chrono::minutes(1), ""}, kNow);
  REQUIRE(ticket);
  CHECK(gateway.core->access->by_rdp_ticket("dora@dc1#" + std::string(ticket.value().value.text()), "s1", "192.0.2.9", kNow));
  // Other groups at the next sign-in are other rights.
  CHECK(gateway.sign_in({{"groups", {"others"}}}).body["roles"] == json::array());
}

TEST_CASE("who signs out is sent to the provider to sign out there too, where it offers that over TLS; a local user is not") {
  ProviderGateway gateway;
  const auto sign_out = [&](const std::string& cookie, const json& csrf) {
    Request request = ApiGateway::plain(Method::del, "/api/v1/session");
    request.headers["cookie"] = std::string(kCookie) + "=" + cookie;
    request.headers["x-frostgate-csrf"] = csrf.get<std::string>();
    return gateway.send(request);
  };
  const json first = gateway.sign_in().body["csrf"];
  CHECK(sign_out(gateway.session, first).status == 204);  // it offers no such thing
  for (const char* refused : {"http://localhost/end", "nowhere"}) {
    gateway.provider.discovery["end_session_endpoint"] = refused;
    gateway.reopen();
    const Answer in = gateway.sign_in();
    REQUIRE(in.status == 201);
    CHECK(sign_out(gateway.session, in.body["csrf"]).status == 204);
  }
  gateway.provider.discovery["end_session_endpoint"] = gateway.provider.issuer + "end?tenant=a";
  gateway.reopen();
  std::set<std::string> states;
  for (int i = 0; i < 2; ++i) {
    const Answer in = gateway.sign_in();
    const Answer out = sign_out(gateway.session, in.body["csrf"]);
    REQUIRE(out.status == 200);
    const auto query = query_of(out.body["provider_url"].get<std::string>());
    REQUIRE(query);
    CHECK(out.body["provider_url"].get<std::string>().starts_with(gateway.provider.issuer + "end?tenant=a&"));
    CHECK(query.value().at("client_id") == gateway.core->config.sign_in.providers[0].client_id);
    CHECK(query.value().at("post_logout_redirect_uri") == "https://gateway.example:8443/signed-out");
    CHECK(query.value().at("state").size() == 32);
    states.insert(query.value().at("state"));
    CHECK(gateway.status_with_session() == 401);
  }
  CHECK(states.size() == 2);
  CHECK(gateway.ask("anna", Method::del, "/api/v1/session").status == 204);
}

TEST_CASE("a name belongs to whom it came from first: no local user, no other provider's and nobody else of this one's is taken over") {
  ProviderGateway gateway;
  REQUIRE(gateway.sign_in().status == 201);
  CHECK(gateway.sign_in({{"sub", "somebody-else"}}).body["code"] == "provider_refused");
  CHECK(gateway.sign_in({{"preferred_username", "root"}}).body["code"] == "provider_refused");
  CHECK(gateway.sign_in({{"preferred_username", "anna@corp.example"}}).body["code"] == "provider_refused");
  REQUIRE(catalog::DirectoryUsers(*gateway.core->catalog).renew("ldap", "cn=ldap", {}, kNow));
  CHECK(gateway.sign_in({{"preferred_username", "ldap"}}).body["code"] == "provider_refused");
  CHECK_FALSE(catalog::DirectoryUsers(*gateway.core->catalog).renew("dora", "cn=dora", {}, kNow));
  CHECK(gateway.sign_in({{"preferred_username", "eve@evil.example"}}).body["code"] == "provider_refused");
  CHECK(gateway.sign_in({{"preferred_username", "../eve"}}).body["code"] == "provider_refused");
  CHECK(catalog::Users(*gateway.core->catalog).find("root")->directory_dn.empty());
  CHECK(gateway.sign_in().status == 201);
}

TEST_CASE("an answer counts for the browser that asked, once, within ten minutes, and only from its provider") {
  ProviderGateway gateway;
  const std::string other = gateway.provider.let_in(gateway.depart());
  const std::string mine = gateway.provider.let_in(gateway.depart());
  const std::string cookie = gateway.journey;
  CHECK(gateway.arrive({{"state", other}}).body["code"] == "provider_refused");
  gateway.journey = "";
  CHECK(gateway.arrive({{"state", mine}}).body["code"] == "provider_refused");
  gateway.journey = cookie.substr(0, cookie.size() - 2) + (cookie.ends_with("A") ? "BA" : "AA");
  CHECK(gateway.arrive({{"state", mine}}).body["code"] == "provider_refused");
  gateway.journey = cookie;
  CHECK(gateway.arrive({{"state", mine}, {"code", "the-code"}}).body["code"] == "provider_refused");  // RFC 9207: it must say
  CHECK(gateway.arrive({{"state", mine}, {"code", "the-code"}, {"issuer", "https://other.example/"}}).body["code"] == "provider_refused");
  CHECK(gateway.arrive({{"state", mine}, {"code", "guessed"}, {"issuer", gateway.provider.issuer}}).body["code"] == "provider_refused");
  gateway.now += access::kProviderLimit;
  CHECK(gateway.arrive({{"state", mine}}).body["code"] == "provider_refused");
  gateway.now = kNow;
  // A token for another sign-in: its nonce is not this one's.
  const std::string url = gateway.depart();
  const std::string state = gateway.provider.let_in(url);
  json stolen = gateway.provider.claims(url);
  stolen["nonce"] = "another";
  gateway.provider.give(gateway.provider.signer.token(stolen, "k1"));
  CHECK(gateway.arrive({{"state", state}}).body["code"] == "provider_refused");
  CHECK_FALSE(catalog::Users(*gateway.core->catalog).find("dora"));
  // Ten from one address, and the right answer waits too.
  for (int i = 0; i < access::Access::kMaxFailures; ++i) gateway.arrive({{"state", "x"}});
  CHECK(gateway.arrive({{"state", state}}).body["code"] == "too_many_tries");
}

TEST_CASE("a key that the provider has changed is found by one look, and made-up names of keys cause no more") {
  ProviderGateway gateway;
  REQUIRE(gateway.sign_in().status == 201);
  CHECK(gateway.provider.key_looks == 1);
  gateway.now += std::chrono::seconds(31);
  gateway.provider.key_name = "k2";
  gateway.provider.signer = Signer::rsa();
  CHECK(gateway.sign_in({{"iat", 1'800'000'030}}).status == 201);
  CHECK(gateway.provider.key_looks == 2);
  for (int i = 0; i < 5; ++i) {
    const std::string url = gateway.depart();
    const std::string state = gateway.provider.let_in(url);
    gateway.provider.give(gateway.provider.signer.token(gateway.provider.claims(url), "made-up-" + std::to_string(i)));
    CHECK(gateway.arrive({{"state", state}}).status == 401);
  }
  CHECK(gateway.provider.key_looks == 2);
}

TEST_CASE("who has a second factor here is asked for it, and the provider's word is kept meanwhile") {
  ProviderGateway gateway;
  REQUIRE(gateway.sign_in().status == 201);
  const auto begun = gateway.core->web_access->begin_totp("dora", kNow);
  REQUIRE(begun);
  const auto factor = catalog::SecondFactors(*gateway.core->catalog).find("dora").value();
  const auto secret = gateway.core->kek->unwrap(factor.wrapped_secret, std::string(access::kTotpContext) + "dora");
  REQUIRE(secret);
  const auto code = [&](int away) { return crypto::totp_code(secret.value().bytes(), crypto::totp_step(kNow) + away); };
  REQUIRE(gateway.core->web_access->confirm_totp("dora", code(0), kNow));
  const std::string state = gateway.provider.let_in(gateway.depart());
  CHECK(gateway.arrive({{"state", state}}).body["code"] == "totp_needed");
  const int codes = gateway.provider.codes;
  CHECK(gateway.arrive({{"state", state}, {"second_factor", "000000"}}).body["code"] == "wrong_credentials");
  CHECK(gateway.arrive({{"state", "another"}, {"second_factor", code(1)}}).status == 401);
  CHECK(gateway.arrive({{"state", state}, {"second_factor", code(1)}}).status == 201);
  CHECK(gateway.provider.codes == codes);
}

TEST_CASE("a provider that hangs or is gone holds nobody up, local users come in, and the node stays ready") {
  ProviderGateway gateway;
  gateway.provider.hang(true);
  std::vector<std::thread> waiting;
  std::atomic<int> unavailable{0};
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 8; ++i) {
    waiting.emplace_back([&] {
      const Response response = gateway.api.handle(ApiGateway::plain(Method::post, "/api/v1/sign-in-providers/corp", "{}"), kNow);
      if (response.status == 503) ++unavailable;
    });
  }
  CHECK(gateway.ask("anna", Method::get, "/api/v1/session").status == 200);
  for (std::thread& one : waiting) one.join();
  CHECK(unavailable == 8);
  // The patience of one of them, and not of eight one after the other.
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(8));
  const auto parts = parts_of(*gateway.core, kNow);
  CHECK(parts.back().name == "provider corp");
  CHECK_FALSE(parts.back().ok);
  CHECK(ready(*gateway.core, kNow).status == 200);
  serve::look_for_trouble(*gateway.core, kNow);
  const auto alerts = catalog::Alerts(*gateway.core->catalog).list(50, 0);
  REQUIRE(alerts);
  CHECK(std::any_of(alerts.value().begin(), alerts.value().end(), [](const auto& alert) { return alert.kind == "provider.unreachable" && alert.subject == "corp"; }));
  gateway.provider.hang(false);
  gateway.now += std::chrono::seconds(31);
  CHECK(gateway.sign_in({{"iat", 1'800'000'030}}).status == 201);
  CHECK(parts_of(*gateway.core, kNow).back().ok);
  const std::string state = gateway.provider.let_in(gateway.depart());
  gateway.provider.down = true;
  CHECK(gateway.arrive({{"state", state}}).status == 503);
}

TEST_CASE("a provider whose certificate, document or keys are not as they must be is not used") {
  ProviderGateway gateway;
  const auto probe = [&] { return gateway.core->providers.front()->probe(gateway.now); };
  const json honest = gateway.provider.discovery;
  const auto refused = [&](const json& changed) {
    gateway.provider.discovery = honest;
    gateway.provider.discovery.update(changed);
    gateway.reopen();
    const auto outcome = probe();
    return outcome ? std::string() : outcome.error().message;
  };
  CHECK(refused(json::object()).empty());
  CHECK(refused({{"issuer", "https://localhost/"}}).find("of the issuer") != std::string::npos);
  CHECK(refused({{"token_endpoint", "http://localhost/token"}}).find("token_endpoint") != std::string::npos);
  CHECK(refused({{"authorization_endpoint", "javascript:alert(1)"}}).find("authorization_endpoint") != std::string::npos);
  CHECK(refused({{"jwks_uri", gateway.provider.issuer + "nothing"}}).find("404") != std::string::npos);
  CHECK(refused({{"jwks_uri", gateway.provider.issuer + ".well-known/openid-configuration"}}).find("key set") != std::string::npos);
  CHECK(refused({{"padding", std::string(600'000, 'x')}}).find("too long") != std::string::npos);
  oidc::Settings settings = gateway.provider.settings();
  settings.providers[0].authorities.clear();  // the system's, who do not know it
  oidc::Provider strict(settings.providers[0], settings.redirect_url(), settings.signed_out_url());
  const auto untrusted = strict.probe(gateway.now);
  REQUIRE_FALSE(untrusted);
  CHECK(untrusted.error().kind == ErrorKind::unavailable);
}

TEST_CASE("after trust_hours without a sign-in tickets and tokens wait for the next one, and an administrator's word stays") {
  ProviderGateway gateway;
  REQUIRE(gateway.sign_in().status == 201);
  const auto disabled = [&] { return catalog::Users(*gateway.core->catalog).find("dora")->disabled; };
  serve::end_stale_trust(*gateway.core, kNow + std::chrono::hours(23));
  CHECK_FALSE(disabled());
  serve::end_stale_trust(*gateway.core, kNow + std::chrono::hours(25));
  CHECK(disabled());
  CHECK(gateway.status_with_session() == 401);
  CHECK(gateway.sign_in().status == 201);
  CHECK_FALSE(disabled());
  REQUIRE(catalog::Users(*gateway.core->catalog).disable("dora"));
  CHECK(gateway.sign_in().body["code"] == "provider_refused");
  CHECK(disabled());
}

TEST_CASE("users of a provider that is configured no more are let in no more, until it is again") {
  ProviderGateway gateway;
  REQUIRE(gateway.sign_in().status == 201);
  gateway.core->providers.clear();
  serve::end_stale_trust(*gateway.core, kNow);
  CHECK(gateway.status_with_session() == 401);
  CHECK_FALSE(catalog::Users(*gateway.core->catalog).find("anna")->disabled);
  gateway.reopen();
  CHECK(gateway.sign_in().status == 201);
}

TEST_CASE("the audit log has who came in through a provider, and why others did not") {
  ProviderGateway gateway;
  REQUIRE(gateway.sign_in().status == 201);
  CHECK(gateway.sign_in({{"aud", "others"}}).status == 401);
  catalog::LedgerQuery query;
  query.event = catalog::LedgerEvent::login;
  const auto rows = catalog::Ledger(*gateway.core->catalog).find(query);
  REQUIRE(rows);
  std::string all;
  for (const auto& row : rows.value()) all += row.actor + " " + row.details + "\n";
  INFO(all);
  CHECK(all.find("dora") != std::string::npos);
  CHECK(all.find("not for us") != std::string::npos);
  CHECK(all.find("the-code") == std::string::npos);
}
