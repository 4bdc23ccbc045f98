#include "gateway/access/web_access.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "gateway/access/denied.h"
#include "gateway/base/log.h"
#include "gateway/crypto/passwords.h"
#include "gateway/crypto/totp.h"
#include "storage/catalog/users.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::access {
namespace {

constexpr auto kTouchAfter = std::chrono::minutes(1);
constexpr const char* kTokenPrefix = "fgt_";
constexpr std::size_t kTotpSecretBytes = 20;  // RFC 4226 4, R6
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kRecoveryLength = 10;

std::string digest_of(std::string_view text) {
  const storage::Sha256Digest digest = storage::Sha256::of(std::as_bytes(std::span(text)));
  return storage::to_hex(digest);
}

Result<std::string> new_secret() {
  std::array<std::byte, 32> noise{};
  TRY(storage::random_bytes(noise));
  return storage::to_hex(noise);
}

// From the cookie, which no script can read: needs no place of its own, and another session has another.
std::string csrf_of(std::string_view cookie) { return digest_of("frostgate csrf " + std::string(cookie)).substr(0, 32); }

Result<void> check_enabled(catalog::Catalog& catalog, const std::string& user) {
  const catalog::User row = TRY(catalog::Users(catalog).find(user));
  if (row.disabled) return denied("user \"" + user + "\" is disabled");
  return {};
}

bool has_run_out(const catalog::WebSession& session, UtcTime now) { return session.seen + kIdleLimit <= now || session.created + kAbsoluteLimit <= now; }

// As people type it.
std::string without_hyphens(std::string code) {
  std::erase_if(code, [](char c) { return c == '-' || c == ' '; });
  return code;
}

}  // namespace

Result<void> check_new_password(const std::string& user, const Secret& password) {
  if (password.size() < kMinPassword) return Error{ErrorKind::invalid, "a password has at least " + std::to_string(kMinPassword) + " characters"};
  const std::string_view text = password.text();
  if (text.find(user) != std::string_view::npos) return Error{ErrorKind::invalid, "a password does not contain the user's name"};
  if (std::all_of(text.begin(), text.end(), [&](char c) { return c == text.front(); })) return Error{ErrorKind::invalid, "this password is one character repeated"};
  return {};
}

Result<std::optional<SignedIn>> WebAccess::sign_in(const std::string& typed, const Secret& password, const std::string& code, const std::string& address, UtcTime now) {
  const std::optional<std::string> user = TRY(prove(typed, password, code, address, now));
  if (!user) return std::optional<SignedIn>();
  SignedIn out = TRY(begin_session(*user, address, now));
  return std::optional<SignedIn>(std::move(out));
}

Result<std::optional<std::string>> WebAccess::prove(const std::string& typed, const Secret& password, const std::string& code, const std::string& address, UtcTime now) {
  if (access_.throttled(typed, address, now)) return Error{ErrorKind::timeout, "too many failed sign-ins of \"" + typed + "\" or from " + address};
  auto& room = access_.asks_directory(typed) ? asking_directory_ : signing_in_;
  if (!room.try_acquire()) return Error{ErrorKind::unavailable, "too many people sign in at this moment"};
  const Result<Identity> identity = access_.by_password(typed, password, address, now);
  room.release();
  if (!identity) return identity.error();
  // by_password() takes "user@target", too, where RDP and VNC clients have one field for both.
  if (!identity.value().target.empty()) return denied("\"" + typed + "\" is no user's name");
  const std::string& user = identity.value().user;
  // Whoever knows a password must not try codes without end.
  if (access_.throttled(user, address, now)) return Error{ErrorKind::timeout, "too many failed sign-ins of \"" + user + "\""};
  if (has_second_factor(user)) {
    if (code.empty()) return std::optional<std::string>();
    TRY(check_second_factor(user, code, address, now));
  }
  return std::optional(user);
}

bool WebAccess::has_second_factor(const std::string& user) {
  const auto factor = catalog::SecondFactors(catalog_).find(user);
  // What cannot be read counts as being there: nobody gets in for want of an answer.
  return factor ? factor.value().confirmed : factor.error().kind != ErrorKind::not_found;
}

