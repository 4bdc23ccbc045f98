// Who calls the HTTP API: signs people in (password, then second factor), keeps their web sessions, and knows API tokens. Thread-safe.
#pragma once

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
#include "storage/catalog/catalog.h"
#include "storage/catalog/sign_ins.h"
#include "storage/crypto/key_encryption_key.h"

namespace frostgate::access {

inline constexpr auto kIdleLimit = std::chrono::minutes(30);
inline constexpr auto kAbsoluteLimit = std::chrono::hours(12);
inline constexpr std::size_t kMinPassword = 12;
inline constexpr int kMaxWrongCodes = 10;  // of a second factor in an hour: whoever tries them knows the password

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
  WebAccess(catalog::Catalog& catalog, const storage::KeyEncryptionKey& kek, Access& access) : catalog_(catalog), kek_(kek), access_(access) {}

  // `user` as by_password() takes it, without a target. Nothing: the password is right, and the code of the second factor is asked for. Errors: `denied` (the caller's peer learns nothing else),
  // `timeout` after too many failures, `unavailable` when too many sign in at this moment.
  Result<std::optional<SignedIn>> sign_in(const std::string& user, const Secret& password, const std::string& code, const std::string& address, UtcTime now);
  // Errors: `denied`.
  // `idle`: nobody does anything, somebody only looks on; the session goes on running out.
  Result<Caller> by_cookie(const std::string& value, UtcTime now, bool idle = false);
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
  Result<void> check_second_factor(const std::string& user, const std::string& code, const std::string& address, UtcTime now);
  Result<SignedIn> begin_session(const std::string& user, const std::string& address, UtcTime now);

  catalog::Catalog& catalog_;
  const storage::KeyEncryptionKey& kek_;
  Access& access_;
  // Of the threads that answer requests some must always be free of slow password checks, and local users wait for no directory.
  std::counting_semaphore<> signing_in_{3};
  std::counting_semaphore<> asking_directory_{2};
  Throttle wrong_codes_{kMaxWrongCodes, std::chrono::hours(1)};  // by user
  std::mutex mutex_;
  std::string setup_digest_;
};

// Errors: invalid, with what a password must be.
Result<void> check_new_password(const std::string& user, const Secret& password);

}  // namespace frostgate::access
