// Who calls the HTTP API: signs people in (password or identity provider, then second factor), keeps their web sessions, and knows API tokens. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "gateway/access/access.h"
#include "gateway/access/entitlements.h"
#include "gateway/access/throttle.h"
#include "gateway/oidc/provider.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/sign_ins.h"
#include "storage/crypto/key_encryption_key.h"

namespace frostgate::access {

inline constexpr auto kIdleLimit = std::chrono::minutes(30);
inline constexpr auto kAbsoluteLimit = std::chrono::hours(12);
inline constexpr std::size_t kMinPassword = 12;
inline constexpr int kMaxWrongCodes = 10;  // of a second factor in an hour: whoever tries them knows the password
inline constexpr auto kProviderLimit = std::chrono::minutes(10);  // from the button to the answer

// Somebody who has proved who they are. The zero value is nobody, and may nothing.
struct Caller {
  std::string user;
  Entitlements entitlements;
  std::string session;  // the web session's id; empty: an API token
  std::string csrf;     // what changing requests of a web session must bring along; empty: an API token
  UtcTime idle_until, ends;
  bool second_factor = false;  // the user has one
};

struct SignedIn {
  Secret cookie;
  Caller caller;
};

class WebAccess {
 public:
  // `providers` outlive this.
  WebAccess(catalog::Catalog& catalog, const storage::KeyEncryptionKey& kek, Access& access, const std::vector<std::unique_ptr<oidc::Provider>>& providers)
      : catalog_(catalog), kek_(kek), access_(access), providers_(providers) {}

  // `user` as by_password() takes it, without a target. Nothing: the password is right, and the code of the second factor is asked for. Errors: `denied` (the caller's peer learns nothing else),
  // `timeout` after too many failures, `unavailable` when too many sign in at this moment.
  Result<std::optional<SignedIn>> sign_in(const std::string& user, const Secret& password, const std::string& code, const std::string& address, UtcTime now);

  // As sign_in(), for one act instead of a session: the user's name.
  Result<std::optional<std::string>> prove(const std::string& user, const Secret& password, const std::string& code, const std::string& address, UtcTime now);

  // The sign-in at an identity provider (provider_login.cpp). What must come back with the answer is in the browser's cookie alone, sealed: any node can end what another
  // began. Errors: not_found (no such provider), unavailable (it does not answer, or too many sign in at this moment).
  struct Departure {
    std::string url, cookie;
  };
  Result<Departure> begin_at_provider(const std::string& provider, UtcTime now);
  // As sign_in(), with a new cookie to come back with when the code of the second factor is asked for. Errors: as sign_in().
  struct ProviderAnswer {
    std::string state, code, issuer;  // of the redirect; code and issuer are not looked at once the provider has vouched
    std::string second_factor;        // empty: not asked for yet
  };
  struct Arrival {
    std::string user, cookie;
    std::optional<SignedIn> signed_in;
  };
  Result<Arrival> finish_at_provider(const std::string& cookie, const ProviderAnswer& answer, const std::string& address, UtcTime now);

  // Errors: `denied`.
  // `idle`: nobody does anything, somebody only looks on; the session goes on running out.
  Result<Caller> by_cookie(const std::string& value, UtcTime now, bool idle = false);
  // Whether that session of the user stands: what was begun with it ends with it. Error: `denied`, when it does not.
  Result<void> still_signed_in(const std::string& user, const std::string& session, UtcTime now);
  Result<Caller> by_token(const std::string& value, UtcTime now);

  Result<void> change_password(const Caller& caller, const Secret& current, const Secret& fresh, const std::string& address, UtcTime now);

  struct TotpSecret {
    std::string base32, uri;
  };
  Result<TotpSecret> begin_totp(const std::string& user, UtcTime now);
  // The recovery codes. Error: denied.
  Result<std::vector<std::string>> confirm_totp(const std::string& user, const std::string& code, UtcTime now);

  // The token's value, shown once. Error: denied for roles that the caller has not.
  struct IssuedToken {
    std::string id, value;
  };
  Result<IssuedToken> issue_token(const std::string& user, const std::string& name, const std::vector<Role>& roles, Microseconds lifetime, UtcTime now);

  // Whether nobody is an administrator yet.
  Result<bool> needs_setup();
  // A new secret for the link that makes the first administrator; an earlier one is worth nothing any more.
  Result<std::string> begin_setup();
  // Errors: denied (wrong secret, or there is an administrator), invalid (name or password).
  Result<SignedIn> set_up(const std::string& secret, const std::string& user, const Secret& password, const std::string& address, UtcTime now);

 private:
  bool has_second_factor(const std::string& user);
  Result<void> check_second_factor(const std::string& user, const std::string& code, const std::string& address, UtcTime now);
  struct Journey;
  Result<std::string> sealed(const Journey& journey) const;
  Result<Journey> opened(const std::string& cookie, const std::string& state, UtcTime now) const;
  Result<std::string> vouched_user(const Journey& journey, const ProviderAnswer& answer, UtcTime now);
  Result<SignedIn> begin_session(const std::string& user, const std::string& address, UtcTime now);

  catalog::Catalog& catalog_;
  const storage::KeyEncryptionKey& kek_;
  Access& access_;
  const std::vector<std::unique_ptr<oidc::Provider>>& providers_;
  // Together they leave one of ServerLimits::waiting_threads free, and local users wait for no directory.
  std::counting_semaphore<> signing_in_{3};
  std::counting_semaphore<> asking_directory_{2};
  std::counting_semaphore<> asking_provider_{2};
  Throttle wrong_codes_{kMaxWrongCodes, std::chrono::hours(1)};  // by user
  std::mutex mutex_;
  std::string setup_digest_;
};

// Errors: invalid, with what a password must be.
Result<void> check_new_password(const std::string& user, const Secret& password);

}  // namespace frostgate::access