Result<void> WebAccess::check_second_factor(const std::string& user, const std::string& code, const std::string& address, UtcTime now) {
  // Counted before it is tried: many at the same moment are as many tries.
  if (!wrong_codes_.take(user, now)) return Error{ErrorKind::timeout, std::to_string(kMaxWrongCodes) + " wrong codes of \"" + user + "\" within an hour"};
  catalog::SecondFactors factors(catalog_);
  const catalog::SecondFactor factor = TRY(factors.find(user));
  const Secret secret = TRY(kek_.unwrap(factor.wrapped_secret, kTotpContext + user));
  const auto step = crypto::matching_totp_step(secret.bytes(), code, now);
  const Result<void> used = step ? factors.use_step(user, *step) : factors.use_recovery(user, digest_of(without_hyphens(code)));
  if (used) wrong_codes_.forget(user);
  else if (used.error().kind == ErrorKind::denied) access_.note_failure(user, address, now);
  return used;
}

Result<SignedIn> WebAccess::begin_session(const std::string& user, const std::string& address, UtcTime now) {
  const std::string cookie = TRY(new_secret());
  catalog::WebSessions sessions(catalog_);
  TRY(sessions.forget(now - kIdleLimit, now - kAbsoluteLimit));
  TRY(sessions.begin(digest_of(cookie), user, address, now));
  Caller caller = TRY(by_cookie(cookie, now));
  return SignedIn{Secret::from_text(cookie), std::move(caller)};
}

Result<Caller> WebAccess::by_cookie(const std::string& value, UtcTime now, bool idle) {
  catalog::WebSessions sessions(catalog_);
  const catalog::WebSession session = TRY(sessions.find(digest_of(value)));
  if (has_run_out(session, now)) return denied("web session " + session.id + " has run out");
  TRY(check_enabled(catalog_, session.user));
  if (!idle && session.seen + kTouchAfter <= now) TRY(sessions.touch(session.id, now));
  Caller out;
  out.user = session.user;
  out.entitlements = TRY(entitlements_of(catalog_, session.user));
  out.session = session.id;
  out.csrf = csrf_of(value);
  out.ends = session.created + kAbsoluteLimit;
  out.idle_until = std::min<UtcTime>(now + kIdleLimit, out.ends);
  out.second_factor = has_second_factor(session.user);
  return out;
}

Result<void> WebAccess::still_signed_in(const std::string& user, const std::string& session, UtcTime now) {
  const std::vector<catalog::WebSession> all = TRY(catalog::WebSessions(catalog_).list(user));
  const auto found = std::find_if(all.begin(), all.end(), [&](const catalog::WebSession& one) { return one.id == session; });
  if (found == all.end() || has_run_out(*found, now)) return denied("\"" + user + "\" has signed out, or the sign-in has run out");
  return check_enabled(catalog_, user);
}

Result<Caller> WebAccess::by_token(const std::string& value, UtcTime now) {
  if (!value.starts_with(kTokenPrefix)) return denied("this is no API token");
  catalog::ApiTokens tokens(catalog_);
  const catalog::ApiToken token = TRY(tokens.find(digest_of(value)));
  if (token.expires <= now) return denied("API token " + token.id + " has run out");
  TRY(check_enabled(catalog_, token.user));
  if (!token.used || *token.used + kTouchAfter <= now) TRY(tokens.note_use(token.id, now));
  Caller out;
  out.user = token.user;
  out.entitlements = TRY(entitlements_of(catalog_, token.user));
  std::vector<Role> roles;
  std::istringstream words(token.roles);
  for (std::string word; words >> word;) roles.push_back(TRY(catalog::role_named(word)));
  out.entitlements.restrict_to(roles);
  out.ends = out.idle_until = token.expires;
  out.second_factor = has_second_factor(token.user);
  return out;
}

Result<void> WebAccess::change_password(const Caller& caller, const Secret& current, const Secret& fresh, const std::string& address, UtcTime now) {
  if (access_.throttled(caller.user, address, now)) return Error{ErrorKind::timeout, "too many wrong passwords of \"" + caller.user + "\""};
  auto& room = access_.asks_directory(caller.user) ? asking_directory_ : signing_in_;
  if (!room.try_acquire()) return Error{ErrorKind::unavailable, "too many people sign in at this moment"};
  const Result<Identity> proved = access_.by_password(caller.user, current, address, now);
  room.release();
  TRY(proved);
  TRY(check_new_password(caller.user, fresh));
  const std::string hash = TRY(crypto::hash_password(fresh));
  TRY(catalog::Users(catalog_).set_password(caller.user, hash));
  return catalog::WebSessions(catalog_).end_others(caller.user, caller.session);
}

