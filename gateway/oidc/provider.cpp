#include "gateway/oidc/provider.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/base/secret_file.h"
#include "gateway/directory/names.h"
#include "gateway/oidc/https.h"
#include "gateway/oidc/json_text.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::oidc {
namespace {

using nlohmann::json;

constexpr const char* kDiscovery = "/.well-known/openid-configuration";  // OpenID Connect Discovery 4

std::string derived(std::string_view what, std::string_view seed) {
  const std::string text = "frostgate sign-in " + std::string(what) + " " + std::string(seed);
  return storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(text))));
}

// RFC 7636 4.2: S256.
std::string code_challenge(const std::string& verifier) { return to_base64url(storage::Sha256::of(std::as_bytes(std::span(verifier)))); }

Result<std::string> endpoint(const json& document, const char* name) {
  std::string url = TRY(text_member(document, name));
  const bool plain = url.size() <= 2048 && std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 32 && c < 127; });
  if (!plain || !url.starts_with("https://")) return Error{ErrorKind::invalid, std::string("the discovery document's \"") + name + "\" is no https:// address"};
  return url;
}

bool lists(const json& document, const char* name, const char* value) {
  const auto found = document.find(name);
  return found != document.end() && found->is_array() && std::find(found->begin(), found->end(), json(value)) != found->end();
}

// As a provider may say it in an error; what it says is not ours.
std::string harmless(std::string text) {
  std::erase_if(text, [](unsigned char c) { return c < 32 || c > 126; });
  return text.substr(0, 128);
}

}  // namespace

Challenge::Challenge(std::string_view seed) : state(derived("state", seed)), nonce(derived("nonce", seed)), verifier(derived("verifier", seed)) {}

Result<std::string> Provider::get(const std::string& url) const {
  Question question;
  question.url = url;
  question.authorities = settings_.authorities;
  question.patience = settings_.timeout;
  HttpAnswer answer = TRY(ask(question));
  if (answer.status != 200) return Error{ErrorKind::unavailable, url + ": it answered " + std::to_string(answer.status)};
  return std::move(answer.body);
}

Result<Provider::Metadata> Provider::discover() const {
  const bool slash = settings_.issuer.ends_with('/');
  const std::string text = TRY(get(settings_.issuer.substr(0, settings_.issuer.size() - (slash ? 1 : 0)) + kDiscovery));
  const Result<json> document = parse_object(text);
  if (!document) return document.error().within("the discovery document");
  const std::string issuer = TRY(text_member(document.value(), "issuer"));
  if (issuer != settings_.issuer) return Error{ErrorKind::invalid, "the discovery document is of the issuer \"" + harmless(issuer) + "\"; expected " + settings_.issuer};
  Metadata out;
  out.authorization = TRY(endpoint(document.value(), "authorization_endpoint"));
  out.token = TRY(endpoint(document.value(), "token_endpoint"));
  out.keys_url = TRY(endpoint(document.value(), "jwks_uri"));
  // Nobody is kept from signing in because signing out there is not offered, or in no way that we take.
  if (const auto url = endpoint(document.value(), "end_session_endpoint")) out.end_session = url.value();
  constexpr const char* kMethods = "token_endpoint_auth_methods_supported";
  out.secret_in_form = !lists(document.value(), kMethods, "client_secret_basic") && lists(document.value(), kMethods, "client_secret_post");
  const auto names_issuer = document.value().find("authorization_response_iss_parameter_supported");
  out.names_issuer = names_issuer != document.value().end() && *names_issuer == true;
  const std::string keys = TRY(get(out.keys_url));
  out.keys = TRY(KeySet::parse(keys));
  return out;
}

Result<std::shared_ptr<const Provider::Metadata>> Provider::fetch(UtcTime now) {
  {
    const std::lock_guard lock(mutex_);
    const bool rests = asked_ <= now && now < asked_ + kRest;
    if (rests) return Error{ErrorKind::unavailable, "provider " + settings_.name + ": " + (trouble_.empty() ? "it was asked just now" : trouble_)};
    asked_ = now;
  }
  Result<Metadata> read = discover();
  const std::lock_guard lock(mutex_);
  if (!read) {
    if (trouble_ != read.error().message) log::warning("-", "provider {}: {}", settings_.name, read.error().message);
    trouble_ = read.error().message;
    return Error{ErrorKind::unavailable, "provider " + settings_.name + ": " + trouble_};
  }
  if (!trouble_.empty()) log::info("-", "provider {} answers again", settings_.name);
  trouble_.clear();
  read.value().read = now;
  metadata_ = std::make_shared<const Metadata>(std::move(read).value());
  return metadata_;
}

Result<std::shared_ptr<const Provider::Metadata>> Provider::metadata(UtcTime now) {
  {
    const std::lock_guard lock(mutex_);
    if (metadata_) return metadata_;
  }
  return fetch(now);
}

Result<void> Provider::probe(UtcTime now) {
  {
    const std::lock_guard lock(mutex_);
    const bool fresh = metadata_ && metadata_->read <= now && now < metadata_->read + kMetadataLife;
    if (fresh && trouble_.empty()) return {};
  }
  TRY(fetch(now));
  return {};
}

Provider::Health Provider::health() const {
  const std::lock_guard lock(mutex_);
  return {trouble_.empty(), trouble_};
}

