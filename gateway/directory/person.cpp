#include "gateway/directory/person.h"

#include <algorithm>
#include <charconv>

namespace frostgate::directory {
namespace {

constexpr std::size_t kMaxTyped = 256;
constexpr std::int64_t kDisabled = 0x2;  // MS-ADTS 2.2.16, ADS_UF_ACCOUNT_DISABLE
constexpr std::int64_t kNeverExpires = 0x7fff'ffff'ffff'ffff;  // MS-ADA1 2.1; 0 too
constexpr std::int64_t kFiletimeOfEpoch = 116'444'736'000'000'000;  // 1970 in 100 ns since 1601
constexpr const char* kLockedForGood = "000001010000Z";  // draft-behera-ldap-password-policy 5.3.3

Error no_one(const TypedName& name, const std::string& why) { return {ErrorKind::denied, "\"" + name.text() + "\": " + why}; }

std::optional<std::int64_t> number(const Entry& entry, const char* attribute) {
  const auto text = entry.value(attribute);
  std::int64_t out = 0;
  if (!text) return std::nullopt;
  const auto [stop, failure] = std::from_chars(text->data(), text->data() + text->size(), out);
  if (failure != std::errc() || stop != text->data() + text->size()) return std::nullopt;
  return out;
}

// The same rule as the catalog's: recordings, policies and logs name them.
bool can_be_user(const std::string& name) {
  return !name.empty() && name.size() <= 64 && name[0] != '.' && name[0] != '-' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

Result<Entry> find_entry(Connection& connection, const Settings& settings, const TypedName& name) {
  if (name.user.empty() || name.text().size() > kMaxTyped) return no_one(name, "this is no name");
  const bool ours = name.domain.empty() || std::find(settings.domains.begin(), settings.domains.end(), lower_case(name.domain)) != settings.domains.end();
  if (!ours) return no_one(name, "\"" + name.domain + "\" is none of directory.domains");
  const bool by_principal = name.principal && !settings.upn_attribute.empty();
  const std::string who = by_principal ? equals(settings.upn_attribute, name.text()) : equals(settings.name_attribute, name.user);
  Connection::Search search;
  search.base = settings.user_base;
  search.filter = "(&" + settings.user_filter + who + ")";
  search.attributes = {settings.name_attribute, "memberOf", "userAccountControl", "accountExpires", "pwdAccountLockedTime"};
  search.limit = 1;
  Result<std::vector<Entry>> found = connection.search(search);
  if (!found && found.error().kind == ErrorKind::invalid) return no_one(name, "more than one entry of the directory has this name");
  if (!found) return std::move(found).error();
  if (found.value().empty()) return no_one(name, "no entry of the directory has this name");
  Entry entry = std::move(found.value().front());
  const auto& names = entry.values(settings.name_attribute);
  if (entry.dn.empty() || names.size() != 1 || !can_be_user(lower_case(names.front()))) {
    return no_one(name, "its entry " + entry.dn + " has no single " + settings.name_attribute + " of 1 to 64 letters, digits, '.', '_' and '-'");
  }
  return entry;
}

Result<void> check_account(const Entry& entry, UtcTime now) {
  const auto refused = [&](const char* why) { return Error{ErrorKind::denied, entry.dn + " " + why}; };
  if (entry.value("userAccountControl")) {
    const auto flags = number(entry, "userAccountControl");
    if (!flags || (*flags & kDisabled) != 0) return refused("is disabled");
  }
  if (entry.value("accountExpires")) {
    const auto expires = number(entry, "accountExpires");
    if (!expires) return refused("has an accountExpires that is no number");
    const std::int64_t now_filetime = now.time_since_epoch().count() * 10 + kFiletimeOfEpoch;
    if (*expires != 0 && *expires != kNeverExpires && *expires <= now_filetime) return refused("has expired");
  }
  if (entry.value("pwdAccountLockedTime") == kLockedForGood) return refused("is locked for good");
  return {};
}

Result<Person> find_person(Connection& connection, const Settings& settings, const TypedName& name, UtcTime now) {
  const Entry entry = TRY(find_entry(connection, settings, name));
  TRY(check_account(entry, now));
  Person out;
  out.user = lower_case(entry.values(settings.name_attribute).front());
  out.dn = entry.dn;
  out.groups = TRY(groups_of(connection, settings, entry));
  return out;
}

}  // namespace frostgate::directory
