#include "gateway/directory/examination.h"

#include <memory>

#include "gateway/directory/directory.h"

namespace frostgate::directory {
namespace {

using Clock = Connection::Clock;

Step failed(const Error& error) { return {false, error.message}; }

// Adds what it finds; null when that is no good.
std::unique_ptr<Connection> reach(const Settings& settings, const Server& server, std::vector<Step>& steps) {
  Result<Secret> password = bind_password(settings);
  if (!password) {
    steps.push_back(failed(password.error()));
    return nullptr;
  }
  Result<std::unique_ptr<Connection>> connection = Connection::open(server, settings.authorities, Clock::now() + settings.timeout);
  if (!connection) {
    steps.push_back(failed(connection.error()));
    return nullptr;
  }
  if (const Result<void> bound = connection.value()->bind(settings.bind_dn, password.value()); !bound) {
    steps.push_back(failed(bound.error().within("our own account " + settings.bind_dn)));
    return nullptr;
  }
  steps.push_back({true, server.url() + (server.start_tls ? " (StartTLS)" : "") + ": its certificate is trusted, and it accepts our account " + settings.bind_dn});
  return std::move(connection).value();
}

Step base_step(Connection& connection, const char* what, const std::string& base) {
  Connection::Search search;
  search.base = base;
  search.filter = "(objectClass=*)";
  search.attributes = {"objectClass"};
  search.limit = 1;
  search.below = false;
  const Result<std::vector<Entry>> found = connection.search(search);
  if (!found) return failed(found.error());
  const bool there = !found.value().empty();
  return {there, std::string(what) + " " + base + (there ? " is there" : ": no such entry, or our account may not see it")};
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

}  // namespace

std::vector<Step> examine_servers(const Settings& settings) {
  std::vector<Step> steps;
  for (const Server& server : settings.servers) {
    const std::unique_ptr<Connection> connection = reach(settings, server, steps);
    if (!connection) continue;
    steps.push_back(base_step(*connection, "users.base", settings.user_base));
    steps.push_back(base_step(*connection, "groups.base", settings.group_base));
  }
  return steps;
}

std::vector<Step> examine_user(const Settings& settings, const std::string& user, const std::optional<Secret>& password, UtcTime now) {
  std::vector<Step> steps;
  std::unique_ptr<Connection> connection;
  const Server* server = nullptr;
  for (const Server& one : settings.servers) {
    server = &one;
    connection = reach(settings, one, steps);
    if (connection) break;
  }
  if (!connection) return steps;
  const TypedName name = typed_name(user);
  const Result<Entry> entry = find_entry(*connection, settings, name);
  if (!entry) return steps.push_back(failed(entry.error())), steps;
  const std::string known_as = lower_case(entry.value().values(settings.name_attribute).front());
  steps.push_back({true, "\"" + name.text() + "\" is " + entry.value().dn + ", known here as " + known_as});
  const Result<void> account = check_account(entry.value(), now);
  if (!account) return steps.push_back(failed(account.error())), steps;
  steps.push_back({true, "the account is enabled"});
  const Result<std::vector<std::string>> groups = groups_of(*connection, settings, entry.value());
  if (!groups) return steps.push_back(failed(groups.error())), steps;
  steps.push_back({true, "groups: " + listed(groups.value())});
  if (!password) return steps;
  if (password->empty()) return steps.push_back({false, "an empty password is refused before anything is sent"}), steps;
  const auto theirs = Connection::open(*server, settings.authorities, Clock::now() + settings.timeout);
  const Result<void> bound = theirs ? theirs.value()->bind(entry.value().dn, *password) : theirs.error();
  steps.push_back(bound ? Step{true, "the password is right"} : failed(bound.error()));
  return steps;
}

}  // namespace frostgate::directory
