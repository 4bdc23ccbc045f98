// People who sign in at an identity provider.
#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/access/denied.h"
#include "gateway/access/web_access.h"
#include "gateway/base/place.h"
#include "gateway/crypto/passwords.h"
#include "gateway/oidc/json_text.h"
#include "storage/catalog/directory_users.h"
#include "storage/catalog/sign_ins.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::access {
namespace {

constexpr const char* kJourneyContext = "sign-in at an identity provider";

const Error kTooMany{ErrorKind::unavailable, "too many people sign in at this moment"};

}  // namespace

// What the cookie holds, as lines.
struct WebAccess::Journey {
  std::string provider, seed;
  UtcTime ends;
  std::string user;  // empty: the provider has not vouched yet
};

Result<std::string> WebAccess::sealed(const Journey& journey) const {
  const std::string text = journey.provider + "\n" + journey.seed + "\n" + std::to_string(journey.ends.time_since_epoch().count()) + "\n" + journey.user;
  const auto wrapped = TRY(kek_.wrap(Secret::from_text(text), kJourneyContext));
  return oidc::to_base64url(wrapped);
}

Result<WebAccess::Journey> WebAccess::opened(const std::string& cookie, const std::string& state, UtcTime now) const {
  const Error none = denied("the answer of an identity provider that this browser did not ask for");
  const auto wrapped = oidc::from_base64url(cookie);
  if (!wrapped) return none;
  const Result<Secret> text = kek_.unwrap(wrapped.value(), kJourneyContext);
  if (!text) return none;
  std::array<std::string, 4> lines;
  std::string_view rest = text.value().text();
  for (std::string& line : lines) {
    line = std::string(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  std::int64_t ends = 0;
  std::from_chars(lines[2].data(), lines[2].data() + lines[2].size(), ends);
  Journey out{lines[0], lines[1], UtcTime(Microseconds(ends)), lines[3]};
  if (out.ends <= now) return denied("the sign-in at provider " + out.provider + " took too long");
  const oidc::Challenge challenge(out.seed);
  if (!crypto::equal_in_constant_time(std::as_bytes(std::span(challenge.state)), std::as_bytes(std::span(state)))) return none;
  return out;
}

Result<WebAccess::Departure> WebAccess::begin_at_provider(const std::string& name, UtcTime now) {
  oidc::Provider* const provider = oidc::provider_named(providers_, name);
  if (!provider) return Error{ErrorKind::not_found, "there is no identity provider " + name};
  const Place place(asking_provider_);
  if (!place.taken()) return kTooMany;
  std::array<std::byte, 32> noise{};
  TRY(storage::random_bytes(noise));
  const Journey journey{name, storage::to_hex(noise), now + kProviderLimit, ""};
  Departure out;
  out.url = TRY(provider->sign_in_url(oidc::Challenge(journey.seed), now));
  out.cookie = TRY(sealed(journey));
  return out;
}

// Who it is by the provider's word, with the groups that it says.
Result<std::string> WebAccess::vouched_user(const Journey& journey, const ProviderAnswer& answer, UtcTime now) {
  oidc::Provider* const provider = oidc::provider_named(providers_, journey.provider);
  if (!provider) return Error{ErrorKind::not_found, "there is no identity provider " + journey.provider + " any more"};
  if (answer.code.empty()) return denied("provider " + journey.provider + " sent no code");
  const Place place(asking_provider_);
  if (!place.taken()) return kTooMany;
  const oidc::Person person = TRY(provider->redeem({answer.code, answer.issuer}, oidc::Challenge(journey.seed), now));
  TRY(catalog::DirectoryUsers(catalog_, journey.provider).renew(person.user, person.subject, person.groups, now));
  return person.user;
}

Result<WebAccess::Arrival> WebAccess::finish_at_provider(const std::string& cookie, const ProviderAnswer& answer, const std::string& address, UtcTime now) {
  if (access_.throttled("", address, now)) return Error{ErrorKind::timeout, "too many failed sign-ins from " + address};
  const Result<Journey> journey = opened(cookie, answer.state, now);
  const Result<std::string> user = !journey ? journey.error() : journey.value().user.empty() ? vouched_user(journey.value(), answer, now) : Result<std::string>(journey.value().user);
  if (!user) {
    if (user.error().kind == ErrorKind::denied) access_.note_failure("", address, now);
    return user.error();
  }
  Arrival out;
  out.user = user.value();
  if (access_.throttled(out.user, address, now)) return Error{ErrorKind::timeout, "too many failed sign-ins of \"" + out.user + "\""};
  if (has_second_factor(out.user)) {
    if (answer.second_factor.empty()) {
      Journey vouched = journey.value();
      vouched.user = out.user;
      out.cookie = TRY(sealed(vouched));
      return out;
    }
    TRY(check_second_factor(out.user, answer.second_factor, address, now));
  }
  out.signed_in = TRY(begin_session(out.user, address, now));
  return out;
}

}  // namespace frostgate::access