Result<WebAccess::TotpSecret> WebAccess::begin_totp(const std::string& user, UtcTime) {
  Secret secret(kTotpSecretBytes);
  TRY(storage::random_bytes(secret.bytes()));
  const auto wrapped = TRY(kek_.wrap(secret, kTotpContext + user));
  TRY(catalog::SecondFactors(catalog_).propose(user, wrapped));
  const std::string text = crypto::to_base32(secret.bytes());
  return TotpSecret{text, "otpauth://totp/Frostgate:" + user + "?secret=" + text + "&issuer=Frostgate"};
}

Result<std::vector<std::string>> WebAccess::confirm_totp(const std::string& user, const std::string& code, UtcTime now) {
  catalog::SecondFactors factors(catalog_);
  const catalog::SecondFactor factor = TRY(factors.find(user));
  if (factor.confirmed) return denied("the second factor of \"" + user + "\" is on already");
  const Secret secret = TRY(kek_.unwrap(factor.wrapped_secret, kTotpContext + user));
  const auto step = crypto::matching_totp_step(secret.bytes(), code, now);
  if (!step) return denied("wrong code of \"" + user + "\"");
  std::vector<std::string> codes, digests;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    std::string one(crypto::random_ticket(kRecoveryLength).text());
    digests.push_back(digest_of(one));
    codes.push_back(one.insert(kRecoveryLength / 2, "-"));
  }
  TRY(factors.confirm(user, *step, digests));
  return codes;
}

Result<WebAccess::IssuedToken> WebAccess::issue_token(const std::string& user, const std::string& name, const std::vector<Role>& roles, Microseconds lifetime, UtcTime now) {
  const Entitlements has = TRY(entitlements_of(catalog_, user));
  catalog::ApiToken token;
  for (const Role role : roles) {
    if (!has.has(role)) return denied("\"" + user + "\" has not the role " + catalog::to_string(role));
    token.roles += (token.roles.empty() ? "" : " ") + std::string(catalog::to_string(role));
  }
  token.user = user;
  token.name = name;
  token.created = now;
  token.expires = now + lifetime;
  const std::string secret = TRY(new_secret());
  const std::string value = kTokenPrefix + secret;
  const std::string id = TRY(catalog::ApiTokens(catalog_).add(digest_of(value), token));
  return IssuedToken{id, value};
}

Result<bool> WebAccess::needs_setup() {
  const auto bindings = TRY(catalog::Roles(catalog_).list());
  return std::none_of(bindings.begin(), bindings.end(), [](const auto& binding) { return binding.role == Role::admin; });
}

Result<std::string> WebAccess::begin_setup() {
  const std::string secret = TRY(new_secret());
  const std::lock_guard lock(mutex_);
  setup_digest_ = digest_of(secret);
  return secret;
}

Result<SignedIn> WebAccess::set_up(const std::string& secret, const std::string& user, const Secret& password, const std::string& address, UtcTime now) {
  // Held to the end: of two who follow the link at once, one is too late.
  const std::lock_guard lock(mutex_);
  if (access_.throttled("", address, now)) return Error{ErrorKind::timeout, "too many wrong set-up links from " + address};
  const bool needed = TRY(needs_setup());
  if (setup_digest_.empty() || digest_of(secret) != setup_digest_ || !needed) {
    access_.note_failure("", address, now);
    return denied("wrong or used link of the first set-up");
  }
  TRY(check_new_password(user, password));
  const std::string hash = TRY(crypto::hash_password(password));
  catalog::Users users(catalog_);
  TRY(users.add(user, hash, now));
  TRY(catalog::Roles(catalog_).bind({"", Role::admin, catalog::SubjectKind::user, user, "*"}, now));
  setup_digest_.clear();
  log::warning("-", "the first administrator is {}", user);
  return begin_session(user, address, now);
}

}  // namespace frostgate::access
