// One OpenID Connect provider: where it lets people sign in, and who it says they are (authorization code with PKCE, RFC 6749, RFC 7636, OpenID Connect Core 3.1).
// Thread-safe. What asks it blocks for two answers at most (settings.timeout each), so it is never to be done by a thread that others wait for; after a
// failure it is left alone for kRest.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/oidc/key_set.h"
#include "gateway/oidc/settings.h"

namespace frostgate::oidc {

inline constexpr std::chrono::seconds kRest{30};           // after a failure, and between two looks for a key that is not known
inline constexpr std::chrono::minutes kMetadataLife{60};   // of discovery document and keys

// What the provider says of somebody.
struct Person {
  std::string user;     // as everything else here knows them
  std::string subject;  // as the provider does, for ever
  std::vector<std::string> groups;
};

// What binds an answer to the sign-in that it is for. From one random seed, so that the browser's cookie keeps it.
struct Challenge {
  explicit Challenge(std::string_view seed);
  std::string state, nonce, verifier;
};

struct Answer {
  std::string code;
  std::string issuer;  // RFC 9207; empty: not sent
};

class Provider {
 public:
  Provider(ProviderSettings settings, std::string redirect_url, std::string signed_out_url)
      : settings_(std::move(settings)), redirect_url_(std::move(redirect_url)), signed_out_url_(std::move(signed_out_url)) {}

  const ProviderSettings& settings() const { return settings_; }

  // Where to send the browser. Error: unavailable.
  Result<std::string> sign_in_url(const Challenge& challenge, UtcTime now);
  // Where to send the browser of somebody who has signed out here, to do so there too (OpenID Connect RP-Initiated Logout 1.0, 2), and come back to signed_out_url with `state`.
  // Empty: the provider offers no such thing, or it is not known now. Asks nobody.
  std::string sign_out_url(const std::string& state) const;
  // Errors: denied (for the log: which check failed), unavailable (the provider does not answer), invalid and unsupported (it answers what cannot be used).
  Result<Person> redeem(const Answer& answer, const Challenge& challenge, UtcTime now);

  // Looks again at what is old or could not be had. Error: unavailable.
  Result<void> probe(UtcTime now);
  struct Health {
    bool reachable = true;  // or not asked yet
    std::string detail;
  };
  Health health() const;

 private:
  struct Metadata {
    std::string authorization, token, keys_url, end_session;  // the last: empty where it has none
    bool secret_in_form = false, names_issuer = false;
    KeySet keys;
    UtcTime read{};
  };

  Result<std::shared_ptr<const Metadata>> metadata(UtcTime now);
  Result<std::shared_ptr<const Metadata>> fetch(UtcTime now);
  Result<Metadata> discover() const;
  Result<std::string> get(const std::string& url) const;
  Result<std::string> id_token(const Metadata& metadata, const Answer& answer, const Challenge& challenge) const;
  Result<void> check_signature(const Token& token, const Metadata& metadata, UtcTime now);
  Result<Person> person_of(const Claims& claims) const;

  const ProviderSettings settings_;
  const std::string redirect_url_, signed_out_url_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Metadata> metadata_;  // null: not read yet
  std::string trouble_;                       // empty: the last look went well
  UtcTime asked_{};                           // the last look
};

// All of a configuration.
std::vector<std::unique_ptr<Provider>> providers_of(const Settings& settings);
// Null when there is none of that name.
Provider* provider_named(const std::vector<std::unique_ptr<Provider>>& providers, std::string_view name);

}  // namespace frostgate::oidc