Result<std::string> Provider::sign_in_url(const Challenge& challenge, UtcTime now) {
  const auto known = TRY(metadata(now));
  std::string scope;
  for (const std::string& one : settings_.scopes) scope += (scope.empty() ? "" : " ") + one;
  std::string out = known->authorization + (known->authorization.find('?') == std::string::npos ? '?' : '&') + "response_type=code&response_mode=query";
  const std::pair<const char*, std::string> values[] = {{"client_id", settings_.client_id}, {"redirect_uri", redirect_url_}, {"scope", scope}, {"state", challenge.state},
                                                        {"nonce", challenge.nonce}, {"code_challenge", code_challenge(challenge.verifier)}, {"code_challenge_method", "S256"}};
  for (const auto& [name, value] : values) out += std::string("&") + name + "=" + percent_encoded(value);
  return out;
}

std::string Provider::sign_out_url(const std::string& state) const {
  const std::lock_guard lock(mutex_);
  if (!metadata_ || metadata_->end_session.empty()) return "";
  std::string out = metadata_->end_session + (metadata_->end_session.find('?') == std::string::npos ? '?' : '&') + "client_id=" + percent_encoded(settings_.client_id);
  for (const auto& [name, value] : {std::pair("post_logout_redirect_uri", signed_out_url_), std::pair("state", state)}) out += std::string("&") + name + "=" + percent_encoded(value);
  return out;
}

Result<std::string> Provider::id_token(const Metadata& metadata, const Answer& answer, const Challenge& challenge) const {
  Question question;
  question.url = metadata.token;
  question.authorities = settings_.authorities;
  question.patience = settings_.timeout;
  question.form = {{"grant_type", "authorization_code"}, {"code", answer.code}, {"redirect_uri", redirect_url_}, {"code_verifier", challenge.verifier}};
  Secret secret;
  if (!settings_.client_secret.empty()) secret = TRY(read_secret_file(settings_.client_secret, "the client secret of provider " + settings_.name));
  if (secret.empty() || metadata.secret_in_form) question.form.emplace_back("client_id", settings_.client_id);
  if (!secret.empty() && metadata.secret_in_form) question.form.emplace_back("client_secret", secret.text());
  if (!secret.empty() && !metadata.secret_in_form) {
    question.user = settings_.client_id;
    question.password = &secret;
  }
  const Result<HttpAnswer> got = ask(question);
  for (auto& [name, value] : question.form) wipe_memory(value.data(), value.size());
  if (!got) return got.error();
  const Result<json> body = parse_object(got.value().body);
  if (got.value().status != 200) {
    const Result<std::string> why = body ? text_member(body.value(), "error") : body.error();
    const std::string said = "it answered " + std::to_string(got.value().status) + (why && !why.value().empty() ? " (" + harmless(why.value()) + ")" : "");
    // A code that is wrong, used or too old is the peer's; everything else is the provider's or ours.
    return Error{why && why.value() == "invalid_grant" ? ErrorKind::denied : ErrorKind::unavailable, "provider " + settings_.name + " was given a code, and " + said};
  }
  if (!body) return body.error().within("what the token endpoint answers");
  return text_member(body.value(), "id_token");
}

Result<void> Provider::check_signature(const Token& token, const Metadata& metadata, UtcTime now) {
  const Result<void> checked = metadata.keys.check(token);
  if (checked || checked.error().kind != ErrorKind::not_found) return checked;
  // A new key, perhaps. Whoever makes up names of keys makes us look once in kRest.
  const auto fresh = fetch(now);
  if (!fresh) return Error{ErrorKind::denied, checked.error().message + "; " + fresh.error().message};
  const Result<void> again = fresh.value()->keys.check(token);
  if (!again) return Error{ErrorKind::denied, again.error().message};
  return {};
}

Result<Person> Provider::person_of(const Claims& claims) const {
  Person out;
  out.user = directory::lower_case(claims.user);
  const std::size_t at = out.user.find('@');
  if (at != std::string::npos) {
    const std::string domain = out.user.substr(at + 1);
    if (std::find(settings_.domains.begin(), settings_.domains.end(), domain) == settings_.domains.end()) {
      return Error{ErrorKind::denied, "\"" + harmless(domain) + "\" is none of the domains of provider " + settings_.name};
    }
    out.user.resize(at);
  }
  out.subject = claims.subject;
  out.groups = claims.groups;
  return out;
}

Result<Person> Provider::redeem(const Answer& answer, const Challenge& challenge, UtcTime now) {
  const auto known = TRY(metadata(now));
  if (known->names_issuer && answer.issuer.empty()) return Error{ErrorKind::denied, "the answer does not say which provider it is from"};
  if (!answer.issuer.empty() && answer.issuer != settings_.issuer) return Error{ErrorKind::denied, "the answer is from another provider than " + settings_.issuer};
  const std::string text = TRY(id_token(*known, answer, challenge));
  const Token token = TRY(parse_token(text));
  TRY(check_signature(token, *known, now));
  const Claims claims = TRY(read_claims(token.claims, settings_.claims));
  TRY(check_claims(claims, {settings_.issuer, settings_.client_id, challenge.nonce}, now));
  return person_of(claims);
}

std::vector<std::unique_ptr<Provider>> providers_of(const Settings& settings) {
  std::vector<std::unique_ptr<Provider>> out;
  for (const ProviderSettings& one : settings.providers) out.push_back(std::make_unique<Provider>(one, settings.redirect_url(), settings.signed_out_url()));
  return out;
}

Provider* provider_named(const std::vector<std::unique_ptr<Provider>>& providers, std::string_view name) {
  const auto found = std::find_if(providers.begin(), providers.end(), [&](const auto& one) { return one->settings().name == name; });
  return found == providers.end() ? nullptr : found->get();
}

}  // namespace frostgate::oidc
